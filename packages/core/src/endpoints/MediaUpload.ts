/**
 * What the steps of an upload have in common.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { MediaId, received } from "../model/Ids.js"
import { inData, optional, struct } from "../model/Wire.js"

/** @since 0.1.0 */
export const uploadScopes = ["media.write"]

/** @since 0.1.0 */
export const ById = Schema.typeSchema(Schema.Struct({ mediaId: MediaId }))

const Reason = struct({
  code: optional(Schema.Number),
  name: optional(Schema.String),
  message: optional(Schema.String)
})

/** A state that X adds later, or leaves out, counts as one that goes on. */
const Processing = struct({
  state: optional(Schema.String),
  checkAfterSecs: optional(Schema.Number),
  progressPercent: optional(Schema.Number),
  error: optional(Reason)
})

/**
 * How X's processing of a medium stands. `state` is `pending`, `in_progress`,
 * `succeeded` or `failed`; `checkAfterSecs`, in seconds, may be absent though it
 * goes on.
 *
 * @since 0.1.0
 */
export interface Processing extends Schema.Schema.Type<typeof Processing> {}

const fields = struct({
  id: received.MediaId,
  mediaKey: optional(received.MediaKey),
  /** In seconds. */
  expiresAfterSecs: optional(Schema.Number),
  /** In bytes. */
  size: optional(Schema.Number),
  processingInfo: optional(Processing)
})

/**
 * An upload, as X answers each of its steps. Without `processingInfo`, there is
 * nothing to wait for.
 *
 * @since 0.1.0
 */
export interface MediaUpload extends Schema.Schema.Type<typeof fields> {}

/** @since 0.1.0 */
export const Answer: Schema.Schema<MediaUpload, unknown> = inData(fields)
