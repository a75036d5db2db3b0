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
import { ActivitySubscription, Tag } from "./ActivitySubscription.js"
import * as Answers from "./Answers.js"

const endpoint: Endpoint<UpdateActivitySubscription.Input, ActivitySubscription, "read"> = {
  kind: "read",
  method: "PUT",
  route: "/2/activity/subscriptions/{subscription_id}",
  bucket: "ActivitySubscriptions",
  scopes: [],
  retry: backOff,
  input: Schema.Struct({
    subscriptionId: Answers.id("subscription"),
    tag: Schema.optional(Tag),
    webhookId: Schema.optional(Answers.id("webhook"))
  }),
  path: ({ subscriptionId }) => ({ subscription_id: subscriptionId }),
  body: ({ tag, webhookId }) => ({ tag, webhook_id: webhookId }),
  success: Answers.one(ActivitySubscription, "subscription")
}

/**
 * Changes the tag of a subscription, or where X delivers it.
 *
 * X: PUT `/2/activity/subscriptions/{subscription_id}`, with the app-only bearer token.
 *
 * @since 0.1.0
 */
export class UpdateActivitySubscription extends Context.Tag("@effect-xdm/core/UpdateActivitySubscription")<
  UpdateActivitySubscription,
  (input: UpdateActivitySubscription.Input) => Effect.Effect<ActivitySubscription, UpdateActivitySubscription.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<UpdateActivitySubscription, never, XApi> {
    return Layer.effect(
      UpdateActivitySubscription,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace UpdateActivitySubscription {
  interface Input {
    /** The subscription's id, 1 to 19 digits. */
    readonly subscriptionId: string
    readonly tag?: string | undefined
    readonly webhookId?: string | undefined
  }
  type Error = ReadError
}
