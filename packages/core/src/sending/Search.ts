/**
 * Looks for a message among the newest events of the conversation that it was
 * sent to.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { GetEvents } from "../endpoints/GetEvents.js"
import { GetEventsByConversationId } from "../endpoints/GetEventsByConversationId.js"
import { GetEventsByParticipantId } from "../endpoints/GetEventsByParticipantId.js"
import { GetMe } from "../endpoints/GetMe.js"
import type { DmEvent, MessageCreate } from "../model/DmEvent.js"
import type { EventsPage } from "../model/EventsPage.js"
import type { PageToken, UserId } from "../model/Ids.js"
import type { Recipient } from "../model/Recipient.js"
import * as Snowflake from "../model/Snowflake.js"
import type { Attempted, ReadError } from "../protocol/Errors.js"
import { isLike } from "./Likeness.js"

/** X bills each event that is read, and the message is among the newest: pages grow. */
const pageSizes = [5, 20, 100]

/**
 * Finds the events that may be the message of an attempt, oldest first: those
 * of its sender, text, attachment and conversation that are not older than the
 * attempt, less what the clocks may differ by, in milliseconds.
 *
 * @since 0.1.0
 */
export type Search = (
  attempted: Attempted,
  skewMillis: number
) => Effect.Effect<ReadonlyArray<MessageCreate>, ReadError>

/** Whether the events show that a conversation is a group of these users. */
const isGroupOf = (users: ReadonlyArray<UserId>, conversation: string | undefined, events: ReadonlyArray<DmEvent>) =>
  conversation !== undefined &&
  events.some((event) =>
    event._tag === "ParticipantsJoin" && event.dmConversationId === conversation &&
    users.every((user) => event.participantIds?.includes(user) === true)
  )

/** @since 0.1.0 */
export const make: Effect.Effect<
  Search,
  never,
  GetEvents | GetEventsByConversationId | GetEventsByParticipantId | GetMe
> = Effect.gen(function*() {
  const getEvents = yield* GetEvents
  const byConversation = yield* GetEventsByConversationId
  const byParticipant = yield* GetEventsByParticipantId
  const getMe = yield* GetMe
  let known: UserId | undefined
  /** The account's own id, asked for once. */
  const me = Effect.suspend(() =>
    known !== undefined ? Effect.succeed(known) : Effect.map(getMe({}), ({ id }) => known = id)
  )

  const page = (
    to: Recipient,
    maxResults: number | undefined,
    paginationToken: PageToken | undefined
  ): Effect.Effect<EventsPage, ReadError> => {
    const parameters = { maxResults, paginationToken }
    if ("conversation" in to) return byConversation({ ...parameters, conversationId: to.conversation })
    return "user" in to ? byParticipant({ ...parameters, participantId: to.user }) : getEvents(parameters)
  }

  /** The events down to an id, newest first. */
  const downTo = (to: Recipient, oldest: string) =>
    Effect.gen(function*() {
      const events: Array<DmEvent> = []
      let token: PageToken | undefined
      let pages = 0
      do {
        const next: Option.Option<EventsPage> = yield* page(to, pageSizes[pages++], token).pipe(
          Effect.asSome,
          // Nobody has written to the user yet.
          Effect.catchTag("NotFound", (error) => "user" in to ? Effect.succeedNone : Effect.fail(error))
        )
        if (Option.isNone(next)) break
        for (const event of next.value.events) {
          if (Snowflake.order(event.id, oldest) < 0) return events
          events.push(event)
        }
        token = next.value.meta.nextToken
      } while (token !== undefined)
      return events
    })

  return ({ leftAt, message, to }, skewMillis) =>
    Effect.gen(function*() {
      const sender = yield* me
      const oldest = Snowflake.fromMillis(DateTime.toEpochMillis(leftAt) - skewMillis)
      const events = yield* downTo(to, oldest)
      return events.filter((event): event is MessageCreate =>
        event._tag === "MessageCreate" && event.senderId === sender && isLike(message, event) &&
        (!("users" in to) || isGroupOf(to.users, event.dmConversationId, events))
      ).toReversed()
    })
})
