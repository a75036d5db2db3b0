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
import { WebhookConfig } from "./WebhookConfig.js"

const success: Schema.Schema<ReadonlyArray<WebhookConfig>, unknown> = Schema.transform(
  Answers.many(WebhookConfig, "webhooks"),
  Schema.Array(Schema.typeSchema(WebhookConfig)),
  { strict: true, decode: ({ data }) => data, encode: (data) => ({ data }) }
)

const endpoint: Endpoint<GetWebhooks.Input, ReadonlyArray<WebhookConfig>, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/webhooks",
  bucket: "Webhooks",
  scopes: [],
  retry: backOff,
  input: Schema.Struct({}),
  success: success
}

/**
 * The webhooks of the app.
 *
 * X: GET `/2/webhooks`, with the app-only bearer token.
 *
 * @since 0.1.0
 */
export class GetWebhooks extends Context.Tag("@effect-xdm/core/GetWebhooks")<
  GetWebhooks,
  (input?: GetWebhooks.Input) => Effect.Effect<ReadonlyArray<WebhookConfig>, GetWebhooks.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<GetWebhooks, never, XApi> {
    return Layer.effect(
      GetWebhooks,
      Effect.map(XApi, (api) => {
        const call = api.call(endpoint)
        return (input = {}) => call(input)
      })
    )
  }
}

/** @since 0.1.0 */
export declare namespace GetWebhooks {
  interface Input {}
  type Error = ReadError
}
