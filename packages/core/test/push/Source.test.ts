import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { DirectMessages } from "../../src/DirectMessages.js"
import { UserId } from "../../src/model/Ids.js"
import { ActivityStream } from "../../src/push/ActivityStream.js"
import { Registration } from "../../src/push/Registration.js"
import * as PushSource from "../../src/push/Source.js"
import type { LiveOptions } from "../../src/streams/LiveOptions.js"
import { Emulator, Faults, Fixtures } from "../../src/testing/index.js"
import { watch } from "../streams/following.js"
import { liveReports } from "../streams/living.js"
import { arrive, held, ids, now, small } from "../streams/support.js"

const bearerToken = Redacted.make<string>(Fixtures.tokens.app)
const owner = UserId.make("1")

const layer = Layer.mergeAll(
  DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner) }),
  ActivityStream.layer({ bearerToken }),
  Registration.layer({ bearerToken })
).pipe(
  Layer.orDie,
  Layer.provide(Emulator.layerHttpClient),
  Layer.provideMerge(Emulator.layer({ world: small(3), rateLimits: "off" }))
)

/** At noon, with an activity stream that tells of the owner's messages. */
const against = <A, E>(
  test: Effect.Effect<A, E, DirectMessages | ActivityStream | Registration | Emulator | Scope.Scope>
) =>
  TestClock.setTime(now).pipe(
    Effect.zipRight(Effect.flatMap(Registration, ({ register }) => register({ userId: owner }))),
    Effect.zipRight(test),
    Effect.scoped,
    Effect.provide(layer)
  )

/** Listens behind the activity stream; what is there already is not counted. */
const listen = (options: Partial<LiveOptions> = {}, source: PushSource.AccountOptions = {}) =>
  Effect.gen(function*() {
    const dm = yield* DirectMessages
    const emulator = yield* Emulator
    const before = (yield* held()).length
    const health = liveReports()
    const sources = [yield* PushSource.activity(source)]
    const { given } = yield* watch(dm.events.live({ sources, onHealth: health.onHealth, ...options }))
    yield* TestClock.adjust("1 second")
    const looks = emulator.requestCount("GET /2/dm_events")
    const connects = emulator.requestCount("GET /2/activity/stream")
    const truth = Effect.map(held(), (all) => all.toReversed().slice(before))
    return { emulator, given, health, looks, connects, truth }
  })

const arriveAll = (...texts: ReadonlyArray<string>) => Effect.map(Effect.forEach(texts, (text) => arrive(text)), ids)

