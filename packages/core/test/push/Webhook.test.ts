import * as HttpApp from "@effect/platform/HttpApp"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as fc from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { createHmac } from "node:crypto"
import * as Webhook from "../../src/push/Webhook.js"
import { received } from "./payloads.js"

const secret = "consumer-secret-of-the-test"
const consumerSecret = Redacted.make(secret)
const hmac = (text: string | Uint8Array) => `sha256=${createHmac("sha256", secret).update(text).digest("base64")}`

const body = JSON.stringify(received("2080765901528535096", "héllo 👋"))
const signed = (text: string, signature = hmac(text)) =>
  new Request("http://hook/x", { method: "POST", body: text, headers: { [Webhook.signatureHeader]: signature } })

/** A delivery whose body comes by itself; what is sent so needs a word that the types do not know. */
const streamed = (body: ReadableStream<Uint8Array>, headers: Record<string, string> = {}) => {
  const init = {
    method: "POST",
    body,
    headers: { [Webhook.signatureHeader]: hmac("anything"), ...headers },
    duplex: "half"
  }
  return new Request("http://hook/x", init)
}

/** The app, and what it has handed on. */
const hook = (options: Partial<Webhook.WebhookOptions> = {}) => {
  const deliveries: Array<Webhook.Delivery> = []
  const handle = HttpApp.toWebHandler(Webhook.app({
    consumerSecret,
    onDelivery: (delivery) => Effect.sync(() => void deliveries.push(delivery)),
    ...options
  }))
  return { deliveries, handle: (request: Request) => handle(request) }
}

describe("the challenge", () => {
  const ask = (query: string, options: Partial<Webhook.WebhookOptions> = {}) =>
    hook(options).handle(new Request(`http://hook/x${query}`))

  it("is answered with the HMAC of the token", async () => {
    const token = "NGVhMTgxMzMtNmU5Ny00"
    const response = await ask(`?crc_token=${token}&nonce=abc`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ response_token: hmac(token) })
  })

  it("is refused for any token that could be something else", async () => {
    const delivery = encodeURIComponent(body)
    const tokens = [
      "",
      "short",
      "a".repeat(129),
      delivery,
      encodeURIComponent("{\"a\":1,\"b\":22222}"),
      "a%20b".repeat(9)
    ]
    for (const token of tokens) {
      const response = await ask(`?crc_token=${token}`)
      expect(response.status).toBe(400)
      expect(await response.text()).not.toContain("sha256=")
    }
    expect((await ask("")).status).toBe(400)
    expect((await ask(`?crc_token=${"a".repeat(20)}&crc_token=${"b".repeat(20)}`)).status).toBe(400)
  })
})

