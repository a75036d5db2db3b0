/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { MediaId } from "../model/Ids.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import { Answer, ById, type MediaUpload, uploadScopes } from "./MediaUpload.js"

const endpoint: Endpoint<FinalizeMediaUpload.Input, MediaUpload, "read"> = {
  kind: "read",
  method: "POST",
  route: "/2/media/upload/{id}/finalize",
  bucket: "FinalizeMediaUpload",
  scopes: uploadScopes,
  retry: backOff,
  input: ById,
  path: ({ mediaId }) => ({ id: mediaId }),
  success: Answer
}

/**
 * Ends an upload whose parts have all been sent. X may go on to process it, as
 * `processingInfo` tells.
 *
 * X: `finalize_media_upload`, POST `/2/media/upload/{id}/finalize`.
 *
 * @since 0.1.0
 */
export class FinalizeMediaUpload extends Context.Tag("@effect-xdm/core/FinalizeMediaUpload")<
  FinalizeMediaUpload,
  (input: FinalizeMediaUpload.Input) => Effect.Effect<MediaUpload, FinalizeMediaUpload.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<FinalizeMediaUpload, never, XApi> {
    return Layer.effect(
      FinalizeMediaUpload,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace FinalizeMediaUpload {
  interface Input {
    readonly mediaId: MediaId
  }
  type Error = ReadError
}
