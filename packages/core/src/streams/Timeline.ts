/**
 * What people build over a timeline each time anew.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as HashSet from "effect/HashSet"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { DmEvent, MessageCreate } from "../model/DmEvent.js"
import type { ConversationId, UserId } from "../model/Ids.js"
import type { User } from "../model/User.js"
import type { Events } from "./Events.js"
import type { ListingOptions, ListingStopped } from "./Listing.js"

/**
 * Bounds of {@link groupByConversation}.
 *
 * @since 0.1.0
 */
export interface GroupOptions {
  /** Events to keep of each conversation: the first that come. Default 100. */
  readonly events?: number | undefined
  /** Conversations to keep: the first that come. Default 1,000. */
  readonly conversations?: number | undefined
}

/**
 * The first events of each conversation, in the order in which they come: of a
 * listing the newest. What is over the bounds is passed over, and so are
 * events without a conversation id.
 *
 * @example
 * ```ts
 * import { DirectMessages, Timeline } from "@effect-xdm/core"
 * import { Effect } from "effect"
 *
 * const lastThreeOfEach = Effect.flatMap(DirectMessages, (dm) =>
 *   Timeline.groupByConversation(dm.events.all({ until: "1 day" }), { events: 3 }))
 * ```
 *
 * @since 0.1.0
 */
export const groupByConversation = <E, R>(
  events: Stream.Stream<DmEvent, E, R>,
  { conversations = 1_000, events: perConversation = 100 }: GroupOptions = {}
): Effect.Effect<HashMap.HashMap<ConversationId, ReadonlyArray<DmEvent>>, E, R> =>
  Effect.suspend(() =>
    Stream.runFold(events, new Map<ConversationId, Array<DmEvent>>(), (groups, event) => {
      const id = event.dmConversationId
      if (id === undefined) return groups
      const group = groups.get(id)
      if (group === undefined) {
        if (groups.size < conversations && perConversation > 0) groups.set(id, [event])
      } else if (group.length < perConversation) group.push(event)
      return groups
    })
  ).pipe(Effect.map(HashMap.fromIterable))

/**
 * A conversation as one reads it.
 *
 * @since 0.1.0
 */
export interface CollectedConversation {
  /** Oldest first. */
  readonly events: ReadonlyArray<DmEvent>
  /** Everybody whom X gave along with the events. */
  readonly participants: ReadonlyArray<User>
}

/**
 * Reads a conversation to its end, or as far as the options say, and gives it
 * oldest first, with the people in it. It holds all of it in memory: bound it
 * by `until` or `limit`.
 *
 * @example
 * ```ts
 * import { type ConversationId, DirectMessages, Timeline } from "@effect-xdm/core"
 * import { Effect } from "effect"
 *
 * const lastWeek = (id: ConversationId) =>
 *   Effect.flatMap(DirectMessages, (dm) => Timeline.collectConversation(dm, id, { until: "7 days" }))
 * ```
 *
 * @since 0.1.0
 */
export const collectConversation = (
  dm: { readonly events: Pick<Events, "hydrated"> },
  conversationId: ConversationId,
  options: ListingOptions = {}
): Effect.Effect<CollectedConversation, ListingStopped> =>
  Effect.map(Stream.runCollect(dm.events.hydrated.conversation(conversationId, options)), (chunk) => {
    const collected = [...chunk].toReversed()
    const people = collected.flatMap(({ participants, sender }) => [...Option.toArray(sender), ...participants])
    return {
      events: collected.map(({ event }) => event),
      participants: [...new Map(people.map((user) => [user.id, user])).values()]
    }
  })

/**
 * Each event of a group with who is in the group after it, from joins, leaves
 * and messages. The events must be oldest first; `before` are those who were
 * in it before the first one.
 *
 * @example
 * ```ts
 * import { type ConversationId, DirectMessages, Timeline } from "@effect-xdm/core"
 * import { Stream } from "effect"
 *
 * const membership = (dm: DirectMessages["Type"], id: ConversationId) =>
 *   dm.events.followConversation(id).pipe(Timeline.participantsOf())
 * ```
 *
 * @since 0.1.0
 */
