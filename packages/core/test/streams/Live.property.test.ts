import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { DirectMessages } from "../../src/DirectMessages.js"
import { CheckpointStore } from "../../src/streams/Checkpoint.js"
import type { LiveHealth } from "../../src/streams/LiveOptions.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import * as ManualClock from "../support/manualClock.js"
import { property } from "../support/property.js"
import { delivery, makePush } from "./living.js"
import { arrive, client, ids, minutes, now, runs, small } from "./support.js"

/** What becomes of the delivery of an event, and what happens after it. */
const step = FastCheck.record({
  fate: FastCheck.constantFrom("comes", "comes", "comes", "is lost", "comes twice", "comes after the next"),
  then: FastCheck.constantFrom("goes on", "goes on", "is cut", "waits", "fails to read", "is started anew")
})

interface Story {
  readonly steps: ReadonlyArray<{ readonly fate: string; readonly then: string }>
  readonly order: "arrival" | "exact"
  readonly pageSize: number
}

const check = ({ order, pageSize, steps }: Story) => {
  const { adjust, clock } = ManualClock.make(now)
  return Effect.gen(function*() {
    const { events } = yield* DirectMessages
    const emulator = yield* Emulator
    const before = (yield* emulator.events()).length
    const lost = new Set<string>()
    /** What each run of the stream gave. */
    const given: Array<Array<string>> = []

    const start = Effect.gen(function*() {
      const push = yield* makePush()
      const run: Array<string> = []
      given.push(run)
      const stream = events.live({
        sources: [push.source],
        order,
        pageSize,
        checkpoint: "a",
        commitEvery: 1,
        retry: Schedule.spaced("10 seconds")
      })
      const fiber = yield* Effect.fork(Stream.runForEach(stream, ({ id }) => Effect.sync(() => void run.push(id))))
      yield* adjust(0)
      return { push, fiber }
    })

    let now = yield* start
    let late: ReturnType<typeof delivery> | undefined
    for (const { fate, then } of steps) {
      const event = delivery(yield* arrive("new"))
      if (fate === "is lost") lost.add(event.id)
      else if (fate === "comes after the next") late = event
      else {
        yield* now.push.deliver(event)
        if (fate === "comes twice") yield* now.push.deliver(event)
        if (late !== undefined) yield* now.push.deliver(late)
        late = undefined
      }
      if (then === "is cut") {
        yield* now.push.disconnect
        yield* now.push.connect
      } else if (then === "waits") yield* adjust(1_000)
      else if (then === "fails to read") yield* emulator.inject(Faults.status(503), { times: 2 })
      else if (then === "is started anew") {
        yield* Fiber.interrupt(now.fiber)
        now = yield* start
      }
      yield* adjust(1)
    }
    yield* emulator.clearFaults
    yield* now.push.connect
    for (let n = 0; n < 8; n++) yield* adjust(minutes(1))
    yield* Fiber.interrupt(now.fiber)

    const truth = ids(yield* emulator.events()).toReversed().slice(before)
    expect(new Set(given.flat())).toEqual(new Set(truth))
    for (const run of given) {
      expect(new Set(run).size).toBe(run.length)
      const inOrder = order === "exact" ? run : run.filter((id) => !lost.has(id))
      if (order === "exact") expect(inOrder).toEqual([...inOrder].sort())
    }
  }).pipe(
    Effect.provide(
      Layer.merge(CheckpointStore.layerMemory, client({ world: small(5) }, { timeout: "20 seconds" }))
    ),
    Effect.withClock(clock)
  )
}

property(
  "a live stream gives every event, none twice in a run, whatever is lost, doubled, late, cut or started anew",
  {
    steps: FastCheck.array(step, { minLength: 1, maxLength: 12 }),
    order: FastCheck.constantFrom("arrival" as const, "exact" as const),
    pageSize: FastCheck.integer({ min: 1, max: 5 })
  },
  check,
  { runs, timeout: 300_000 }
)

it.effect(
  "10,000 events, a tenth of them lost, a tenth doubled, a twentieth out of order, and a cut after every 100: each comes once, at one look a cut",
  () => {
    const { adjust, clock } = ManualClock.make(now)
    return Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      const before = (yield* emulator.events()).length
      const push = yield* makePush()
      const given: Array<string> = []
      let looks = 0
      const onHealth = ({ _tag }: LiveHealth) => Effect.sync(() => void (looks += _tag === "Looked" ? 1 : 0))
      const stream = events.live({ sources: [push.source], onHealth })
      const fiber = yield* Effect.fork(Stream.runForEach(stream, ({ id }) => Effect.sync(() => void given.push(id))))
      yield* adjust(0)
      yield* emulator.resetRequests
      const lost = new Set<string>()
      let late: ReturnType<typeof delivery> | undefined
      for (let n = 0; n < 10_000; n++) {
        const event = delivery(yield* arrive("new"))
        if (n % 10 === 3) lost.add(event.id)
        else if (n % 20 === 7) late = event
        else {
          yield* push.deliver(event)
          if (n % 10 === 5) yield* push.deliver(event)
          if (late !== undefined) yield* push.deliver(late)
          late = undefined
        }
        // The moment in which an event settles goes by at every tenth.
        if (n % 10 === 9) yield* adjust(20)
        if (n % 100 === 99) {
          yield* push.disconnect
          yield* push.connect
          yield* adjust(1)
        }
      }
      yield* adjust(100)
      yield* Fiber.interrupt(fiber)
      const truth = ids(yield* emulator.events()).toReversed().slice(before)
      expect(given).toHaveLength(truth.length)
      expect([...given].sort()).toEqual(truth)
      // What was delivered comes in order, and what was lost in the look behind the next cut.
      const delivered = given.filter((id) => !lost.has(id))
      expect(delivered).toEqual([...delivered].sort())
      for (const [at, id] of given.entries()) {
        expect(Math.abs(truth.indexOf(id, Math.max(0, at - 110)) - at)).toBeLessThan(110)
      }
      // One look a cut. Behind a page that holds nothing but what is new there may be more, so it is a second request.
      expect(looks).toBe(100)
      expect(yield* emulator.requestCount()).toBe(200)
    }).pipe(Effect.provide(client({ world: small(5) })), Effect.withClock(clock))
  },
  120_000
)
