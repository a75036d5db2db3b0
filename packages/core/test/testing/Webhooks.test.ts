import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { createHmac } from "node:crypto"
import { Emulator, type EmulatorOptions, Fixtures } from "../../src/testing/index.js"
import { against, call, type Json, now } from "./support.js"

const { jonas, me } = Fixtures.people
const secret = Fixtures.apps.confidentialClient.consumerSecret
const token = Fixtures.tokens.app

interface Got {
  readonly body: string
  readonly signature: string | undefined
  readonly at: number
}

/** A webhook that answers challenges, and deliveries with these statuses in turn, and then 200. */
const hook = (statuses: Array<number>) => {
  const got: Array<Got> = []
  const webhookClient = HttpClient.make((request, url) =>
    Effect.map(Clock.currentTimeMillis, (at) => {
      const crc = url.searchParams.get("crc_token")
      if (crc !== null) {
        const response_token = `sha256=${createHmac("sha256", secret).update(crc).digest("base64")}`
        return HttpClientResponse.fromWeb(request, Response.json({ response_token }))
      }
      const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
      got.push({ body, signature: request.headers["x-twitter-webhooks-signature"], at: (at - now) / 1000 })
      return HttpClientResponse.fromWeb(request, new Response(null, { status: statuses.shift() ?? 200 }))
    })
  )
  return { got, options: { webhookClient } satisfies EmulatorOptions }
}

const url = "https://hook.example/x"

const subscribe = Effect.gen(function*() {
  const webhook = yield* call<Json & { readonly data: Json }>("POST", "/2/webhooks", { body: { url }, token })
  const filter = { user_id: me.id }
  const body = { event_type: "dm.received", filter, webhook_id: webhook.json.data["id"] }
  return yield* call("POST", "/2/activity/subscriptions", { body, token })
})

const arrive = (text: string) =>
  Effect.flatMap(
    Emulator,
    (emulator) => emulator.arrive({ from: jonas.id, in: Fixtures.conversations.jonas, text })
  )

describe("webhooks", () => {
  it.effect("get signed deliveries, and again after 5, 10 and 20 seconds what they did not take", () => {
    const { got, options } = hook([503, 500, 503, 503])
    return against(options)(Effect.gen(function*() {
      expect((yield* subscribe).status).toBe(200)
      const { id } = yield* arrive("hello #world")
      for (let second = 0; second < 90; second++) {
        // WebCrypto signs in real time, and the clock must not run ahead of it.
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
        yield* TestClock.adjust("1 second")
      }
      expect(got.map(({ at }) => at)).toEqual([0, 5, 15, 35])
      for (const { body, signature } of got) {
        expect(signature).toBe(`sha256=${createHmac("sha256", secret).update(body).digest("base64")}`)
        expect(JSON.parse(body)).toMatchObject({
          data: {
            event_type: "dm.received",
            filter: { user_id: me.id },
            payload: {
              direct_message_events: [{
                type: "message_create",
                id,
                message_create: {
                  target: { recipient_id: me.id },
                  sender_id: jonas.id,
                  message_data: { text: "hello #world", entities: { hashtags: [{ text: "world", indices: [6, 12] }] } }
                }
              }],
              users: { [jonas.id]: { data: { username: jonas.username } } }
            }
          }
        })
      }
      const emulator = yield* Emulator
      expect((yield* emulator.webhookAttempts).map(({ status }) => status)).toEqual([503, 500, 503, 503])
    }))
  })

  it.effect("must answer the challenge, and be of the app", () =>
    against({
      webhookClient: HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ response_token: "sha256=x" })))
      )
    })(Effect.gen(function*() {
      expect((yield* call("POST", "/2/webhooks", { body: { url }, token })).status).toBe(400)
      expect((yield* call("POST", "/2/webhooks", { body: { url } })).status).toBe(403)
      expect((yield* call("GET", "/2/dm_events", { token })).status).toBe(403)
      expect((yield* call("GET", "/2/activity/subscriptions")).status).toBe(200)
    })))
})
