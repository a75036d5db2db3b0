import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { UserId } from "../../src/model/Ids.js"
import { ActivityStream, type ActivityStreamOptions, type Health } from "../../src/push/ActivityStream.js"
import { readLine } from "../../src/push/Connection.js"
import type { PushEvent } from "../../src/push/PushEvent.js"
import { Registration } from "../../src/push/Registration.js"
import * as Fixtures from "../../src/testing/Fixtures.js"
import { Emulator, type EmulatorOptions, Faults } from "../../src/testing/index.js"
import { arrive, now, small } from "../streams/support.js"
import { activity, received } from "./payloads.js"

const bearerToken = Redacted.make<string>(Fixtures.tokens.app)
const route = { route: "GET /2/activity/stream" } as const

const layer = (options: EmulatorOptions) =>
  Layer.merge(ActivityStream.layer({ bearerToken }), Registration.layer({ bearerToken })).pipe(
    Layer.orDie,
    Layer.provide(Emulator.layerHttpClient),
    Layer.provideMerge(Emulator.layer({ world: small(2), rateLimits: "off", ...options }))
  )

/** A stream of the owner's messages, at noon. */
const against =
  (options: EmulatorOptions = {}) =>
  <A, E>(test: Effect.Effect<A, E, ActivityStream | Registration | Emulator | Scope.Scope>) =>
    TestClock.setTime(now).pipe(
      Effect.zipRight(Effect.flatMap(Registration, ({ register }) => register({ userId: UserId.make("1") }))),
      Effect.zipRight(test),
      Effect.scoped,
      Effect.provide(layer(options))
    )

const textOf = (event: PushEvent) => event._tag === "Message" ? event.event.text : event._tag

/** Listens in a fiber of its own; keeps the texts that come, and the health with its times in seconds from noon. */
const listen = (
  options: ActivityStreamOptions = {},
  take: (event: PushEvent) => Effect.Effect<void> = () => Effect.void
) =>
  Effect.gen(function*() {
    const { events } = yield* ActivityStream
    const given: Array<string | undefined> = []
    const health: Array<Health> = []
    const told: Array<string> = []
    const fiber = yield* Effect.forkScoped(Stream.runForEach(
      events({
        onHealth: (one) =>
          Effect.map(Clock.currentTimeMillis, (at) => {
            health.push(one)
            if (one._tag === "KeptAlive") return
            const what = one._tag === "Disconnected" ? one.reason._tag : one._tag
            told.push(`${(at - now) / 1000} ${what}`)
          }),
        ...options
      }),
      (event) => {
        given.push(textOf(event))
        return take(event)
      }
    ))
    yield* TestClock.adjust(0)
    return { fiber, given, health, told }
  })

/** The stream over a server that gives these bytes, and then nothing more. */
const overBytes = (chunks: ReadonlyArray<Uint8Array>) => {
  const body = () => new ReadableStream({ start: (controller) => chunks.forEach((chunk) => controller.enqueue(chunk)) })
  const client = HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, new Response(body()))))
  return ActivityStream.layer({ bearerToken }).pipe(
    Layer.orDie,
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )
}

const connections = Effect.flatMap(Emulator, (emulator) => emulator.streamConnections)

describe("events", () => {
  it.effect("come as they happen, of both directions, and other kinds with them", () =>
    against()(Effect.gen(function*() {
      const { given, told } = yield* listen()
      yield* arrive("one")
      const emulator = yield* Emulator
      yield* emulator.arrive({ from: "1", in: "1-2", text: "two" })
      yield* Effect.flatMap(
        Registration,
        ({ register }) => register({ userId: UserId.make("1"), eventTypes: ["dm.read"] })
      )
      yield* emulator.push({ eventType: "dm.read", user: "1", payload: { sender_id: "2" } })
      yield* TestClock.adjust("1 second")
      expect(given).toEqual(["one", "two", "Read"])
      expect(told).toEqual(["0 Connected"])
    })))

  it.effect("that come doubled are given once, and late ones as they come", () =>
    against()(Effect.gen(function*() {
      const { given } = yield* listen()
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.doubled)
      yield* emulator.inject(Faults.late, { times: 1 })
      yield* emulator.inject(Faults.lost, { every: 4 })
      for (const text of ["1", "2", "3", "4", "5"]) yield* arrive(text)
      yield* TestClock.adjust("1 second")
      expect(given).toEqual(["2", "1", "3", "5"])
    })))

  it.effect("are the same through chunks that cut their characters at every byte", () =>
    Effect.gen(function*() {
      const text = "é 👋 漢字 \u2028 \\n"
      const json = activity({ direct_message_events: [{ event_type: "MessageCreate", id: "1", text }] })
      const bytes = new TextEncoder().encode(`\r\n${JSON.stringify(json)}\r\n`)
      for (let at = 0; at <= bytes.length; at++) {
        const chunks = at === bytes.length ? [...bytes].map((byte) => new Uint8Array([byte])) : [
          bytes.slice(0, at),
          bytes.slice(at)
        ]
        const first = yield* Effect.flatMap(ActivityStream, ({ events }) => Stream.runHead(events())).pipe(
          Effect.provide(overBytes(chunks))
        )
        expect(first).toMatchObject({ value: { _tag: "Message", event: { text } } })
      }
    }))
})

