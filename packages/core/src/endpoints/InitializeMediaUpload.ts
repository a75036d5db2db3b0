/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { UserId } from "../model/Ids.js"
import * as MediaType from "../model/MediaType.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import { Answer, type MediaUpload, uploadScopes } from "./MediaUpload.js"

const endpoint: Endpoint<InitializeMediaUpload.Input, MediaUpload, "read"> = {
  kind: "read",
  method: "POST",
  route: "/2/media/upload/initialize",
  bucket: "InitializeMediaUpload",
  scopes: uploadScopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct({
    mediaType: MediaType.MediaType,
    totalBytes: Schema.Int.pipe(Schema.between(1, 17_179_869_184, {
      message: () => "must be a whole number of bytes, 1 to 17,179,869,184"
    })),
    mediaCategory: Schema.Literal("dm_image", "dm_gif", "dm_video"),
    shared: Schema.optional(Schema.Boolean),
    additionalOwners: Schema.optional(Schema.Array(UserId))
  })),
  body: ({ additionalOwners, mediaCategory, mediaType, shared = true, totalBytes }) => ({
    media_type: mediaType,
    total_bytes: totalBytes,
    media_category: mediaCategory,
    shared,
    ...(additionalOwners === undefined ? undefined : { additional_owners: additionalOwners })
  }),
  success: Answer
}

/**
 * Begins an upload, and gives its id. A call that is repeated begins another one,
 * which does no harm. `dm.media.upload` does all the steps.
 *
 * X: `initialize_media_upload`, POST `/2/media/upload/initialize`.
 *
 * @since 0.1.0
 */
export class InitializeMediaUpload extends Context.Tag("@effect-xdm/core/InitializeMediaUpload")<
  InitializeMediaUpload,
  (input: InitializeMediaUpload.Input) => Effect.Effect<MediaUpload, InitializeMediaUpload.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<InitializeMediaUpload, never, XApi> {
    return Layer.effect(
      InitializeMediaUpload,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace InitializeMediaUpload {
  interface Input {
    readonly mediaType: MediaType.MediaType
    /** The size of the file, in bytes. */
    readonly totalBytes: number
    readonly mediaCategory: MediaType.Category
    /** Whether it may be sent in messages more than once. Default `true`. */
    readonly shared?: boolean | undefined
    /** Who else may use it. */
    readonly additionalOwners?: ReadonlyArray<UserId> | undefined
  }
  type Error = ReadError
}
