/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { RetryPauses } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import * as Answers from "./Answers.js"
import { WebhookConfig } from "./WebhookConfig.js"

const Url = Schema.String.pipe(
  Schema.pattern(/^https?:\/\/\S{1,192}$/, { message: () => "must be a URL of up to 200 characters, with https" })
)

const endpoint: Endpoint<CreateWebhooks.Input, WebhookConfig, "read"> = {
  kind: "read",
  method: "POST",
  route: "/2/webhooks",
  bucket: "Webhooks",
  scopes: [],
  retry: RetryPauses.none,
  input: Schema.Struct({ url: Url }),
  body: ({ url }) => ({ url }),
  success: Answers.one(WebhookConfig, "webhook")
}

/**
 * Registers a URL for deliveries. X challenges it before it answers, so its
 * server must be up: see `Webhook.challenge`. A call that may have reached X is
 * not repeated.
 *
 * X: POST `/2/webhooks`, with the app-only bearer token.
 *
 * @since 0.1.0
 */
export class CreateWebhooks extends Context.Tag("@effect-xdm/core/CreateWebhooks")<
  CreateWebhooks,
  (input: CreateWebhooks.Input) => Effect.Effect<WebhookConfig, CreateWebhooks.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<CreateWebhooks, never, XApi> {
    return Layer.effect(
      CreateWebhooks,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace CreateWebhooks {
  interface Input {
    /** Where X shall deliver to: an https URL without a port, of up to 200 characters. */
    readonly url: string
  }
  type Error = ReadError
}