describe("a live stream over the activity stream", () => {
  it.effect("reads where it begins and behind the connection, and then only what nobody delivers", () =>
    against(Effect.gen(function*() {
      const { connects, given, health, looks } = yield* listen()
      const all = yield* arriveAll("1", "2", "3")
      yield* TestClock.adjust("1 second")
      expect(given).toEqual(all)
      expect(yield* looks).toBe(2)
      expect(yield* connects).toBe(1)
      expect(health.tags()).toEqual(["Disconnected", "Connected", "Looked"])
      yield* TestClock.adjust("4 minutes")
      expect(yield* looks).toBe(2)
    })))

  it.effect("gives once what comes twice, in order what comes late, and with the next look what was lost", () =>
    against(Effect.gen(function*() {
      const { connects, emulator, given, looks, truth } = yield* listen({ every: "1 minute" })
      yield* emulator.inject(Faults.doubled, { every: 2 })
      yield* emulator.inject(Faults.late, { every: 5 })
      yield* emulator.inject(Faults.lost, { every: 4 })
      const all = yield* arriveAll("1", "2", "3", "4", "5", "6", "7", "8", "9")
      const lost = [all[3], all[7]]
      yield* TestClock.adjust("1 second")
      expect(given).toEqual(all.filter((id) => !lost.includes(id)))
      expect(yield* looks).toBe(2)
      yield* TestClock.adjust("1 minute")
      expect(given.slice(7)).toEqual(lost)
      expect([...given].sort()).toEqual(yield* truth)
      expect(yield* looks).toBe(3)
      expect(yield* connects).toBe(1)
    })))

  it.effect("reads once behind a connection that broke, and gives what fell into the gap", () =>
    against(Effect.gen(function*() {
      const { connects, emulator, given, health, looks } = yield* listen()
      yield* emulator.inject(Faults.broken, { times: 1 })
      const all = yield* arriveAll("swallowed", "while it is down")
      yield* TestClock.adjust("1 second")
      expect(given).toEqual(all)
      expect(yield* connects).toBe(2)
      expect(yield* looks).toBe(3)
      expect(health.tags().slice(3)).toEqual(["Disconnected", "Connected", "Looked"])
    })))

  it.effect("finds what a silent connection swallowed once that is known to be dead", () =>
    against(Effect.gen(function*() {
      const { connects, emulator, given, looks } = yield* listen()
      yield* emulator.inject(Faults.silent, { times: 1 })
      const all = yield* arriveAll("1", "2")
      yield* TestClock.adjust("10 seconds")
      expect(given).toEqual([])
      yield* TestClock.adjust("21 seconds")
      expect(given).toEqual(all)
      expect(yield* connects).toBe(2)
      expect(yield* looks).toBe(3)
    })))

  it.effect("with order exact gives all as it is read, in order", () =>
    against(Effect.gen(function*() {
      const { emulator, given, truth } = yield* listen({ order: "exact" })
      yield* emulator.inject(Faults.lost, { every: 2 })
      yield* emulator.inject(Faults.late, { every: 3 })
      yield* arriveAll("1", "2", "3", "4", "5", "6", "7")
      yield* TestClock.adjust("1 second")
      expect(given).toEqual(yield* truth)
    })))

  it.effect("ends in reading alone when X takes the token no more, and says so", () =>
    against(Effect.gen(function*() {
      const { emulator, given, health, looks } = yield* listen()
      yield* emulator.inject(Faults.status(401), { route: "GET /2/activity/stream" })
      yield* emulator.inject(Faults.broken, { times: 1 })
      const all = yield* arriveAll("1", "2")
      yield* TestClock.adjust("61 seconds")
      expect(health.tags()).toContain("Ended")
      expect(health.all.find(({ _tag }) => _tag === "Ended")).toMatchObject({ source: "activity stream" })
      expect(given).toEqual(all)
      expect(yield* looks).toBe(3)
    })))

  it.effect("takes the messages of its account alone", () =>
    against(Effect.gen(function*() {
      const { given, looks } = yield* listen({}, { account: UserId.make("2") })
      yield* arriveAll("of the owner's")
      yield* TestClock.adjust("1 second")
      expect(given).toEqual([])
      expect(yield* looks).toBe(2)
    })))

  it.effect("beside a second source gives each event once", () =>
    against(Effect.gen(function*() {
      const { events } = yield* ActivityStream
      const sources = [yield* PushSource.activity(), PushSource.of("webhook", events())]
      const { emulator, given, looks } = yield* listen({ sources })
      // Of three deliveries, the connections of the two take turns in losing one.
      yield* emulator.inject(Faults.lost, { every: 3 })
      const all = yield* arriveAll("1", "2", "3", "4", "5", "6")
      yield* TestClock.adjust("1 second")
      expect(given).toEqual(all)
      expect(yield* looks).toBe(2)
    })))

  it.effect(
    "misses nothing and repeats nothing, whatever goes wrong with 40 deliveries",
    () =>
      Effect.forEach(Array.from({ length: 5 }, (_, seed) => seed), (seed) =>
        against(Effect.gen(function*() {
          const { connects, emulator, given, health, looks, truth } = yield* listen()
          const faults = { probability: 0.1, seed }
          yield* emulator.inject(Faults.lost, faults)
          yield* emulator.inject(Faults.doubled, { ...faults, seed: seed + 1_000 })
          yield* emulator.inject(Faults.late, { ...faults, seed: seed + 2_000 })
          yield* emulator.inject(Faults.broken, { ...faults, seed: seed + 3_000 })
          for (let n = 0; n < 40; n++) {
            yield* arrive(String(n))
            yield* TestClock.adjust(n % 3 === 0 ? 250 : 5)
          }
          yield* TestClock.adjust("10 minutes")
          expect(new Set(given).size).toBe(given.length)
          expect([...given].sort()).toEqual(yield* truth)
          // One look a connection and two more in the 10 minutes; the begin has one, and a full page may need a second.
          const connected = health.tags().filter((tag) => tag === "Connected").length
          expect(yield* connects).toBeGreaterThanOrEqual(connected)
          expect(health.tags().filter((tag) => tag === "Looked").length).toBeLessThanOrEqual(connected + 2)
          expect(yield* looks).toBeLessThanOrEqual(2 * (connected + 2) + 1)
        })), { discard: true }),
    120_000
  )

  it.effect("lets go of the connection when its consumer stops", () =>
    against(Effect.gen(function*() {
      const dm = yield* DirectMessages
      const sources = [yield* PushSource.activity()]
      const taken = yield* Effect.fork(Stream.runHead(dm.events.live({ sources })))
      yield* TestClock.adjust("1 second")
      yield* arrive("one")
      yield* TestClock.adjust("1 second")
      expect(yield* taken.await).toMatchObject({ _tag: "Success" })
      yield* TestClock.adjust("1 second")
      expect(yield* Effect.flatMap(Emulator, ({ streamConnections }) => streamConnections)).toBe(0)
    })))
})
