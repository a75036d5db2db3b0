import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import {
  Cause,
  Chunk,
  Config,
  ConfigError,
  ConfigProvider,
  Effect,
  Exit,
  Fiber,
  Layer,
  Redacted,
  TestClock
} from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { GetEvents } from "../../src/endpoints/GetEvents.js"
import { Credentials } from "../../src/protocol/Credentials.js"
import { XApi, type XApiOptions } from "../../src/protocol/XApi.js"
import { json, type Reply, scripted, silent, stalled, token } from "../support/script.js"

const empty = json(200, {})

const getEvents = Effect.flatMap(GetEvents, (get) => get({}))

/** The requests that one listing makes under these options. */
const requestsWith = (options: XApiOptions, ...replies: ReadonlyArray<Reply>) => {
  const { layer, requests } = scripted(...replies.length === 0 ? [empty] : replies)
  return Effect.as(Effect.provide(getEvents, layer(options)), requests)
}

describe("a request", () => {
  it.effect("goes to X, signed, as ours", () =>
    Effect.gen(function*() {
      const [request] = yield* requestsWith({})
      expect(request?.url.href).toMatch(/^https:\/\/api\.x\.com\/2\/dm_events\?/)
      expect(request?.headers).toEqual({
        accept: "application/json",
        authorization: `Bearer ${token}`,
        "user-agent": "effect-xdm"
      })
    }))

  it.effect("goes where and as the options say", () =>
    Effect.gen(function*() {
      const [request] = yield* requestsWith({
        baseUrl: "http://127.0.0.1:8080/",
        userAgent: "mine/1",
        dialect: "tweet"
      })
      expect(request?.url.href).toMatch(/^http:\/\/127\.0\.0\.1:8080\/2\/dm_events\?/)
      expect(request?.headers["user-agent"]).toBe("mine/1")
      expect(request?.url.searchParams.get("dm_event.fields")).toContain("referenced_tweets")
    }))

  it.effect("goes through the client as it was transformed", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const [request] = yield* requestsWith({
        transformClient: (client) =>
          client.pipe(
            HttpClient.mapRequest(HttpClientRequest.setHeader("x-mine", "1")),
            HttpClient.tapRequest((request) => Effect.sync(() => seen.push(request.url)))
          )
      })
      expect(request?.headers["x-mine"]).toBe("1")
      expect(seen).toEqual(["https://api.x.com/2/dm_events"])
    }))

  it.effect("is signed when it is whole, for signatures that cover the URL", () =>
    Effect.gen(function*() {
      const signed: Array<HttpClientRequest.HttpClientRequest> = []
      const credentials = Layer.succeed(Credentials, {
        account: "me",
        app: "mine",
        scopes: Effect.succeedNone,
        renew: () => Effect.succeed(false),
        sign: (request) =>
          Effect.sync(() => (signed.push(request), HttpClientRequest.setHeader(request, "authorization", "OAuth x")))
      })
      yield* getEvents.pipe(
        Effect.provide(GetEvents.layer),
        Effect.provide(XApi.layer()),
        Effect.provide(credentials),
        Effect.provideService(HttpClient.HttpClient, scripted(empty).client)
      )
      expect(signed.map(({ url }) => url)).toEqual(["https://api.x.com/2/dm_events"])
      expect(signed.map(({ urlParams }) => urlParams.length > 0)).toEqual([true])
    }))

  it.effect("tells X nothing of our traces", () =>
    Effect.gen(function*() {
      const [request] = yield* requestsWith({}).pipe(Effect.withSpan("outer"))
      expect(Object.keys(request?.headers ?? {}).filter((name) => /trace|b3|baggage/.test(name))).toEqual([])
    }))
})

describe("options that make no sense", () => {
  for (
    const [option, value] of [
      ["baseUrl", ""],
      ["baseUrl", "api.x.com"],
      ["baseUrl", "ftp://api.x.com"],
      ["baseUrl", "https://api.x.com/2"],
      ["baseUrl", "https://user:password@api.x.com"],
      ["baseUrl", "https://api.x.com?a=1"],
      ["timeout", 0],
      ["timeout", -5],
      ["timeout", "soon"],
      ["timeout", NaN],
      ["maxConnections", 0],
      ["maxConnections", 1.5],
      ["maxConnections", NaN],
      ["dialect", "tweets"]
    ] as const
  ) {
    it.effect(`${option}: ${value}`, () =>
      Effect.gen(function*() {
        const { layer } = scripted(empty)
        // A caller without types may pass anything.
        const error = yield* Effect.flip(Effect.provide(getEvents, layer({ [option]: value } as XApiOptions)))
        expect(ConfigError.isConfigError(error)).toBe(true)
        expect(error).toMatchObject({
          _op: "InvalidData",
          path: [option],
          message: expect.stringContaining(`${option} must`)
        })
        expect(String(error)).not.toContain("password")
      }))
  }
})