describe("a line", () => {
  it.effect("that is no event is told of, and the stream goes on", () =>
    Effect.gen(function*() {
      const lines = [
        "no json",
        "[]",
        "{\"data\":{}}",
        "{\"a\":\"Bearer secret-token-of-mine\"}",
        JSON.stringify(received("5"))
      ]
      const health: Array<Health> = []
      const first = yield* Effect.flatMap(ActivityStream, ({ events }) =>
        Stream.runHead(events({ onHealth: (one) => Effect.sync(() => void health.push(one)) }))).pipe(
          Effect.provide(overBytes([new TextEncoder().encode(`${lines.join("\r\n")}\r\n`)]))
        )
      expect(first).toMatchObject({ value: { event: { id: "5" } } })
      expect(
        health.filter(({ _tag }) =>
          _tag === "Unreadable"
        ).length
      ).toBe(4)
      expect(JSON.stringify(health)).not.toContain("secret-token-of-mine")
    }))

  it("of any text is read, refused or told of, and never thrown at", () => {
    const errors = fc.jsonValue().map((value) => JSON.stringify({ errors: [value] }))
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), errors, fc.fullUnicodeString()), (text) => {
        expect(["Left", "Right"]).toContain(readLine(text)._tag)
      }),
      { numRuns: 2_000 }
    )
  })

  it.effect("is found in any bytes without a defect", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), (chunks) =>
          Effect.runPromise(
            Effect.flatMap(ActivityStream, ({ events }) => Stream.runDrain(events({ silence: "3 millis" }))).pipe(
              Effect.timeoutOption("5 millis"),
              Effect.provide(overBytes(chunks)),
              Effect.catchTag("Forbidden", () => Effect.void),
              Effect.asVoid
            )
          )),
        { numRuns: 50 }
      )
    ))
})

describe("a connection", () => {
  it.effect("that breaks is made again at once; the backfill brings what was missed", () =>
    against()(Effect.gen(function*() {
      const { given, health, told } = yield* listen({ backfillMinutes: 2 })
      yield* arrive("one")
      yield* TestClock.adjust("10 seconds")
      yield* Effect.flatMap(Emulator, (emulator) => emulator.inject(Faults.broken, { times: 1 }))
      yield* arrive("two")
      yield* TestClock.adjust("1 second")
      yield* arrive("three")
      yield* TestClock.adjust("1 second")
      expect(given).toEqual(["one", "two", "three"])
      expect(told).toEqual(["0 Connected", "10 Unreachable", "10 Connected"])
      const last = health.filter(({ _tag }) => _tag === "Connected").at(-1)
      expect(last).toMatchObject({ backfillMinutes: 2, lastAlive: { epochMillis: now } })
    })))

  it.effect("that gives not a byte for 30 seconds is dead", () =>
    against()(Effect.gen(function*() {
      const { health, told } = yield* listen()
      yield* TestClock.adjust("5 minutes")
      expect(health.filter(({ _tag }) => _tag === "KeptAlive").length).toBe(16)
      yield* Effect.flatMap(Emulator, (emulator) => emulator.inject(Faults.silent, { times: 1 }))
      yield* TestClock.adjust("5 seconds")
      yield* arrive("swallowed")
      yield* TestClock.adjust("1 minute")
      expect(told).toEqual(["0 Connected", "330 Silent", "330 Connected"])
      expect(yield* connections).toBe(1)
    })))

  it.effect("that X closes with its reason is made again after 5 seconds", () =>
    against()(Effect.gen(function*() {
      const { health, told } = yield* listen()
      yield* Effect.flatMap(Emulator, (emulator) => emulator.inject(Faults.streamErrors(), { times: 1 }))
      yield* arrive("lost")
      yield* TestClock.adjust("5 seconds")
      expect(told).toEqual(["0 Connected", "0 Closed", "5 Connected"])
      expect(health.find(({ _tag }) => _tag === "Disconnected")).toMatchObject({
        reason: { disconnectType: "OperationalDisconnect", connectionIssue: undefined },
        failures: 1
      })
    })))

  const times = (fault: Faults.Fault, adjust: number) =>
    against()(Effect.gen(function*() {
      const emulator = yield* Emulator
      yield* emulator.inject(fault, route)
      const { told } = yield* listen()
      yield* TestClock.adjust(adjust * 1_000)
      return told.map((line) => Number(line.split(" ")[0]))
    }))

  it.effect("that cannot be had is tried again at once, then 250 ms later each time", () =>
    Effect.map(times(Faults.cutBefore, 5), (all) => expect(all).toEqual([0, 0, 0.25, 0.75, 1.5, 2.5, 3.75])))

  it.effect("that X fails to give is tried again after 5 seconds, doubling to 320", () =>
    Effect.map(
      times(Faults.status(503), 1_000),
      (all) => expect(all).toEqual([0, 5, 15, 35, 75, 155, 315, 635, 955])
    ))

  it.effect("that X refuses for the number of calls is tried again after a minute, doubling", () =>
    Effect.map(times(Faults.status(429), 1_000), (all) => expect(all).toEqual([0, 60, 180, 420, 900])))

  it.effect("begins its pauses anew once something has come", () =>
    against()(Effect.gen(function*() {
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.status(500), { ...route, times: 3 })
      const { told } = yield* listen()
      yield* TestClock.adjust("40 seconds")
      yield* arrive("one")
      yield* TestClock.adjust("10 seconds")
      yield* emulator.inject(Faults.status(500), { ...route, times: 1 })
      yield* emulator.inject(Faults.broken, { times: 1 })
      yield* arrive("two")
      yield* TestClock.adjust("1 minute")
      expect(told).toEqual([
        "0 ServerFailure",
        "5 ServerFailure",
        "15 ServerFailure",
        "35 Connected",
        "50 Unreachable",
        "50 ServerFailure",
        "55 Connected"
      ])
    })))

  it.effect("is closed when the consumer stops, and leaves nothing behind", () =>
    against()(Effect.gen(function*() {
      const { fiber } = yield* listen()
      expect(yield* connections).toBe(1)
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 second")
      expect(yield* connections).toBe(0)
      const { events } = yield* ActivityStream
      yield* Effect.fork(Effect.zipRight(Effect.sleep("1 second"), arrive("one")))
      const taken = yield* Effect.fork(Stream.runCollect(Stream.take(events(), 1)))
      yield* TestClock.adjust("2 seconds")
      expect(Chunk.toReadonlyArray(yield* Fiber.join(taken)).map(textOf)).toEqual(["one"])
      yield* TestClock.adjust("1 second")
      expect(yield* connections).toBe(0)
      const requests = yield* Effect.flatMap(Emulator, (emulator) => emulator.requestCount(route.route))
      yield* TestClock.adjust("1 hour")
      expect(yield* Effect.flatMap(Emulator, (emulator) => emulator.requestCount(route.route))).toBe(requests)
    })))
})

