/**
 * What a send answers.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import { received } from "../model/Ids.js"
import { inData, struct } from "../model/Wire.js"

const fields = struct({
  dmConversationId: received.ConversationId,
  dmEventId: received.EventId
})

/**
 * The message that was created, and the conversation that it is in.
 *
 * @since 0.1.0
 */
export interface Created extends Schema.Schema.Type<typeof fields> {}

/**
 * The Schema of the answer to a send.
 *
 * @since 0.1.0
 */
export const Created: Schema.Schema<Created, unknown> = inData(fields)
