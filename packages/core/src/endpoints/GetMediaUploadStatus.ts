/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type { MediaId } from "../model/Ids.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import { Answer, ById, type MediaUpload, uploadScopes } from "./MediaUpload.js"

const endpoint: Endpoint<GetMediaUploadStatus.Input, MediaUpload, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/media/upload",
  bucket: "GetMediaUploadStatus",
  scopes: uploadScopes,
  retry: backOff,
  input: ById,
  query: ({ mediaId }) => Either.right({ command: "STATUS", media_id: mediaId }),
  success: Answer
}

/**
 * Asks how the processing of an upload stands.
 *
 * X: `get_media_upload_status`, GET `/2/media/upload`.
 *
 * @since 0.1.0
 */
export class GetMediaUploadStatus extends Context.Tag("@effect-xdm/core/GetMediaUploadStatus")<
  GetMediaUploadStatus,
  (input: GetMediaUploadStatus.Input) => Effect.Effect<MediaUpload, GetMediaUploadStatus.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<GetMediaUploadStatus, never, XApi> {
    return Layer.effect(
      GetMediaUploadStatus,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace GetMediaUploadStatus {
  interface Input {
    readonly mediaId: MediaId
  }
  type Error = ReadError
}
