/**
 * A message in the outbox, and what became of it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { received } from "../model/Ids.js"
import { Message } from "../model/Message.js"
import { Recipient } from "../model/Recipient.js"

/**
 * A message to be sent, with a key of the caller's: whatever is put in under
 * the same key again is the same message.
 *
 * @since 0.1.0
 */
export interface Letter {
  readonly key: string
  readonly to: Recipient
  readonly message: Message
}

const trouble = { error: Schema.String, reason: Schema.String }

const Sent = Schema.TaggedStruct("Sent", {
  dmConversationId: received.ConversationId,
  dmEventId: received.EventId
})
const Refused = Schema.TaggedStruct("Refused", trouble)
const GivenUp = Schema.TaggedStruct("GivenUp", trouble)

/**
 * What became of a message: it was sent; or X refused it, and would again; or
 * it could not be sent within the time allowed. `error` is the tag of the last
 * error, `reason` its message.
 *
 * @since 0.1.0
 */
export type Outcome = typeof Sent.Type | typeof Refused.Type | typeof GivenUp.Type

/**
 * Where a message is on its way. `Sending` is written before it leaves: after a
 * crash, it may or may not have been sent. `since` is X's time, in milliseconds
 * since 1970.
 *
 * @since 0.1.0
 */
export const State = Schema.Union(
  Schema.TaggedStruct("Waiting", {}),
  Schema.TaggedStruct("Sending", { since: Schema.Number }),
  Sent,
  Refused,
  GivenUp
)
/** @since 0.1.0 */
export type State = typeof State.Type

/**
 * What became of a letter to whom.
 *
 * @since 0.1.0
 */
export interface Result {
  readonly key: string
  readonly to: Recipient
  readonly outcome: Outcome
}

/**
 * A letter as a store keeps it. `sequence` is its place in the outbox, `putAt`
 * when it was put in, in milliseconds since 1970.
 *
 * @since 0.1.0
 */
export const Entry = Schema.Struct({
  sequence: Schema.Int,
  key: Schema.String,
  to: Recipient,
  message: Message,
  putAt: Schema.Number,
  state: State
})
/** @since 0.1.0 */
export interface Entry extends Schema.Schema.Type<typeof Entry> {}

/**
 * Whether there is nothing more to be done for a letter.
 *
 * @since 0.1.0
 */
export const isOutcome = (state: State): state is Outcome => state._tag !== "Waiting" && state._tag !== "Sending"
