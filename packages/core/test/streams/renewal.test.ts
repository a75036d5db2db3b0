import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Stream, TestClock } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import type { Health } from "../../src/streams/Health.js"
import { Faults, Fixtures } from "../../src/testing/index.js"
import { against, credentials, emulator, inject, loggedIn, type TestStore } from "../protocol/logins.js"

const { jonas } = Fixtures.people
const write = (text: string) =>
  emulator(({ arrive }) => arrive({ from: jonas.id, in: Fixtures.conversations.jonas, text }))

const live = (store: TestStore, clientId?: string) =>
  DirectMessages.layerCredentials().pipe(
    Layer.provide(credentials(store, clientId === undefined ? {} : { clientId }))
  )

describe("a follower whose token runs out", () => {
  it.effect("outlives a renewal that fails for now, and misses nothing", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      const failures: Array<string> = []
      const onHealth = (health: Health) =>
        Effect.sync(() => {
          if (health._tag === "Failed") failures.push(health.reason._tag)
        })
      yield* Effect.gen(function*() {
        const { events } = yield* DirectMessages
        const following = yield* Effect.fork(
          Stream.runCollect(Stream.take(events.follow({ every: "10 minutes", onHealth }), 2))
        )
        yield* TestClock.adjust("1 minute")
        yield* write("before")
        yield* TestClock.adjust("90 minutes")
        yield* inject(Faults.status(503), { times: 3 })
        yield* TestClock.adjust("30 minutes")
        yield* write("after")
        yield* TestClock.adjust("30 minutes")
        const given = [...yield* Fiber.join(following)]
        expect(given.map((event) => event._tag === "MessageCreate" ? event.text : event._tag)).toEqual([
          "before",
          "after"
        ])
        expect(new Set(failures)).toEqual(new Set(["RefreshFailed"]))
      }).pipe(Effect.provide(live(store)))
    }).pipe(against()))

  it.effect("ends where X refuses the app, which no time mends", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      const error = yield* Effect.gen(function*() {
        const { events } = yield* DirectMessages
        const following = yield* Effect.fork(Effect.flip(Stream.runDrain(events.follow())))
        yield* TestClock.adjust("1 minute")
        return yield* Fiber.join(following)
      }).pipe(Effect.provide(live(store, "another")))
      expect(error).toMatchObject({ _tag: "RefreshFailed", reason: { _tag: "BadRequest" } })
    }).pipe(against()))
})
