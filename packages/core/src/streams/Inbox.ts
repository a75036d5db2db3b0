/**
 * The state of an inbox, folded from its events: which conversations there
 * are, who is in them, what was said last, how much is unread. Its memory
 * grows with the conversations, not with the events.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { DmEvent, MessageCreate } from "../model/DmEvent.js"
import type { ConversationId, EventId, UserId } from "../model/Ids.js"
import * as Snowflake from "../model/Snowflake.js"

/**
 * One conversation.
 *
 * @since 0.1.0
 */
export interface Conversation {
  readonly id: ConversationId
  /** The newest message seen. */
  readonly lastMessage: Option.Option<MessageCreate>
  /** The newest event seen, a message or not. */
  readonly newest: EventId
  /** The oldest event seen. */
  readonly oldest: EventId
  /** Who is in it, as far as the events tell. */
  readonly participants: ReadonlyArray<UserId>
  /** How many messages were seen. */
  readonly messages: number
  /** How many of them are of others, newer than what was read, and not answered yet. */
  readonly unread: number
}

interface Entry extends Conversation {
  /** Up to where it is read. */
  readonly mark: EventId | undefined
  /** The newest sign of each person's presence or absence. */
  readonly presence: HashMap.HashMap<UserId, { readonly at: EventId; readonly present: boolean }>
}

/**
 * An inbox.
 *
 * @since 0.1.0
 */
export interface Inbox {
  /** The account whose inbox it is: its own messages are not unread. */
  readonly me: UserId
  /** All up to this event counts as read. */
  readonly readUpTo: EventId | undefined
  readonly conversations: HashMap.HashMap<ConversationId, Entry>
}

/**
 * An inbox of which nothing was seen. All up to `readUpTo` counts as read.
 *
 * @example
 * ```ts
 * import { Inbox, UserId } from "@effect-xdm/core"
 *
 * const inbox = Inbox.empty(UserId.make("2244994945"))
 * ```
 *
 * @since 0.1.0
 */
export const empty = (me: UserId, readUpTo?: EventId): Inbox => ({ me, readUpTo, conversations: HashMap.empty() })

const newer = (a: EventId, b: EventId | undefined): boolean => b === undefined || Snowflake.order(a, b) > 0

const fresh = (inbox: Inbox, id: ConversationId, event: EventId): Entry => {
  const people = id.split("-")
  const presence = people.length < 2
    ? []
    : people.map((each) => [each as UserId, { at: event, present: true }] as const) // the two halves of a one-to-one id are user ids
  return {
    id,
    lastMessage: Option.none(),
    newest: event,
    oldest: event,
    participants: [],
    messages: 0,
    unread: 0,
    mark: inbox.readUpTo,
    presence: HashMap.fromIterable(presence)
  }
}

/** What an event tells of who is there. */
const signs = (event: DmEvent): ReadonlyArray<readonly [UserId, boolean]> => {
  const sender = event.senderId === undefined ? [] : [[event.senderId, true] as const]
  switch (event._tag) {
    case "ParticipantsJoin":
      return [...sender, ...(event.participantIds ?? []).map((id) => [id, true] as const)]
    case "ParticipantsLeave":
      return (event.participantIds ?? []).map((id) => [id, false] as const)
    default:
      return sender
  }
}

const withPresence = (entry: Entry, event: DmEvent): Pick<Entry, "presence" | "participants"> => {
  let { presence } = entry
  for (const [user, present] of signs(event)) {
    const known = HashMap.get(presence, user)
    if (Option.isSome(known) && newer(known.value.at, event.id)) continue
    presence = HashMap.set(presence, user, { at: event.id, present })
  }
  const participants = presence === entry.presence && entry.participants.length > 0
    ? entry.participants
    : [...presence].flatMap(([user, { present }]) => present ? [user] : [])
  return { presence, participants }
}

const withMessage = (entry: Entry, event: MessageCreate, me: UserId): Partial<Entry> => {
  const messages = entry.messages + 1
  const isLast = Option.isNone(entry.lastMessage) || newer(event.id, entry.lastMessage.value.id)
  const lastMessage = isLast ? Option.some(event) : entry.lastMessage
  if (event.senderId !== me) {
    return { messages, lastMessage, unread: entry.unread + (newer(event.id, entry.mark) ? 1 : 0) }
  }
  // Whoever answers has read what came before.
  const mark = newer(event.id, entry.mark) ? event.id : entry.mark
  return { messages, lastMessage, mark, unread: isLast ? 0 : entry.unread }
}

