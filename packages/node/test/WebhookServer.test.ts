import { DeliveryStore, type PushEvent, Registration, UserId, Webhook, WebhookInbox } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { WebhookServer, type WebhookServerOptions } from "@effect-xdm/node"
import { NodeContext, NodeHttpServer } from "@effect/platform-node"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Fiber, Layer, Redacted, Stream } from "effect"
import { createHmac } from "node:crypto"
import { mkdtempSync } from "node:fs"
import * as Http from "node:http"
import * as Net from "node:net"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"

const hasIPv6 = Object.values(networkInterfaces()).flat().some((each) => each?.address === "::1")
const secret = Fixtures.apps.confidentialClient.consumerSecret
const consumerSecret = Redacted.make<string>(secret)

const payload = (id: number) =>
  JSON.stringify({
    for_user_id: "1",
    direct_message_events: [{
      type: "message_create",
      id: String(id),
      created_timestamp: "1784928224372",
      message_create: { target: { recipient_id: "1" }, sender_id: "2", message_data: { text: `text ${id}` } }
    }]
  })

const signatureOf = (body: string) => `sha256=${createHmac("sha256", secret).update(body).digest("base64")}`

/** The status of a delivery, or how its connection ended. */
const deliver = (url: string, body: string, headers: Record<string, string> = {}) =>
  Effect.promise(() =>
    fetch(url, { method: "POST", body, headers: { [Webhook.signatureHeader]: signatureOf(body), ...headers } }).then(
      (response) => response.text().then(() => response.status)
    )
  )

const served = (
  options: Partial<WebhookServerOptions> = {},
  store: Layer.Layer<DeliveryStore> = DeliveryStore.layerMemory
) => WebhookServer.layer({ consumerSecret, ...options }).pipe(Layer.provide(store))

const files = () =>
  DeliveryStore.layerKeyValueStore().pipe(
    Layer.provide(KeyValueStore.layerFileSystem(mkdtempSync(join(tmpdir(), "effect-xdm-")))),
    Layer.provide(NodeContext.layer),
    Layer.orDie
  )

const textOf = (event: PushEvent.PushEvent) => event._tag === "Message" ? event.event.text : event._tag

const take = (count: number) =>
  Effect.flatMap(WebhookServer, ({ events }) => Stream.runCollect(Stream.take(events, count))).pipe(
    Effect.map((events) => Chunk.toReadonlyArray(events).map(textOf)),
    Effect.timeout("5 seconds")
  )

const texts = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `text ${from + i}`)