export const participantsOf = (before: Iterable<UserId> = []) =>
<E, R>(
  events: Stream.Stream<DmEvent, E, R>
): Stream.Stream<{ readonly event: DmEvent; readonly participants: HashSet.HashSet<UserId> }, E, R> =>
  Stream.mapAccum(events, HashSet.fromIterable(before), (members, event) => {
    const participants = membersAfter(members, event)
    return [participants, { event, participants }] as const
  })

const membersAfter = (members: HashSet.HashSet<UserId>, event: DmEvent): HashSet.HashSet<UserId> => {
  const withSender = event.senderId === undefined ? members : HashSet.add(members, event.senderId)
  switch (event._tag) {
    case "ParticipantsJoin":
      return HashSet.union(withSender, event.participantIds ?? [])
    case "ParticipantsLeave":
      return HashSet.difference(members, event.participantIds ?? [])
    default:
      return withSender
  }
}

/**
 * The events of a stream that is newest first from `from` up to, but not with,
 * `to`. It stops reading at the first older one, so no page is asked for past
 * it.
 *
 * @example
 * ```ts
 * import { DirectMessages, Timeline } from "@effect-xdm/core"
 * import { DateTime, Effect, Stream } from "effect"
 *
 * const october = Stream.unwrap(Effect.map(DirectMessages, (dm) =>
 *   dm.events.all().pipe(Timeline.withinWindow({
 *     from: DateTime.unsafeMake("2026-10-01T00:00:00Z"),
 *     to: DateTime.unsafeMake("2026-11-01T00:00:00Z")
 *   }))))
 * ```
 *
 * @since 0.1.0
 */
export const withinWindow =
  (window: { readonly from: DateTime.DateTime; readonly to: DateTime.DateTime }) =>
  <E, R>(events: Stream.Stream<DmEvent, E, R>): Stream.Stream<DmEvent, E, R> => {
    const from = DateTime.toEpochMillis(window.from)
    const to = DateTime.toEpochMillis(window.to)
    return events.pipe(
      Stream.dropWhile((event) => event.createdAt.epochMillis >= to),
      Stream.takeWhile((event) => event.createdAt.epochMillis >= from)
    )
  }

/**
 * The messages whose text holds every word of the query, wherever and in
 * whatever case, with or without its accents. `locale`, a BCP 47 tag, decides
 * what case means ("I" and "ı" in `tr`); default: the program's.
 *
 * X has no search; this one reads what it is given, so bound it (`until`).
 *
 * @example
 * ```ts
 * import { DirectMessages, Timeline } from "@effect-xdm/core"
 * import { Effect, Stream } from "effect"
 *
 * const found = Stream.unwrap(Effect.map(DirectMessages, (dm) =>
 *   dm.events.all({ until: "7 days" }).pipe(Timeline.search("perfecto forecast"))))
 * ```
 *
 * @since 0.1.0
 */
export const search = (query: string, { locale }: { readonly locale?: string | undefined } = {}) => {
  const words = plain(query, locale).split(/\s+/).filter((word) => word !== "")
  const matches = (event: DmEvent): event is MessageCreate => {
    if (event._tag !== "MessageCreate" || event.text === undefined) return false
    const text = plain(event.text, locale)
    return words.every((word) => text.includes(word))
  }
  return <E, R>(events: Stream.Stream<DmEvent, E, R>): Stream.Stream<MessageCreate, E, R> =>
    Stream.filter(events, matches)
}

/** Without case, accents, forms of a letter by its width, and the form that a sigma has at the end of a word. */
const plain = (text: string, locale: string | undefined): string =>
  text.toLocaleLowerCase(locale).normalize("NFKD").replace(/\p{Mn}/gu, "").replaceAll("ς", "σ")
