/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { UserId } from "../model/Ids.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { RetryPauses } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import { ActivityKind, ActivitySubscription, Tag } from "./ActivitySubscription.js"
import * as Answers from "./Answers.js"

const endpoint: Endpoint<CreateActivitySubscription.Input, ActivitySubscription, "read"> = {
  kind: "read",
  method: "POST",
  route: "/2/activity/subscriptions",
  bucket: "ActivitySubscriptions",
  scopes: [],
  retry: RetryPauses.none,
  input: Schema.typeSchema(
    Schema.Struct({
      eventType: ActivityKind,
      userId: UserId,
      direction: Schema.optional(Schema.Literal("inbound", "outbound")),
      tag: Schema.optional(Tag),
      webhookId: Schema.optional(Answers.id("webhook"))
    })
  ),
  body: ({ direction, eventType, tag, userId, webhookId }) => ({
    event_type: eventType,
    filter: { user_id: userId, direction },
    tag,
    webhook_id: webhookId
  }),
  success: Answers.one(ActivitySubscription, "subscription")
}

/**
 * Has X tell the app of one kind of activity of one user, who must have let
 * the app read their messages. A call that may have reached X is not repeated.
 *
 * X: POST `/2/activity/subscriptions`, with the app-only bearer token, or that of the user.
 *
 * @since 0.1.0
 */
export class CreateActivitySubscription extends Context.Tag("@effect-xdm/core/CreateActivitySubscription")<
  CreateActivitySubscription,
  (input: CreateActivitySubscription.Input) => Effect.Effect<ActivitySubscription, CreateActivitySubscription.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<CreateActivitySubscription, never, XApi> {
    return Layer.effect(
      CreateActivitySubscription,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace CreateActivitySubscription {
  interface Input {
    /** What to tell of, like `"dm.received"`. */
    readonly eventType: ActivityKind
    /** Whose activity. */
    readonly userId: UserId
    readonly direction?: "inbound" | "outbound" | undefined
    /** A word of your own that comes along with each event, of 1 to 200 characters. */
    readonly tag?: string | undefined
    /** Where to deliver it; without one, only the activity stream has it. */
    readonly webhookId?: string | undefined
  }
  type Error = ReadError
}
