/**
 * What happens in a conversation: a message, people joining, people leaving.
 * An event of a type that X adds later is an `UnknownEvent` that keeps X's
 * JSON, so that a listing goes on through it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Decoder from "./Decoder.js"
import * as Dialect from "./Dialect.js"
import { Entities } from "./Entities.js"
import { received } from "./Ids.js"
import * as MessageStep from "./MessageStep.js"
import { Timestamp } from "./Timestamp.js"
import { optional, reshaped, struct } from "./Wire.js"

const common = {
  id: received.EventId,
  createdAt: Timestamp,
  dmConversationId: optional(received.ConversationId),
  senderId: optional(received.UserId)
}

const tagged = { _tag: "event_type" } as const

const Attachments = struct({
  mediaKeys: optional(Schema.Array(received.MediaKey)),
  cardIds: optional(Schema.Array(Schema.String))
})

const ReferencedPost = struct({ id: received.PostId })

const ParticipantIds = Schema.Array(received.UserId)
const ReferencedPosts = Schema.Array(ReferencedPost)

const MessageCreate = struct({
  _tag: Schema.Literal("MessageCreate"),
  ...common,
  text: optional(Schema.String),
  participantIds: optional(ParticipantIds),
  attachments: optional(Attachments),
  entities: optional(Entities),
  referencedPosts: optional(ReferencedPosts)
}, tagged).annotations({
  [Decoder.direct]: (stepOf: Decoder.StepOf) =>
    MessageStep.make({
      createdAt: stepOf(Timestamp.ast),
      participantIds: stepOf(ParticipantIds.ast),
      attachments: stepOf(Attachments.ast),
      entities: stepOf(Entities.ast),
      referencedPosts: stepOf(ReferencedPosts.ast)
    })
})

const ParticipantsJoin = struct({
  _tag: Schema.Literal("ParticipantsJoin"),
  ...common,
  participantIds: optional(Schema.Array(received.UserId))
}, tagged)

const ParticipantsLeave = struct({
  _tag: Schema.Literal("ParticipantsLeave"),
  ...common,
  participantIds: optional(Schema.Array(received.UserId))
}, tagged)

const UnknownEvent = struct({
  _tag: Schema.Literal("UnknownEvent"),
  ...common,
  eventType: optional(Schema.String),
  raw: Schema.Unknown
}, { ...tagged, eventType: "unknown_type" })

/**
 * A message. `text` is absent from one that is only an attachment; `senderId`
 * and the rest are absent when they were not asked for.
 *
 * @since 0.1.0
 */
export interface MessageCreate extends Schema.Schema.Type<typeof MessageCreate> {}

/**
 * People came into a group; `senderId` brought them.
 *
 * @since 0.1.0
 */
export interface ParticipantsJoin extends Schema.Schema.Type<typeof ParticipantsJoin> {}

/**
 * People left a group.
 *
 * @since 0.1.0
 */
export interface ParticipantsLeave extends Schema.Schema.Type<typeof ParticipantsLeave> {}

/**
 * An event of a type that this version does not know; `raw` is X's JSON.
 *
 * @since 0.1.0
 */
export interface UnknownEvent extends Schema.Schema.Type<typeof UnknownEvent> {}

/** @since 0.1.0 */
export type DmEvent = MessageCreate | ParticipantsJoin | ParticipantsLeave | UnknownEvent

/**
 * The Schema of an event. It reads both dialects and writes the one named.
 * `createdAt` is always there: X leaves it out unless asked, and then it is
 * taken from the id.
 *
 * @since 0.1.0
 */
export const inDialect = (dialect: Dialect.Dialect): Schema.Schema<DmEvent, unknown> =>
  reshaped(Schema.Union(MessageCreate, ParticipantsJoin, ParticipantsLeave, UnknownEvent), {
    read: Dialect.event.read,
    write: Dialect.event.write(dialect)
  })

/**
 * The Schema of an event, writing the post dialect.
 *
 * @since 0.1.0
 */
export const DmEvent: Schema.Schema<DmEvent, unknown> = inDialect("post")

/**
 * Whether an event is a message.
 *
 * @example
 * ```ts
 * import { DmEvent } from "@effect-xdm/core"
 * import { Stream } from "effect"
 *
 * declare const events: Stream.Stream<DmEvent.DmEvent>
 * const messages = events.pipe(Stream.filter(DmEvent.isMessageCreate))
 * ```
 *
 * @since 0.1.0
 */
export const isMessageCreate = (event: DmEvent): event is MessageCreate => event._tag === "MessageCreate"

/** @since 0.1.0 */
export const isParticipantsJoin = (event: DmEvent): event is ParticipantsJoin => event._tag === "ParticipantsJoin"

/** @since 0.1.0 */
export const isParticipantsLeave = (event: DmEvent): event is ParticipantsLeave => event._tag === "ParticipantsLeave"

/** @since 0.1.0 */
export const isUnknownEvent = (event: DmEvent): event is UnknownEvent => event._tag === "UnknownEvent"
