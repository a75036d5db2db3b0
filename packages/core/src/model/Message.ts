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
 * A text, an attachment, or both; never neither.
 *
 * @since 0.1.0
 */
export type Message =
  | { readonly text: string; readonly attachments?: readonly [Attachment] | undefined }
  | { readonly text?: undefined; readonly attachments: readonly [Attachment] }

/**
 * The Schema of a message together with other fields, as the inputs of
 * endpoints are.
 *
 * @since 0.1.0
 */
export const withFields = <F extends Schema.Struct.Fields>(others: F) => {
  const parts = Schema.Struct({
    ...others,
    text: Schema.optional(Schema.String.pipe(Schema.minLength(1, {
      message: () => "must have at least 1 character; leave it out for a message that is only an attachment"
    }))),
    attachments: Schema.optional(
      Schema.Array(Attachment).pipe(Schema.itemsCount(1, {
        message: () => "must be one attachment, for X takes one a message"
      }))
    )
  })
  const filled = parts.pipe(
    Schema.filter((message: { readonly text?: unknown; readonly attachments?: unknown }) =>
      message.text !== undefined || message.attachments !== undefined ||
      { path: ["text"], message: "must be there, or an attachment, or both" }
    )
  )
  // The filters say what the union of Message says, which a Struct with filters has no type for.
  return filled as unknown as Schema.Schema<Schema.Struct.Type<F> & Message>
}

/**
 * The Schema of a message.
 *
 * @since 0.1.0
 */
export const Message: Schema.Schema<Message> = withFields({})

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