describe("a slow consumer", () => {
  it.effect("holds X back, then is disconnected, and connected again once it has caught up", () =>
    against()(Effect.gen(function*() {
      const { given, told } = yield* listen(
        { backfillMinutes: 5, buffer: 3, patience: "2 seconds" },
        () => Effect.sleep("10 seconds")
      )
      for (let n = 1; n <= 8; n++) yield* arrive(String(n))
      yield* TestClock.adjust("1 second")
      expect(told).toEqual(["0 Connected"])
      for (let second = 0; second < 60; second++) yield* TestClock.adjust("1 second")
      // One is with the consumer, three are in the buffer, and the fifth had no room.
      expect(told.slice(0, 3)).toEqual(["0 Connected", "2 SlowConsumer", "30 Connected"])
      for (let second = 0; second < 60; second++) yield* TestClock.adjust("1 second")
      expect(given).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"])
    })))
})

describe("what does not pass by itself", () => {
  const ends = (fault: Faults.Fault) =>
    against()(Effect.gen(function*() {
      yield* Effect.flatMap(Emulator, (emulator) => emulator.inject(fault, route))
      const { fiber } = yield* listen()
      yield* TestClock.adjust("1 second")
      return Exit.match(yield* Fiber.await(fiber), {
        onSuccess: () => "nothing",
        onFailure: (cause) => cause._tag === "Fail" ? cause.error._tag : cause._tag
      })
    }))

  it.effect("ends the stream with its error", () =>
    Effect.gen(function*() {
      expect(yield* ends(Faults.status(401))).toBe("Unauthorized")
      expect(yield* ends(Faults.status(402))).toBe("OutOfCredits")
      expect(yield* ends(Faults.status(403))).toBe("Forbidden")
      expect(yield* ends(Faults.status(400))).toBe("BadRequest")
      expect(yield* ends(Faults.status(404))).toBe("NotFound")
    }))

  it.effect("is the token of a user, and options that make no sense", () =>
    against()(Effect.gen(function*() {
      const user = ActivityStream.layer({ bearerToken: Redacted.make(Fixtures.tokens.owner) })
      const { handle } = yield* Emulator
      expect(handle).toBeDefined()
      const error = yield* Effect.flip(
        Effect.flatMap(ActivityStream, ({ events }) => Stream.runDrain(events())).pipe(
          Effect.provide(user),
          Effect.provide(Emulator.layerHttpClient)
        )
      )
      expect(error).toMatchObject({ _tag: "Forbidden" })
      expect(JSON.stringify(error)).not.toContain(Fixtures.tokens.owner)
      const { events } = yield* ActivityStream
      const wrong: ReadonlyArray<ActivityStreamOptions> = [
        { backfillMinutes: 6 },
        { buffer: 0 },
        { silence: 0 },
        { patience: -1 },
        { remember: 0.5 }
      ]
      for (const options of wrong) {
        expect(yield* Effect.flip(Stream.runDrain(events(options)))).toMatchObject({ _tag: "InvalidInput" })
      }
    })))
})
