import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { CreateActivitySubscription } from "../../src/endpoints/CreateActivitySubscription.js"
import { CreateWebhooks } from "../../src/endpoints/CreateWebhooks.js"
import { DeleteWebhooks } from "../../src/endpoints/DeleteWebhooks.js"
import { GetActivitySubscriptions } from "../../src/endpoints/GetActivitySubscriptions.js"
import { GetWebhooks } from "../../src/endpoints/GetWebhooks.js"
import { UpdateActivitySubscription } from "../../src/endpoints/UpdateActivitySubscription.js"
import { ValidateWebhooks } from "../../src/endpoints/ValidateWebhooks.js"
import { UserId } from "../../src/model/Ids.js"
import * as Endpoint from "../../src/protocol/Endpoint.js"
import { answer } from "../support/endpoints.js"

const webhook = { id: "5", url: "https://a.example/x", valid: true, created_at: "2026-08-01T12:00:00.000Z" }
const subscription = {
  subscription_id: "7",
  event_type: "dm.received",
  filter: { user_id: "1" },
  tag: "mine",
  webhook_id: "5",
  some_new_field: { deep: true }
}
const subscriptionModel = { subscriptionId: "7", eventType: "dm.received", filter: { userId: "1" }, webhookId: "5" }

const success = <A>(result: Either.Either<A, unknown>) => Either.getOrThrow(result)

describe("what X answers", () => {
  it("is a subscription in each of its shapes", () => {
    for (const data of [subscription, [subscription], { subscription }, { subscription, total_subscriptions: 3 }]) {
      for (const endpoint of [CreateActivitySubscription.endpoint, UpdateActivitySubscription.endpoint]) {
        // The two differ in their inputs, which reading an answer does not need.
        const read = Endpoint.response<never, unknown, "read">(endpoint as never)
        expect(success(read(answer(200, { data })))).toMatchObject(subscriptionModel)
      }
    }
  })

  it("is a list of subscriptions in each of its shapes, with a next page or without", () => {
    const read = Endpoint.response(GetActivitySubscriptions.endpoint)
    for (const data of [[subscription], subscription, { subscriptions: [subscription] }]) {
      expect(success(read(answer(200, { data, meta: { next_token: "abc" } })))).toMatchObject({
        data: [subscriptionModel],
        meta: { nextToken: "abc" }
      })
    }
    expect(success(read(answer(200, { meta: {} })))).toEqual({ data: [], meta: {} })
  })

  it("is a webhook, or a list of them", () => {
    const create = Endpoint.response(CreateWebhooks.endpoint)
    for (const body of [{ data: webhook }, { data: [webhook] }, webhook]) {
      expect(success(create(answer(200, body)))).toMatchObject({ id: "5", url: webhook.url, valid: true })
    }
    expect(success(Endpoint.response(GetWebhooks.endpoint)(answer(200, { data: [webhook] })))).toMatchObject([{
      id: "5"
    }])
    expect(success(Endpoint.response(GetWebhooks.endpoint)(answer(200, { meta: { result_count: 0 } })))).toEqual([])
  })

  it("may be nothing, for what gives nothing back", () => {
    expect(success(Endpoint.response(ValidateWebhooks.endpoint)(answer(204, "")))).toEqual({ valid: true })
    expect(success(Endpoint.response(DeleteWebhooks.endpoint)(answer(204, "")))).toEqual({ deleted: true })
  })
})

describe("what is asked", () => {
  const userId = UserId.make("1")

  it("is X's request", () => {
    const request = success(
      Endpoint.request(CreateActivitySubscription.endpoint, "post")({ eventType: "dm.read", userId, webhookId: "5" })
    )
    expect(request).toMatchObject({ method: "POST", url: "/2/activity/subscriptions" })
    const { body } = request
    expect(JSON.parse(body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "")).toEqual({
      event_type: "dm.read",
      filter: { user_id: "1" },
      webhook_id: "5"
    })
    const validate = success(Endpoint.request(ValidateWebhooks.endpoint, "post")({ webhookId: "5" }))
    expect(validate).toMatchObject({ method: "PUT", url: "/2/webhooks/5" })
  })

  it("is checked before", () => {
    const refused = (result: Either.Either<unknown, unknown>) => expect(result).toMatchObject({ _tag: "Left" })
    refused(Endpoint.request(CreateWebhooks.endpoint, "post")({ url: "no url" }))
    refused(Endpoint.request(CreateWebhooks.endpoint, "post")({ url: `https://${"a".repeat(200)}` }))
    refused(Endpoint.request(DeleteWebhooks.endpoint, "post")({ webhookId: "../subscriptions" }))
    refused(Endpoint.request(CreateActivitySubscription.endpoint, "post")({ eventType: "dm", userId }))
    refused(Endpoint.request(CreateActivitySubscription.endpoint, "post")({ eventType: "dm.read", userId, tag: "" }))
    refused(Endpoint.request(GetActivitySubscriptions.endpoint, "post")({ maxResults: 1_001 }))
  })
})
