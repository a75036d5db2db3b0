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

const endpoint: Endpoint<DeleteActivitySubscription.Input, { readonly deleted: boolean }, "remove"> = {
  kind: "remove",
  method: "DELETE",
  route: "/2/activity/subscriptions/{subscription_id}",
  bucket: "ActivitySubscriptions",
  scopes: [],
  retry: backOff,
  input: Schema.Struct({ subscriptionId: Answers.id("subscription") }),
  path: ({ subscriptionId }) => ({ subscription_id: subscriptionId }),
  empty: { deleted: true },
  success: Answers.Deleted
}

/**
 * Ends a subscription.
 *
 * X: DELETE `/2/activity/subscriptions/{subscription_id}`, with the app-only bearer token.
 *
 * @since 0.1.0
 */
export class DeleteActivitySubscription extends Context.Tag("@effect-xdm/core/DeleteActivitySubscription")<
  DeleteActivitySubscription,
  (
    input: DeleteActivitySubscription.Input
  ) => Effect.Effect<{ readonly deleted: boolean }, DeleteActivitySubscription.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<DeleteActivitySubscription, never, XApi> {
    return Layer.effect(
      DeleteActivitySubscription,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace DeleteActivitySubscription {
  interface Input {
    /** The subscription's id, 1 to 19 digits. */
    readonly subscriptionId: string
  }
  type Error = ReadError
}
