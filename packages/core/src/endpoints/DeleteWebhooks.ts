/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import * as Answers from "./Answers.js"

const endpoint: Endpoint<DeleteWebhooks.Input, { readonly deleted: boolean }, "remove"> = {
  kind: "remove",
  method: "DELETE",
  route: "/2/webhooks/{webhook_id}",
  bucket: "Webhooks",
  scopes: [],
  retry: backOff,
  input: Schema.Struct({ webhookId: Answers.id("webhook") }),
  path: ({ webhookId }) => ({ webhook_id: webhookId }),
  empty: { deleted: true },
  success: Answers.Deleted
}

/**
 * Removes a webhook: X delivers to it no more.
 *
 * X: DELETE `/2/webhooks/{webhook_id}`, with the app-only bearer token.
 *
 * @since 0.1.0
 */
export class DeleteWebhooks extends Context.Tag("@effect-xdm/core/DeleteWebhooks")<
  DeleteWebhooks,
  (input: DeleteWebhooks.Input) => Effect.Effect<{ readonly deleted: boolean }, DeleteWebhooks.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<DeleteWebhooks, never, XApi> {
    return Layer.effect(
      DeleteWebhooks,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace DeleteWebhooks {
  interface Input {
    /** The webhook's id, 1 to 19 digits. */
    readonly webhookId: string
  }
  type Error = ReadError
}
