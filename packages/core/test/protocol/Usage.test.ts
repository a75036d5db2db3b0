import { describe, expect, it } from "@effect/vitest"
import { Chunk, Deferred, Effect, FastCheck, Fiber, Stream } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { IdSet } from "../../src/protocol/IdSet.js"
import { Usage } from "../../src/protocol/Usage.js"
import { Emulator } from "../../src/testing/index.js"
import { conversation, people, user } from "../sending/support.js"
import { minute, onClock } from "./limits.js"

const setting = { emulator: { world: people(3), rateLimits: "off" } } as const

describe("usage", () => {
  it.live("counts requests, messages, and each event once in a UTC day, and what they cost", () =>
    onClock(setting, (adjust) =>
      Effect.gen(function*() {
        const run = <A, E>(effect: Effect.Effect<A, E>) =>
          Effect.flatMap(Effect.fork(effect), (fiber) => Effect.zipRight(adjust(1_000), Fiber.join(fiber)))
        const dm = yield* DirectMessages
        const emulator = yield* Emulator
        const usage = yield* Usage
        const changes = yield* Effect.fork(Stream.runCollect(Stream.take(Stream.drop(usage.changes, 1), 3)))
        yield* adjust(0)
        for (let i = 0; i < 5; i++) yield* emulator.arrive({ from: "2", in: "1-2", text: `${i}` })
        yield* run(dm.createByParticipantId({ participantId: user(2), text: "Hello" }))
        expect(yield* usage.totals).toMatchObject({ requests: 1, messagesSent: 1, eventsRead: 0, dollars: 0.015 })
        yield* run(Stream.runDrain(dm.events.all({ pageSize: 4 })))
        yield* run(Stream.runDrain(dm.events.conversation(conversation("1-2"))))
        const read = yield* usage.totals
        expect(read).toMatchObject({ requests: 4, eventsRead: 6 })
        expect(read.dollars).toBeCloseTo(0.015 + 6 * 0.01, 9)
        expect(Chunk.toReadonlyArray(yield* Fiber.join(changes)).map(({ requests }) => requests)).toEqual([1, 1, 2])
        // A day later, X bills them anew.
        yield* adjust(13 * 60 * minute)
        expect((yield* usage.totals).today).toEqual({ requests: 0, eventsRead: 0, messagesSent: 0, dollars: 0 })
        yield* run(Stream.runDrain(dm.events.all()))
        const nextDay = yield* usage.totals
        expect(nextDay).toMatchObject({ eventsRead: 12, today: { eventsRead: 6, requests: 1, messagesSent: 0 } })
        expect(nextDay.since.epochMillis).toBe(Date.UTC(2026, 7, 1, 12))
      })))

  it.effect("gives who watches and is slow the newest totals, none before a change that it has not seen", () =>
    Effect.gen(function*() {
      const usage = yield* Usage
      const gate = yield* Deferred.make<void>()
      const seen: Array<number> = []
      const watching = yield* Effect.fork(Stream.runForEach(Stream.take(usage.changes, 2), ({ requests }) => {
        seen.push(requests)
        return Deferred.await(gate)
      }))
      while (seen.length === 0) yield* Effect.yieldNow()
      for (let i = 0; i < 5; i++) yield* usage.requested
      yield* Deferred.succeed(gate, void 0)
      yield* Fiber.join(watching)
      expect(seen).toEqual([0, 5])
    }).pipe(Effect.provide(Usage.layer())))

  it.live("counts a request that failed, and no message", () =>
    onClock(setting, (adjust) =>
      Effect.gen(function*() {
        const dm = yield* DirectMessages
        const fiber = yield* Effect.fork(
          Effect.either(dm.createByParticipantId({ participantId: user(99), text: "Hello" }))
        )
        yield* adjust(0)
        yield* Fiber.join(fiber)
        expect(yield* Effect.flatMap(Usage, ({ totals }) => totals)).toMatchObject({
          requests: 1,
          messagesSent: 0,
          dollars: 0
        })
      })))
})

it.prop("a set of ids is a set", [
  FastCheck.array(FastCheck.bigInt({ min: 0n, max: 9_999_999_999_999_999_999n }), { maxLength: 3_000 })
], ([numbers]) => {
  const ids = new IdSet(100_000)
  const truth = new Set<string>()
  for (const id of [...numbers, ...numbers.slice(0, 10)].map(String)) {
    expect(ids.add(id)).toBe(!truth.has(id))
    truth.add(id)
  }
  expect(ids.size).toBe(truth.size)
})

it("a set of ids keeps no more than it may, and takes what is no id for new", () => {
  const ids = new IdSet(2)
  expect(["1", "2", "3", "3", "1", "no id", "no id"].map((id) => ids.add(id)))
    .toEqual([true, true, true, true, false, true, true])
  expect(ids.size).toBe(2)
})
