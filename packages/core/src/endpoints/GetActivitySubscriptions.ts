/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { PageToken } from "../model/Ids.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import { ActivitySubscription } from "./ActivitySubscription.js"
import * as Answers from "./Answers.js"

const success = Answers.many(ActivitySubscription, "subscriptions")

const endpoint: Endpoint<GetActivitySubscriptions.Input, GetActivitySubscriptions.Success, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/activity/subscriptions",
  bucket: "ActivitySubscriptions",
  scopes: [],
  retry: backOff,
  input: Schema.typeSchema(
    Schema.Struct({
      maxResults: Schema.optional(
        Schema.Int.pipe(Schema.between(1, 1_000, { message: () => "must be a whole number from 1 to 1,000" }))
      ),
      paginationToken: Schema.optional(PageToken)
    })
  ),
  query: ({ maxResults, paginationToken }) =>
    Either.right({ max_results: maxResults, pagination_token: paginationToken }),
  success: success
}

/**
 * A page of the subscriptions of the app.
 *
 * X: GET `/2/activity/subscriptions`, with the app-only bearer token, or that of a user.
 *
 * @since 0.1.0
 */
export class GetActivitySubscriptions extends Context.Tag("@effect-xdm/core/GetActivitySubscriptions")<
  GetActivitySubscriptions,
  (
    input?: GetActivitySubscriptions.Input
  ) => Effect.Effect<GetActivitySubscriptions.Success, GetActivitySubscriptions.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<GetActivitySubscriptions, never, XApi> {
    return Layer.effect(
      GetActivitySubscriptions,
      Effect.map(XApi, (api) => {
        const call = api.call(endpoint)
        return (input = {}) => call(input)
      })
    )
  }
}

/** @since 0.1.0 */
export declare namespace GetActivitySubscriptions {
  interface Input {
    /** 1 to 1,000. */
    readonly maxResults?: number | undefined
    readonly paginationToken?: PageToken | undefined
  }
  interface Success extends Schema.Schema.Type<typeof success> {}
  type Error = ReadError
}
