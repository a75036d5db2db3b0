/**
 * What is sent: a text, an uploaded medium, or both.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { MediaId } from "./Ids.js"

/**
 * A medium that was uploaded within the last 24 hours by the sender.
 *
 * @since 0.1.0
 */
export const Attachment = Schema.Struct({ mediaId: MediaId })
/** @since 0.1.0 */
export interface Attachment extends Schema.Schema.Type<typeof Attachment> {}

/**
 * The two parts of a message, as fields of a Struct: for the inputs of
 * endpoints. {@link hasContent} is the rule that binds them.
 *
 * @since 0.1.0
 */
export const fields = {
  text: Schema.optionalWith(
    Schema.String.pipe(Schema.minLength(1, {
      message: () => "must have at least 1 character; leave it out for a message that is only an attachment"
    })),
    { exact: true }
  ),
  attachments: Schema.optionalWith(
    Schema.Array(Attachment).pipe(Schema.itemsCount(1, {
      message: () => "must be one attachment: X takes one a message"
    })),
    { exact: true }
  )
} as const

/**
 * The parts of a message as types: a text, an attachment, or both, and not
 * neither.
 *
 * @since 0.1.0
 */
export type Message =
  | { readonly text: string; readonly attachments?: readonly [Attachment] }
  | { readonly text?: never; readonly attachments: readonly [Attachment] }

/**
 * Whether a message has a text or an attachment.
 *
 * @since 0.1.0
 */
export const hasContent = (parts: { readonly text?: string; readonly attachments?: ReadonlyArray<Attachment> }) =>
  parts.text !== undefined || parts.attachments !== undefined

const filled = { message: () => "must have a text, an attachment, or both" }

/**
 * The Schema of a message that is part of a larger input.
 *
 * @since 0.1.0
 */
export const Message: Schema.Schema<Message> = Schema.Struct(fields).pipe(
  Schema.filter(hasContent, filled)
) as never // that there is a text or an attachment is what the filter says, and the Struct cannot

/**
 * What a message is in the body of a request.
 *
 * @since 0.1.0
 */
export const toJson = (message: Message) => ({
  ...(message.text === undefined ? undefined : { text: message.text }),
  ...(message.attachments === undefined
    ? undefined
    : { attachments: message.attachments.map(({ mediaId }) => ({ media_id: mediaId })) })
})
