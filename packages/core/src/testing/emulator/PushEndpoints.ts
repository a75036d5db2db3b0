/** What each route of the push half does. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { isRecord } from "effect/Predicate"
import type { JsonObject } from "../../model/Json.js"
import * as Bodies from "./Bodies.js"
import * as Problems from "./Problems.js"
import type { Push, Subscription } from "./Push.js"
import * as Queries from "./Queries.js"
import type { PushRoute } from "./Routes.js"
import type { Store } from "./Store.js"
import type { Request } from "./Wire.js"

export interface Call {
  readonly request: Request
  readonly parameters: { readonly [name: string]: string }
  readonly now: number
  readonly store: Store
  readonly push: Push
  /** Whether the server at a URL answers a challenge. */
  readonly challenge: (url: string) => Effect.Effect<boolean>
}

/** A success as JSON, or as a stream that begins with what a number of minutes brought. */
export type Success =
  | { readonly status: 200; readonly json: JsonObject }
  | { readonly status: 200; readonly backfillMinutes: number }

type Outcome = Effect.Effect<Either.Either<Success, Problems.Refusal>>

const ok = (json: JsonObject): Success => ({ status: 200, json })
const refuse = (message: string) => Either.left(Problems.invalidBody(message))
const now = (outcome: Either.Either<Success, Problems.Refusal>): Outcome => Effect.succeed(outcome)

const text = (value: unknown): string | undefined => typeof value === "string" ? value : undefined

const isUrl = (value: unknown): value is string =>
  typeof value === "string" && value.length <= 200 && /^https?:\/\//.test(value) && URL.canParse(value)

const webhookIn = ({ parameters, push }: Call) => {
  const id = parameters["webhook_id"] ?? ""
  return Either.fromNullable(push.webhooks.get(id), () => Problems.notFound("webhook", "webhook_id", id))
}

const subscriptionIn = ({ parameters, push }: Call) => {
  const id = parameters["subscription_id"] ?? ""
  return Either.fromNullable(push.subscriptions.get(id), () => Problems.notFound("subscription", "subscription_id", id))
}

const failedChallenge = refuse("CrcValidationFailed: the URL did not answer the challenge")

const createWebhook = (call: Call): Outcome => {
  const { now: at, push, request } = call
  const url = Either.flatMap(Bodies.parse(request.body), (json) =>
    !isRecord(json) || !isUrl(json["url"])
      ? refuse("$.url: is no URL")
      : [...push.webhooks.values()].some((webhook) => webhook.url === json["url"])
      ? refuse("DuplicateUrlFailed: the URL is registered already")
      : Either.right(json["url"]))
  if (Either.isLeft(url)) return now(Either.left(url.left))
  return Effect.map(call.challenge(url.right), (valid) => {
    if (!valid) return failedChallenge
    const webhook = { id: push.newId(), url: url.right, valid, created_at: new Date(at).toISOString() }
    push.webhooks.set(webhook.id, webhook)
    return Either.right(ok({ data: webhook }))
  })
}

/** The parts of a subscription that a body may set. */
const settings = (call: Call, json: JsonObject): Either.Either<Partial<Subscription>, Problems.Refusal> => {
  const [tag, webhook_id] = [text(json["tag"]), text(json["webhook_id"])]
  if (webhook_id !== undefined && !call.push.webhooks.has(webhook_id)) {
    return Either.left(Problems.notFound("webhook", "webhook_id", webhook_id))
  }
  return Either.right({ ...(tag === undefined ? {} : { tag }), ...(webhook_id === undefined ? {} : { webhook_id }) })
}

const subscribe = (call: Call): Either.Either<Success, Problems.Refusal> =>
  Either.gen(function*() {
    const { now: at, push, request, store } = call
    const json = yield* Bodies.object(yield* Bodies.parse(request.body), "$", [
      "event_type",
      "filter",
      "tag",
      "webhook_id"
    ])
    const event_type = text(json["event_type"])
    const { direction, user_id } = isRecord(json["filter"]) ? json["filter"] : {}
    if (event_type === undefined) return yield* refuse("$.event_type: a string is expected")
    if (typeof user_id !== "string" || !store.users.has(user_id)) return yield* refuse("$.filter.user_id: is no user")
    const same = [...push.subscriptions.values()].some((each) =>
      each.event_type === event_type && each.filter.user_id === user_id
    )
    if (same) return yield* refuse("DuplicateSubscriptionFailed: there is such a subscription already")
    const subscription: Subscription = {
      subscription_id: push.newId(),
      event_type,
      filter: { user_id, ...(typeof direction === "string" ? { direction } : undefined) },
      ...(yield* settings(call, json)),
      created_at: new Date(at).toISOString()
    }
    push.subscriptions.set(subscription.subscription_id, subscription)
    return ok({ data: { subscription } })
  })

export const endpoints: { readonly [R in PushRoute]: (call: Call) => Outcome } = {
  "POST /2/webhooks": createWebhook,

  "GET /2/webhooks": ({ push }) => {
    const data = [...push.webhooks.values()]
    return now(Either.right(ok({ ...(data.length === 0 ? {} : { data }), meta: { result_count: data.length } })))
  },

  "PUT /2/webhooks/{webhook_id}": (call) => {
    const webhook = webhookIn(call)
    if (Either.isLeft(webhook)) return now(Either.left(webhook.left))
    return Effect.map(call.challenge(webhook.right.url), (valid) => {
      call.push.webhooks.set(webhook.right.id, { ...webhook.right, valid })
      return Either.right(ok({ data: { valid } }))
    })
  },

  "DELETE /2/webhooks/{webhook_id}": (call) =>
    now(Either.map(webhookIn(call), ({ id }) => {
      call.push.webhooks.delete(id)
      return ok({ data: { deleted: true } })
    })),

  "POST /2/activity/subscriptions": (call) => now(subscribe(call)),

  "GET /2/activity/subscriptions": ({ push }) => {
    const data = [...push.subscriptions.values()]
    return now(Either.right(ok(data.length === 0 ? { meta: { result_count: 0 } } : { data })))
  },

  "PUT /2/activity/subscriptions/{subscription_id}": (call) =>
    now(Either.gen(function*() {
      const before = yield* subscriptionIn(call)
      const json = yield* Bodies.object(yield* Bodies.parse(call.request.body), "$", ["tag", "webhook_id"])
      const subscription = { ...before, ...(yield* settings(call, json)) }
      call.push.subscriptions.set(before.subscription_id, subscription)
      return ok({ data: { subscription } })
    })),

  "DELETE /2/activity/subscriptions/{subscription_id}": (call) =>
    now(Either.map(subscriptionIn(call), ({ subscription_id }) => {
      call.push.subscriptions.delete(subscription_id)
      return ok({ data: { deleted: true } })
    })),

  "GET /2/activity/stream": ({ request }) =>
    now(Either.gen(function*() {
      yield* Queries.onlyThese(request.query, ["backfill_minutes", "start_time", "end_time"])
      const minutes = request.query.get("backfill_minutes") ?? "0"
      return /^[0-5]$/.test(minutes)
        ? { status: 200, backfillMinutes: Number(minutes) }
        : yield* Either.left(Problems.invalid("backfill_minutes", minutes, "is not between 0 and 5"))
    }))
}