describe("a call", () => {
  for (const [what, reply] of [["an answer", silent], ["a body", stalled]] as const) {
    it.effect(`waits for ${what} as long as the time-out says, and closes the connection`, () =>
      Effect.gen(function*() {
        const { layer, requests } = scripted(reply)
        const fiber = yield* Effect.fork(Effect.flip(getEvents).pipe(Effect.provide(layer({ timeout: "5 seconds" }))))
        yield* TestClock.adjust("4999 millis")
        expect(requests.map(({ signal }) => signal.aborted)).toEqual([false])
        yield* TestClock.adjust("1 millis")
        expect(requests.map(({ signal }) => signal.aborted)).toEqual([true])
        yield* TestClock.adjust("1 minute")
        expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "TimedOut", afterMillis: 5_000 })
        expect(requests).toHaveLength(4)
      }))

    it.effect(`interrupted while it waits for ${what} aborts the request at once`, () =>
      Effect.gen(function*() {
        const { layer, requests } = scripted(reply)
        const mapped = { transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-mine", "1")) }
        const fiber = yield* Effect.fork(getEvents.pipe(Effect.provide(layer(mapped))))
        yield* TestClock.adjust("1 second")
        expect(requests.map(({ signal }) => signal.aborted)).toEqual([false])
        const exit = yield* Fiber.interrupt(fiber)
        expect(Exit.isInterrupted(exit)).toBe(true)
        expect(requests.map(({ signal }) => signal.aborted)).toEqual([true])
        yield* TestClock.adjust("10 minutes")
        expect(requests).toHaveLength(1)
      }))
  }

  for (const maxConnections of [1, 3]) {
    it.effect(`is one of at most ${maxConnections} under way`, () =>
      Effect.gen(function*() {
        let now = 0
        let most = 0
        const busy: Reply = (request, signal) =>
          Effect.acquireUseRelease(
            Effect.sync(() => most = Math.max(most, ++now)),
            () => Effect.zipRight(Effect.sleep("1 second"), empty(request, signal)),
            () => Effect.sync(() => now--)
          )
        const { layer, requests } = scripted(busy)
        const fiber = yield* Effect.all(Array.from({ length: 7 }, () => getEvents), { concurrency: "unbounded" }).pipe(
          Effect.provide(layer({ maxConnections })),
          Effect.fork
        )
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        expect(requests).toHaveLength(7)
        expect(most).toBe(maxConnections)
        expect(requests.at(-1)?.at).toBe((Math.ceil(7 / maxConnections) - 1) * 1000)
      }))
  }

  it.effect("does not hold a connection while it pauses between attempts", () =>
    Effect.gen(function*() {
      const { layer, requests } = scripted(json(500, {}), empty)
      const fiber = yield* Effect.all([getEvents, getEvents], { concurrency: 2 }).pipe(
        Effect.provide(layer({ maxConnections: 1 })),
        Effect.fork
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect(requests.map(({ at }) => at).slice(0, 2)).toEqual([0, 0])
    }))
})

describe("layerConfig", () => {
  const { client, requests } = scripted(empty)
  const layer = DirectMessages.layerConfig({
    accessToken: Config.redacted("X_ACCESS_TOKEN"),
    baseUrl: Config.string("X_BASE_URL").pipe(Config.withDefault("https://api.x.com"))
  }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, client)))
  const given = (entries: Record<string, string>) =>
    Effect.provide(
      getEvents,
      layer.pipe(Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries))))))
    )

  it.effect("takes each option from the configuration", () =>
    Effect.gen(function*() {
      yield* given({ X_ACCESS_TOKEN: token, X_BASE_URL: "http://localhost:1" })
      expect(requests.at(-1)?.url.origin).toBe("http://localhost:1")
      expect(requests.at(-1)?.headers["authorization"]).toBe(`Bearer ${token}`)
    }))

  it.effect("fails when one is missing, or makes no sense", () =>
    Effect.gen(function*() {
      expect(yield* Effect.flip(given({}))).toMatchObject({ _op: "MissingData", path: ["X_ACCESS_TOKEN"] })
      const exit = yield* Effect.exit(given({ X_ACCESS_TOKEN: token, X_BASE_URL: "nowhere" }))
      const failures = Exit.isFailure(exit) ? Chunk.toArray(Cause.failures(exit.cause)) : []
      expect(failures).toMatchObject([{ _op: "InvalidData", path: ["baseUrl"] }])
      expect(String(failures)).not.toContain(token)
    }))
})

describe("XApi", () => {
  it.effect("can be had alone, and says how it is set", () =>
    Effect.gen(function*() {
      const api = yield* XApi.pipe(
        Effect.provide(XApi.layer({ dialect: "tweet" })),
        Effect.provide(Credentials.layerAccessToken(Redacted.make(token))),
        Effect.provideService(HttpClient.HttpClient, scripted(empty).client)
      )
      expect(api).toMatchObject({ baseUrl: "https://api.x.com", dialect: "tweet", account: "default" })
    }))
})