describe("a delivery", () => {
  it("of X is handed on", async () => {
    const { deliveries, handle } = hook()
    expect((await handle(signed(body))).status).toBe(200)
    expect(deliveries).toMatchObject([{ body, events: [{ _tag: "Message", event: { text: "héllo 👋" } }] }])
  })

  it("is refused unless it is signed by the secret, over its very bytes", async () => {
    const { deliveries, handle } = hook()
    const status = async (request: Request) => (await handle(request)).status
    expect(await status(new Request("http://hook/x", { method: "POST", body }))).toBe(401)
    const right = hmac(body)
    const wrong = [
      "",
      "sha256=",
      right.slice(7),
      `sha1=${right.slice(7)}`,
      `${right} `.trim() + "A",
      `SHA256=${right.slice(7)}`,
      hmac(`${body} `),
      `sha256=${"A".repeat(43)}=`,
      right.replace("=", "==")
    ]
    for (const signature of wrong) expect(await status(signed(body, signature))).toBe(403)
    expect(await status(signed(body.replace("héllo", "hello"), right))).toBe(403)
    expect(deliveries).toEqual([])
  })

  it("of which a byte has changed is refused, whatever the bytes", () =>
    Effect.runPromise(Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), async (bytes, at) => {
          const signature = hmac(bytes)
          const verify = (given: Uint8Array) => Effect.runPromiseExit(Webhook.verify(consumerSecret, signature, given))
          expect(Exit.isSuccess(await verify(bytes))).toBe(true)
          const changed = new Uint8Array(bytes)
          changed[at % bytes.length]! ^= 1
          expect(Exit.isFailure(await verify(changed))).toBe(true)
        }),
        { numRuns: 300 }
      )
    )))

  it("of any signed bytes is answered, and never a defect", () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map((text) => new TextEncoder().encode(text))),
        async (bytes) => {
          const request = new Request("http://hook/x", {
            method: "POST",
            body: new Uint8Array(bytes),
            headers: { [Webhook.signatureHeader]: hmac(bytes) }
          })
          expect([200, 400]).toContain((await hook().handle(request)).status)
        }
      ),
      { numRuns: 300 }
    ))

  it("that is too large is refused while it comes, whatever its length is said to be", async () => {
    const { deliveries, handle } = hook({ maxBytes: 1_000 })
    let given = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        given += 100
        controller.enqueue(new Uint8Array(100))
      }
    })
    expect((await handle(streamed(endless, { "content-length": "10" }))).status).toBe(413)
    expect(given).toBeLessThan(2_000)
    expect((await handle(signed("x".repeat(1_001)))).status).toBe(413)
    const unread = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error("nothing may be read")) })
    expect((await handle(streamed(unread, { "content-length": "1001" }))).status).toBe(413)
    expect(deliveries).toEqual([])
  })

  it("whose body stays away is given up", async () => {
    const { handle } = hook({ bodyTimeout: "50 millis" })
    const stalled = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array(3)) })
    expect((await handle(streamed(stalled))).status).toBe(408)
  })

  it("that the consumer cannot take, or takes too long over, is to come again", async () => {
    const busy = hook({ onDelivery: () => Effect.fail(new Webhook.WebhookRefused({ reason: "Busy" })) })
    expect((await busy.handle(signed(body))).status).toBe(503)
    const slow = hook({ onDelivery: () => Effect.never, consumerTimeout: "50 millis" })
    expect((await slow.handle(signed(body))).status).toBe(503)
    const stubborn = hook({ onDelivery: () => Effect.uninterruptible(Effect.never), consumerTimeout: "50 millis" })
    expect((await stubborn.handle(signed(body))).status).toBe(503)
  })

  it("by another method is refused", async () => {
    for (const method of ["PUT", "DELETE", "PATCH"]) {
      expect((await hook().handle(new Request("http://hook/x", { method }))).status).toBe(405)
    }
  })
})

describe("the secret", () => {
  it("must be there, or all is refused", async () => {
    // A program without types passes what it has.
    for (const none of ["", "  ", undefined as unknown as string]) {
      const { deliveries, handle } = hook({ consumerSecret: Redacted.make(none) })
      const empty = `sha256=${createHmac("sha256", none ?? "").update(body).digest("base64")}`
      expect((await handle(signed(body, empty))).status).toBe(500)
      expect((await handle(new Request("http://hook/x?crc_token=NGVhMTgxMzMtNmU5Ny00"))).status).toBe(500)
      expect(deliveries).toEqual([])
    }
  })

  it("shows in no answer and no error", async () => {
    const shown: Array<string> = []
    const { handle } = hook({ maxBytes: 500 })
    const requests = [signed(body, "sha256=x"), signed(body, hmac("y")), signed("no json"), signed("x".repeat(600))]
    for (const request of requests) {
      const response = await handle(request)
      shown.push(await response.text(), JSON.stringify([...response.headers]))
    }
    const exit = await Effect.runPromiseExit(Webhook.challenge(consumerSecret, "{}"))
    shown.push(Exit.isFailure(exit) ? Cause.pretty(exit.cause) + JSON.stringify(exit) : "")
    expect(shown.join()).toContain("WrongSignature")
    expect(shown.join()).not.toContain(secret)
  })

  it("signs deliveries of one's own", async () => {
    expect(await Effect.runPromise(Webhook.sign(consumerSecret, body))).toBe(hmac(body))
    expect(await Effect.runPromise(Webhook.sign(consumerSecret, new TextEncoder().encode(body)))).toBe(hmac(body))
  })
})
