import { describe, expect, it } from "@effect/vitest"
import { Cause, Chunk, Effect, Exit, Layer, Redacted, Stream } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import * as Merge from "../../src/streams/Merge.js"
import { Emulator } from "../../src/testing/Emulator.js"
import * as Faults from "../../src/testing/Faults.js"
import * as Fixtures from "../../src/testing/Fixtures.js"

const Live = DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner) }).pipe(
  Layer.provide(Emulator.layerHttpClient),
  Layer.provideMerge(Emulator.layer({ rateLimits: "off" }))
)

const stoppedBy = (fault: Faults.Fault) =>
  Effect.gen(function*() {
    const dm = yield* DirectMessages
    const emulator = yield* Emulator
    yield* emulator.inject(fault)
    return yield* Effect.flip(Stream.runDrain(dm.events.all()))
  }).pipe(Effect.provide(Live))

describe("a listing that stopped", () => {
  it.effect("advises to take it up where that can help, and only there", () =>
    Effect.gen(function*() {
      expect((yield* stoppedBy(Faults.status(429))).message).toContain("`resume` takes it up")
      for (const status of [400, 401, 402, 403]) {
        expect((yield* stoppedBy(Faults.status(status))).message).not.toContain("resume")
      }
      expect((yield* stoppedBy(Faults.repeatedToken)).message).not.toContain("resume")
    }).pipe(Effect.provideService(RateLimitPolicy, RateLimitPolicy.fail)))

  it.effect("could not begin with a wrong option", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const { message } = yield* Effect.flip(Stream.runDrain(dm.events.all({ limit: 0 })))
      expect(message).toMatch(/^the listing could not begin\. .*limit must be/)
    }).pipe(Effect.provide(Live)))

  it.effect("could not begin with an option that it does not know", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const emulator = yield* Emulator
      const misspelt = { limt: 2, pageSize: 3 }
      const listed = yield* Effect.flip(Stream.runDrain(dm.events.all(misspelt)))
      expect(listed.reason).toMatchObject({ _tag: "InvalidInput", parameter: "limt" })
      const followed = yield* Effect.flip(Stream.runDrain(dm.events.follow({ ...misspelt, every: "1 minute" })))
      expect(followed).toMatchObject({ _tag: "InvalidInput", parameter: "limt" })
      expect(yield* emulator.requestCount()).toBe(0)
    }).pipe(Effect.provide(Live)))

  it.effect("goes on as what it was: hydrated events, or pages", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const emulator = yield* Emulator
      const whole = yield* Stream.runCollect(dm.events.hydrated.all({ limit: 12, pageSize: 5 }))
      yield* emulator.inject(Faults.status(401), { every: 2, times: 1 })
      const resumed = yield* dm.events.hydrated.all({ limit: 12, pageSize: 5 }).pipe(
        Stream.catchTag("ListingStopped", (stopped) => dm.events.hydrated.resume(stopped)),
        Stream.runCollect
      )
      expect(Chunk.toReadonlyArray(resumed)).toEqual(Chunk.toReadonlyArray(whole))
      yield* emulator.clearFaults
      yield* emulator.inject(Faults.status(401), { every: 2, times: 1 })
      const pages = yield* dm.events.pages.all({ limit: 10, pageSize: 5 }).pipe(
        Stream.catchTag("ListingStopped", (stopped) => dm.events.pages.resume(stopped)),
        Stream.runCollect
      )
      expect([...pages].map((page) => page.events.length)).toEqual([5, 5])
    }).pipe(Effect.provide(Live)))
})

describe("a merge", () => {
  for (const concurrency of [0, -1, 1.5, Number.NaN]) {
    it.effect(`with a concurrency of ${concurrency} is a mistake, and told as one`, () =>
      Effect.gen(function*() {
        const exit = yield* Effect.exit(Stream.runDrain(Merge.newestFirst([Stream.empty], { concurrency })))
        const defects = Exit.isFailure(exit) ? [...Cause.defects(exit.cause)] : []
        expect(defects).toMatchObject([{ _tag: "InvalidInput", parameter: "concurrency" }])
      }))
  }
})