describe("the webhook server", () => {
  it.live("takes deliveries in their order, once each, whoever consumes them when", () =>
    Effect.gen(function*() {
      const { url } = yield* WebhookServer
      for (const id of [1, 2, 2, 1, 3]) expect(yield* deliver(url, payload(id))).toBe(200)
      expect(yield* take(3)).toEqual(texts(1, 3))
      const consumer = yield* Effect.fork(take(1))
      yield* deliver(url, payload(3))
      yield* deliver(url, payload(4))
      expect(yield* Fiber.join(consumer)).toEqual(["text 4"])
    }).pipe(Effect.provide(served())))

  it.live("knows after a restart what it had before", () =>
    Effect.gen(function*() {
      const store = files()
      yield* Effect.gen(function*() {
        const { url } = yield* WebhookServer
        yield* deliver(url, payload(1))
        expect(yield* take(1)).toEqual(["text 1"])
      }).pipe(Effect.provide(served({}, store)))
      yield* Effect.gen(function*() {
        const { url } = yield* WebhookServer
        yield* deliver(url, payload(1))
        yield* deliver(url, payload(2))
        expect(yield* take(1)).toEqual(["text 2"])
      }).pipe(Effect.provide(served({}, store)))
    }))

  it.live("answers 503 to more than its buffer holds, and takes it when X comes again", () =>
    Effect.gen(function*() {
      const { url } = yield* WebhookServer
      const statuses = yield* Effect.forEach([1, 2, 3, 1], (id) => deliver(url, payload(id)))
      expect(statuses).toEqual([200, 200, 503, 200])
      expect(yield* take(2)).toEqual(texts(1, 2))
      expect(yield* deliver(url, payload(3))).toBe(200)
      expect(yield* take(1)).toEqual(["text 3"])
    }).pipe(Effect.provide(served({ buffer: 2 }))))

  it.live("spills more than its buffer holds into the store, and gives it in order, also after a restart", () =>
    Effect.gen(function*() {
      const store = files()
      yield* Effect.gen(function*() {
        const { url } = yield* WebhookServer
        for (let id = 1; id <= 7; id++) expect(yield* deliver(url, payload(id))).toBe(200)
        expect(yield* deliver(url, payload(6))).toBe(200)
        expect(yield* take(4)).toEqual(texts(1, 4))
      }).pipe(Effect.provide(served({ buffer: 2, overflow: "spill" }, store)))
      yield* Effect.gen(function*() {
        const { url } = yield* WebhookServer
        yield* deliver(url, payload(8))
        // The fourth was with its consumer when the program ended, so it comes again.
        expect(yield* take(5)).toEqual(texts(4, 8))
      }).pipe(Effect.provide(served({ buffer: 2, overflow: "spill" }, store)))
    }))

  it.live("answers within a second, however slow its consumer", () =>
    Effect.gen(function*() {
      const { events, url } = yield* WebhookServer
      yield* Effect.fork(Stream.runForEach(events, () => Effect.never))
      const began = Date.now()
      for (let id = 1; id <= 20; id++) yield* deliver(url, payload(id))
      expect(Date.now() - began).toBeLessThan(1_000)
    }).pipe(Effect.provide(served())))

  it.live("refuses what is too large, with or without a length, and goes on", () =>
    Effect.gen(function*() {
      const { port, url } = yield* WebhookServer
      expect(yield* deliver(url, "x".repeat(2_000))).toBe(413)
      const chunked = Effect.async<number | undefined>((resume) => {
        const request = Http.request({
          port,
          path: "/webhooks/x",
          method: "POST",
          headers: {
            [Webhook.signatureHeader]: signatureOf("x")
          }
        }, (response) => {
          resume(Effect.succeed(response.statusCode))
          response.resume()
        })
        request.on("error", () => resume(Effect.succeed(undefined)))
        request.write("x".repeat(900))
        setTimeout(() => request.write("x".repeat(900)), 50)
      })
      expect(yield* chunked).toBe(413)
      expect(yield* deliver(url, payload(1))).toBe(200)
    }).pipe(Effect.provide(served({ maxBytes: 1_000 }))))

  it.live("gives up slow bodies, and lies about their length", () =>
    Effect.gen(function*() {
      const { port, url } = yield* WebhookServer
      const head = `POST /webhooks/x HTTP/1.1\r\nhost: x\r\n${Webhook.signatureHeader}: ${signatureOf("x")}\r\n`
      const answer = Effect.async<string>((resume) => {
        let text = ""
        const socket = Net.connect(port, "127.0.0.1", () => socket.write(`${head}content-length: 500\r\n\r\n{"half`))
        socket.on("data", (data) => text += data.toString()).on("close", () => resume(Effect.succeed(text)))
          .on("error", () => resume(Effect.succeed(text)))
      })
      expect(yield* answer).toContain("408")
      expect(yield* deliver(url, payload(1))).toBe(200)
    }).pipe(Effect.provide(served({ bodyTimeout: "100 millis" }))))

  it.live("refuses the unsigned and the wrongly signed, and knows no other path", () =>
    Effect.gen(function*() {
      const { url } = yield* WebhookServer
      const unsigned = yield* Effect.promise(() => fetch(url, { method: "POST", body: payload(1) }))
      expect(unsigned.status).toBe(401)
      expect(yield* deliver(url, payload(1), { [Webhook.signatureHeader]: signatureOf("other") })).toBe(403)
      expect(yield* deliver(url.replace("/x", "/y"), payload(1))).toBe(404)
      const json = yield* Effect.promise(() => fetch(`${url}?crc_token=${encodeURIComponent(payload(1))}`))
      expect(json.status).toBe(400)
      yield* deliver(url, payload(2))
      expect(yield* take(1)).toEqual(["text 2"])
    }).pipe(Effect.provide(served())))

  it.live("lets go of its port and its connections", () =>
    Effect.gen(function*() {
      const port = yield* Effect.gen(function*() {
        const { port, url } = yield* WebhookServer
        yield* deliver(url, payload(1))
        return port
      }).pipe(Effect.provide(served()))
      const refused = yield* Effect.promise(() => fetch(`http://127.0.0.1:${port}`).then(() => false, () => true))
      expect(refused).toBe(true)
    }))

  it.live.skipIf(!hasIPv6)("says where it is reached, at an address of IPv6 too", () =>
    Effect.gen(function*() {
      const { port, url } = yield* WebhookServer
      expect(url).toBe(`http://[::1]:${port}/webhooks/x`)
      expect(yield* deliver(url, payload(1))).toBe(200)
    }).pipe(Effect.provide(served({ host: "::1" }))))

  it.live("fits into the routes of another server", () =>
    Effect.gen(function*() {
      const server = HttpRouter.empty.pipe(
        HttpRouter.get("/health", HttpServerResponse.text("well")),
        HttpRouter.concat(WebhookInbox.routes("/x")),
        HttpServer.serve()
      )
      const inbox = WebhookInbox.layer({ consumerSecret }).pipe(Layer.provide(DeliveryStore.layerMemory))
      yield* Effect.gen(function*() {
        const url = yield* HttpServer.addressFormattedWith((address) =>
          Effect.succeed(address.replace("0.0.0.0", "127.0.0.1"))
        )
        expect(yield* Effect.promise(() => fetch(`${url}/health`).then((response) => response.text()))).toBe("well")
        expect(yield* deliver(`${url}/x`, payload(1))).toBe(200)
        const { events } = yield* WebhookInbox
        expect(Chunk.toReadonlyArray(yield* Stream.runCollect(Stream.take(events, 1))).map(textOf)).toEqual(["text 1"])
      }).pipe(Effect.provide(server.pipe(
        Layer.provideMerge(inbox),
        Layer.provideMerge(
          NodeHttpServer.layer(() => Http.createServer(), { port: 0, host: "127.0.0.1" })
        )
      )))
    }))
})

