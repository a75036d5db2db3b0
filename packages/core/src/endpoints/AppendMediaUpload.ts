/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { MediaId } from "../model/Ids.js"
import { inData, optional, struct } from "../model/Wire.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import { uploadScopes } from "./MediaUpload.js"

const success = inData(struct({
  /** In seconds since 1970. */
  expiresAt: optional(Schema.Number)
}))

const endpoint: Endpoint<AppendMediaUpload.Input, AppendMediaUpload.Success, "read"> = {
  kind: "read",
  method: "POST",
  route: "/2/media/upload/{id}/append",
  bucket: "AppendMediaUpload",
  scopes: uploadScopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct({
    mediaId: MediaId,
    segmentIndex: Schema.Int.pipe(Schema.between(0, 999, { message: () => "must be a whole number from 0 to 999" })),
    media: Schema.Uint8ArrayFromSelf.pipe(
      Schema.filter((bytes) => bytes.length > 0 || "must be bytes, at least 1")
    )
  })),
  path: ({ mediaId }) => ({ id: mediaId }),
  form: ({ media, segmentIndex }) => ({ fields: { segment_index: segmentIndex }, file: "media", bytes: media }),
  success,
  empty: {}
}

/**
 * Sends a part of an upload. A part that comes again takes the place of the one
 * with its index, so a call may be repeated.
 *
 * X: `append_media_upload`, POST `/2/media/upload/{id}/append`. 1,875 calls in 15
 * minutes a user.
 *
 * @since 0.1.0
 */
export class AppendMediaUpload extends Context.Tag("@effect-xdm/core/AppendMediaUpload")<
  AppendMediaUpload,
  (input: AppendMediaUpload.Input) => Effect.Effect<AppendMediaUpload.Success, AppendMediaUpload.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<AppendMediaUpload, never, XApi> {
    return Layer.effect(
      AppendMediaUpload,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace AppendMediaUpload {
  interface Input {
    readonly mediaId: MediaId
    /** Which part of the file, from 0 to 999. */
    readonly segmentIndex: number
    /** The bytes of the part, at least 1. */
    readonly media: Uint8Array
  }
  interface Success extends Schema.Schema.Type<typeof success> {}
  type Error = ReadError
}
