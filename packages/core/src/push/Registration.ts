/**
 * To have X deliver: the webhooks and subscriptions of an app in one place.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { ActivityKind, ActivitySubscription } from "../endpoints/ActivitySubscription.js"
import { CreateActivitySubscription } from "../endpoints/CreateActivitySubscription.js"
import { CreateWebhooks } from "../endpoints/CreateWebhooks.js"
import { DeleteActivitySubscription } from "../endpoints/DeleteActivitySubscription.js"
import { DeleteWebhooks } from "../endpoints/DeleteWebhooks.js"
import { GetActivitySubscriptions } from "../endpoints/GetActivitySubscriptions.js"
import { GetWebhooks } from "../endpoints/GetWebhooks.js"
import { UpdateActivitySubscription } from "../endpoints/UpdateActivitySubscription.js"
import { ValidateWebhooks } from "../endpoints/ValidateWebhooks.js"
import type { WebhookConfig } from "../endpoints/WebhookConfig.js"
import { PageToken, type UserId } from "../model/Ids.js"
import { Credentials } from "../protocol/Credentials.js"
import type { ReadError } from "../protocol/Errors.js"
import { XApi, type XApiOptions } from "../protocol/XApi.js"

/**
 * What to have delivered.
 *
 * @since 0.1.0
 */
export interface RegisterInput {
  /** Whose messages. */
  readonly userId: UserId
  /** Where to: an https URL. Without one, X tells of them in the activity stream alone. */
  readonly url?: string | undefined
  /** What of. Default: messages received and sent. */
  readonly eventTypes?: ReadonlyArray<ActivityKind> | undefined
}

/**
 * What is there now.
 *
 * @since 0.1.0
 */
export interface Registered {
  readonly webhook: WebhookConfig | undefined
  readonly subscriptions: ReadonlyArray<ActivitySubscription>
}

const endpoints = Layer.mergeAll(
  CreateActivitySubscription.layer,
  CreateWebhooks.layer,
  DeleteActivitySubscription.layer,
  DeleteWebhooks.layer,
  GetActivitySubscriptions.layer,
  GetWebhooks.layer,
  UpdateActivitySubscription.layer,
  ValidateWebhooks.layer
)

const make = Effect.map(
  Effect.all({
    createActivitySubscription: CreateActivitySubscription,
    createWebhooks: CreateWebhooks,
    deleteActivitySubscription: DeleteActivitySubscription,
    deleteWebhooks: DeleteWebhooks,
    getActivitySubscriptions: GetActivitySubscriptions,
    getWebhooks: GetWebhooks,
    updateActivitySubscription: UpdateActivitySubscription,
    validateWebhooks: ValidateWebhooks
  }),
  (api) => {
    const webhookAt = (url: string): Effect.Effect<WebhookConfig, ReadError> =>
      Effect.gen(function*() {
        const known = (yield* api.getWebhooks()).find((webhook) => webhook.url === url)
        if (known === undefined) return yield* api.createWebhooks({ url })
        if (known.valid !== false) return known
        const { valid } = yield* api.validateWebhooks({ webhookId: known.id })
        return { ...known, valid }
      })

    const all = (token?: PageToken): Effect.Effect<ReadonlyArray<ActivitySubscription>, ReadError> =>
      Effect.flatMap(api.getActivitySubscriptions(token === undefined ? {} : { paginationToken: token }), (page) => {
        const next = page.meta?.nextToken
        // X's own token, of whatever form; one that leads back to its page ends the list.
        return next === undefined || next === token
          ? Effect.succeed(page.data)
          : Effect.map(all(PageToken.make(next, true)), (rest) => [...page.data, ...rest])
      })

    const subscribed = (
      there: ReadonlyArray<ActivitySubscription>,
      eventType: ActivityKind,
      userId: UserId,
      webhookId: string | undefined
    ) => {
      const known = there.find((subscription) =>
        subscription.eventType === eventType && subscription.filter?.userId === userId
      )
      if (known === undefined) return api.createActivitySubscription({ eventType, userId, webhookId })
      return webhookId === undefined || known.webhookId === webhookId
        ? Effect.succeed(known)
        : api.updateActivitySubscription({ subscriptionId: known.subscriptionId, webhookId })
    }

    /**
     * Makes sure that X delivers: creates the webhook and the subscriptions that
     * are missing, and mends those that are wrong. Done twice, it is as done once.
     */
    const register = (
      { eventTypes = ["dm.received", "dm.sent"], url, userId }: RegisterInput
    ): Effect.Effect<Registered, ReadError> =>
      Effect.gen(function*() {
        const webhook = url === undefined ? undefined : yield* webhookAt(url)
        const there = yield* all()
        const subscriptions = yield* Effect.forEach(
          eventTypes,
          (eventType) => subscribed(there, eventType, userId, webhook?.id)
        )
        return { webhook, subscriptions }
      })
    return { ...api, register }
  }
)

/**
 * The endpoints, each as its own service has it, and `register`, which does
 * what is missing.
 *
 * @since 0.1.0
 */
export interface RegistrationService extends Effect.Effect.Success<typeof make> {}

/**
 * The webhooks and subscriptions of an app.
 *
 * @example
 * ```ts
 * import { Registration, UserId } from "@effect-xdm/core"
 * import { FetchHttpClient } from "@effect/platform"
 * import { Effect, Layer, Redacted } from "effect"
 *
 * const Live = Registration.layer({ bearerToken: Redacted.make("…") }).pipe(Layer.provide(FetchHttpClient.layer))
 *
 * const program = Effect.gen(function*() {
 *   const { register } = yield* Registration
 *   yield* register({ userId: UserId.make("2244994945"), url: "https://example.com/webhooks/x" })
 * }).pipe(Effect.provide(Live))
 * ```
 *
 * @since 0.1.0
 */
export class Registration extends Context.Tag("@effect-xdm/core/Registration")<Registration, RegistrationService>() {
  /**
   * Over an `XApi` that is there already, with the credentials of the app.
   * Each time that it is asked for it is another layer, so that several apps do
   * not share one.
   *
   * @since 0.1.0
   */
  static get layerXApi(): Layer.Layer<Registration | Layer.Layer.Success<typeof endpoints>, never, XApi> {
    return Layer.fresh(overXApi)
  }

  /**
   * With the app-only bearer token. Fails with a `ConfigError` if an option
   * makes no sense.
   *
   * @since 0.1.0
   */
  static readonly layer = (
    { bearerToken, ...options }: XApiOptions & { readonly bearerToken: Redacted.Redacted }
  ): Layer.Layer<
    Registration | Layer.Layer.Success<typeof endpoints>,
    ConfigError,
    HttpClient.HttpClient
  > =>
    Registration.layerXApi.pipe(
      Layer.provide(XApi.layer(options)),
      Layer.provide(Credentials.layerBearer(bearerToken))
    )
}

const overXApi = Layer.provideMerge(Layer.effect(Registration, make), endpoints)