describe("with the emulator", () => {
  const { jonas, me } = Fixtures.people
  const Live = Layer.mergeAll(
    served(),
    Registration.layer({ bearerToken: Redacted.make<string>(Fixtures.tokens.app) }).pipe(
      Layer.provide(Emulator.layerHttpClient)
    )
  ).pipe(Layer.provideMerge(Emulator.layer()))

  const arrive = (text: string) =>
    Effect.flatMap(Emulator, (emulator) => emulator.arrive({ from: jonas.id, in: Fixtures.conversations.jonas, text }))

  it.live("it registers, is challenged, and receives what arrives; X repeats what it could not deliver", () =>
    Effect.gen(function*() {
      const { url } = yield* WebhookServer
      const { deleteWebhooks, getActivitySubscriptions, getWebhooks, register, validateWebhooks } = yield* Registration
      const input = { url, userId: UserId.make(me.id) }
      const first = yield* register(input)
      expect(first).toMatchObject({ webhook: { url, valid: true }, subscriptions: [{ eventType: "dm.received" }, {}] })
      // Done twice, it is as done once.
      expect(yield* register(input)).toEqual(first)
      expect((yield* getActivitySubscriptions()).data).toEqual(first.subscriptions)
      expect(yield* validateWebhooks({ webhookId: first.webhook!.id })).toEqual({ valid: true })

      const emulator = yield* Emulator
      yield* emulator.inject(Faults.doubled, { every: 2 })
      yield* emulator.inject(Faults.lost, { every: 5 })
      for (const text of ["one", "two", "three", "four", "lost", "six"]) {
        yield* arrive(text)
      }
      yield* emulator.arrive({ from: me.id, in: Fixtures.conversations.jonas, text: "mine" })
      // Deliveries race each other, as X's do.
      expect((yield* take(6)).toSorted()).toEqual(["one", "two", "three", "four", "six", "mine"].toSorted())
      yield* Effect.repeat(Effect.delay(emulator.webhookAttempts, "10 millis"), { until: ({ length }) => length >= 9 })
      expect((yield* emulator.webhookAttempts).map(({ status }) => status)).toEqual(
        Array.from({ length: 9 }, () => 200)
      )

      expect(yield* deleteWebhooks({ webhookId: first.webhook!.id })).toEqual({ deleted: true })
      expect(yield* getWebhooks()).toEqual([])
    }).pipe(Effect.provide(Live)))

  it.live("a URL that does not answer the challenge is not registered", () =>
    Effect.gen(function*() {
      const { url } = yield* WebhookServer
      const { createWebhooks } = yield* Registration
      const error = yield* Effect.flip(createWebhooks({ url: url.replace("/x", "/y") }))
      expect(error).toMatchObject({ _tag: "BadRequest" })
      expect(error.message).toContain("CrcValidationFailed")
    }).pipe(Effect.provide(Live)))
})