/**
 * The inbox after one more event. The events of a conversation must come in
 * order, newest first or oldest first; one within those that were seen already
 * changes nothing, so a listing and what follows it may overlap. An event
 * without a conversation id changes nothing.
 *
 * @example
 * ```ts
 * import { type DmEvent, Inbox, UserId } from "@effect-xdm/core"
 *
 * const inboxOf = (events: ReadonlyArray<DmEvent.DmEvent>) =>
 *   events.reduce(Inbox.add, Inbox.empty(UserId.make("2244994945")))
 * ```
 *
 * @since 0.1.0
 */
export const add = (inbox: Inbox, event: DmEvent): Inbox => {
  const id = event.dmConversationId
  if (id === undefined) return inbox
  const known = HashMap.get(inbox.conversations, id)
  if (Option.isSome(known) && !newer(event.id, known.value.newest) && !newer(known.value.oldest, event.id)) return inbox
  const entry = Option.getOrElse(known, () => fresh(inbox, id, event.id))
  return {
    ...inbox,
    conversations: HashMap.set(inbox.conversations, id, {
      ...entry,
      newest: newer(event.id, entry.newest) ? event.id : entry.newest,
      oldest: newer(entry.oldest, event.id) ? event.id : entry.oldest,
      ...(event._tag === "MessageCreate" ? withMessage(entry, event, inbox.me) : undefined),
      ...withPresence(entry, event)
    })
  }
}

/**
 * The inbox with a conversation marked as read, up to its newest event.
 *
 * @example
 * ```ts
 * import { type ConversationId, Inbox } from "@effect-xdm/core"
 * import { SubscriptionRef } from "effect"
 *
 * const opened = (inbox: SubscriptionRef.SubscriptionRef<Inbox.Inbox>, id: ConversationId) =>
 *   SubscriptionRef.update(inbox, (now) => Inbox.markRead(now, id))
 * ```
 *
 * @since 0.1.0
 */
export const markRead = (inbox: Inbox, id: ConversationId): Inbox => ({
  ...inbox,
  conversations: HashMap.modify(inbox.conversations, id, (entry) => ({ ...entry, mark: entry.newest, unread: 0 }))
})

/**
 * The conversations, the one with the newest event first.
 *
 * @example
 * ```ts
 * import { Inbox } from "@effect-xdm/core"
 *
 * const unread = (inbox: Inbox.Inbox) => Inbox.list(inbox).filter((conversation) => conversation.unread > 0)
 * ```
 *
 * @since 0.1.0
 */
export const list = (inbox: Inbox): ReadonlyArray<Conversation> =>
  [...HashMap.values(inbox.conversations)].toSorted((a, b) => Snowflake.order(b.newest, a.newest))

/**
 * The inbox that a stream of events makes, once the stream has ended.
 *
 * @example
 * ```ts
 * import { DirectMessages, Inbox } from "@effect-xdm/core"
 * import { Effect } from "effect"
 *
 * const lastWeek = Effect.gen(function*() {
 *   const dm = yield* DirectMessages
 *   const me = yield* dm.getMe()
 *   const inbox = yield* Inbox.fold(dm.events.all({ until: "7 days" }), Inbox.empty(me.id))
 *   return Inbox.list(inbox)
 * })
 * ```
 *
 * @since 0.1.0
 */
export const fold = <E, R>(events: Stream.Stream<DmEvent, E, R>, start: Inbox): Effect.Effect<Inbox, E, R> =>
  Stream.runFold(events, start, add)

/**
 * Keeps an inbox up to date from a stream of events, for as long as the stream
 * lasts: run it in a fiber of its own, and subscribe to `inbox.changes`. Fails
 * as the stream fails.
 *
 * @example
 * ```ts
 * import { DirectMessages, Inbox } from "@effect-xdm/core"
 * import { Console, Effect, Stream, SubscriptionRef } from "effect"
 *
 * const watch = Effect.gen(function*() {
 *   const dm = yield* DirectMessages
 *   const me = yield* dm.getMe()
 *   const inbox = yield* SubscriptionRef.make(Inbox.empty(me.id))
 *   yield* Effect.fork(Inbox.update(inbox, dm.events.follow()))
 *   yield* Stream.runForEach(inbox.changes, (now) => Console.log(Inbox.list(now).length))
 * })
 * ```
 *
 * @since 0.1.0
 */
export const update = <E, R>(
  inbox: SubscriptionRef.SubscriptionRef<Inbox>,
  events: Stream.Stream<DmEvent, E, R>
): Effect.Effect<void, E, R> =>
  Stream.runForEachChunk(events, (chunk) =>
    SubscriptionRef.update(inbox, (now) => {
      let next = now
      for (const event of chunk) next = add(next, event)
      return next
    }))
