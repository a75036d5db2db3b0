/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { inData, struct } from "../model/Wire.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import * as Answers from "./Answers.js"

const success = inData(struct({ valid: Schema.Boolean }))

const endpoint: Endpoint<ValidateWebhooks.Input, ValidateWebhooks.Success, "read"> = {
  kind: "read",
  method: "PUT",
  route: "/2/webhooks/{webhook_id}",
  bucket: "Webhooks",
  scopes: [],
  retry: backOff,
  input: Schema.Struct({ webhookId: Answers.id("webhook") }),
  path: ({ webhookId }) => ({ webhook_id: webhookId }),
  empty: { valid: true },
  success: success
}

/**
 * Has X challenge a webhook, and deliver to it again if it passes.
 *
 * X: PUT `/2/webhooks/{webhook_id}`, with the app-only bearer token.
 *
 * @since 0.1.0
 */
export class ValidateWebhooks extends Context.Tag("@effect-xdm/core/ValidateWebhooks")<
  ValidateWebhooks,
  (input: ValidateWebhooks.Input) => Effect.Effect<ValidateWebhooks.Success, ValidateWebhooks.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<ValidateWebhooks, never, XApi> {
    return Layer.effect(
      ValidateWebhooks,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace ValidateWebhooks {
  interface Input {
    /** The webhook's id, 1 to 19 digits. */
    readonly webhookId: string
  }
  interface Success extends Schema.Schema.Type<typeof success> {}
  type Error = ReadError
}
