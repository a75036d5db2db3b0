/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { EventId, MediaId } from "../model/Ids.js"
import { Bytes } from "../protocol/Bytes.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"

const endpoint: Endpoint<DownloadMedia.Input, Bytes, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}",
  bucket: "DownloadMedia",
  scopes: ["dm.read"],
  retry: backOff,
  accept: "application/octet-stream",
  input: Schema.typeSchema(Schema.Struct({
    dmId: EventId,
    mediaId: MediaId,
    resourceId: Schema.String.pipe(Schema.pattern(/^[a-zA-Z0-9_.-]{1,50}$/, {
      message: () => "must be the name of a file at X: 1 to 50 letters, digits, dots, underscores or hyphens",
      arbitrary: () => (fc) => fc.stringMatching(/^[a-zA-Z0-9_-]{1,45}\.(jpg|mp4)$/)
    }))
  })),
  path: ({ dmId, mediaId, resourceId }) => ({ dm_id: dmId, media_id: mediaId, resource_id: resourceId }),
  success: Bytes
}

/**
 * Fetches a file that is attached to a message, as a stream of its bytes. The
 * call has succeeded when the first of them has come; the connection is held
 * until the scope closes. `dm.media.download` knows the ids.
 *
 * X: `dm_conversations_media_download`, GET
 * `/2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}`. OAuth 2.0 alone.
 *
 * @since 0.1.0
 */
export class DownloadMedia extends Context.Tag("@effect-xdm/core/DownloadMedia")<
  DownloadMedia,
  (input: DownloadMedia.Input) => Effect.Effect<Bytes, DownloadMedia.Error, Scope.Scope>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<DownloadMedia, never, XApi> {
    return Layer.effect(
      DownloadMedia,
      Effect.map(XApi, (api) => api.download(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace DownloadMedia {
  interface Input {
    /** The event that has the medium attached. */
    readonly dmId: EventId
    readonly mediaId: MediaId
    /** The name of the file at X, the last part of the medium's `url`. */
    readonly resourceId: string
  }
  type Error = ReadError
}
