import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { DirectMessages } from "../../src/DirectMessages.js"
import { CheckpointStore } from "../../src/streams/Checkpoint.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import * as ManualClock from "../support/manualClock.js"
import { property } from "../support/property.js"
import { arrive, client, ids, minutes, now, runs, small } from "./support.js"

const faults = {
  none: undefined,
  busy: Faults.status(429),
  unavailable: Faults.status(503),
  cut: Faults.cutBefore,
  stall: Faults.stall,
  badJson: Faults.badJson,
  emptyPage: Faults.emptyPage,
  repeatedToken: Faults.repeatedToken
}

/** What happens from one look to the next. */
const step = (burst: FastCheck.Arbitrary<number>) =>
  FastCheck.record({
    arrivals: burst,
    fault: FastCheck.constantFrom(...Object.keys(faults) as Array<keyof typeof faults>),
    times: FastCheck.integer({ min: 1, max: 3 }),
    /** How the follower ends in this step, if it does: interrupted, or by its consumer, so many events later. */
    end: FastCheck.constantFrom("goes on", "goes on", "is interrupted", "fails", "has enough"),
    after: FastCheck.integer({ min: 0, max: 6 })
  })

const story = (burst: FastCheck.Arbitrary<number>) => ({
  steps: FastCheck.array(step(burst), { minLength: 1, maxLength: 4 }),
  pageSize: FastCheck.integer({ min: 1, max: 5 }),
  commitEvery: FastCheck.integer({ min: 1, max: 5 }),
  paging: FastCheck.constantFrom("cursor" as const, "offset" as const)
})

interface Story {
  readonly steps: ReadonlyArray<{
    readonly arrivals: number
    readonly fault: keyof typeof faults
    readonly times: number
    readonly end: string
    readonly after: number
  }>
  readonly pageSize: number
  readonly commitEvery: number
  readonly paging: "cursor" | "offset"
}

/** Lives through a story, on a clock of its own. */
const check = ({ paging, ...story }: Story) => {
  const { adjust, clock } = ManualClock.make(now)
  return live(story, adjust).pipe(
    Effect.provide(
      Layer.merge(CheckpointStore.layerMemory, client({ world: small(5), paging }, { timeout: "20 seconds" }))
    ),
    Effect.withClock(clock)
  )
}

const live = (
  { commitEvery, pageSize, steps }: Omit<Story, "paging">,
  adjust: (millis: number) => Effect.Effect<void>
) =>
  Effect.gen(function*() {
    const { events } = yield* DirectMessages
    const emulator = yield* Emulator
    const before = (yield* emulator.events()).length
    const follow = events.follow({ checkpoint: "a", pageSize, commitEvery, retry: Schedule.spaced("1 minute") })
    /** What each run of the follower gave. */
    const given: Array<Array<string>> = []
    let stopAt: { readonly end: string; readonly after: number } | undefined

    const start = Effect.suspend(() => {
      const run: Array<string> = []
      given.push(run)
      const consumed = Stream.runForEachWhile(follow, ({ id }) =>
        Effect.suspend(() => {
          const stops = stopAt !== undefined && run.length >= stopAt.after
          // An event at which the consumer fails is not dealt with, and has to come again.
          if (stops && stopAt?.end === "fails") return Effect.fail("the consumer failed")
          run.push(id)
          return Effect.succeed(!stops)
        }))
      return Effect.zipLeft(Effect.fork(consumed), adjust(0))
    })

    let fiber = yield* start
    for (const { after, arrivals, end, fault, times } of steps) {
      const injected = faults[fault]
      if (injected !== undefined) yield* emulator.inject(injected, { times })
      for (let n = 0; n < arrivals; n++) yield* arrive("new")
      stopAt = end === "goes on" || end === "is interrupted" ? undefined : { end, after }
      yield* adjust(minutes(1))
      if (end === "is interrupted") yield* Fiber.interrupt(fiber)
      const exit = fiber.unsafePoll()
      if (exit === null) continue
      if (Exit.isSuccess(exit)) expect(end).toBe("has enough")
      stopAt = undefined
      fiber = yield* start
    }
    stopAt = undefined
    yield* emulator.clearFaults
    for (let n = 0; n < 8; n++) yield* adjust(minutes(1))
    yield* Fiber.interrupt(fiber)

    const truth = ids(yield* emulator.events()).toReversed().slice(before)
    for (const [n, run] of given.entries()) {
      // Within a run: in order, without a gap, none twice.
      const first = truth.indexOf(run[0] ?? "")
      expect(run).toEqual(run.length === 0 ? [] : truth.slice(first, first + run.length))
      // From run to run: nothing is left out.
      const earlier = given.slice(0, n).flat()
      if (run.length > 0) expect(first).toBeLessThanOrEqual(new Set(earlier).size)
    }
    expect(new Set(given.flat())).toEqual(new Set(truth))
  })

property(
  "a follower gives every event, in order, none twice in a run, whatever fails and whenever it is started anew",
  story(FastCheck.integer({ min: 0, max: 8 })),
  check,
  { runs, timeout: 300_000 }
)

property(
  "so it does with bursts of up to 1,000 events from one look to the next",
  story(FastCheck.constantFrom(0, 300, 1_000)),
  (story) => check({ ...story, pageSize: story.pageSize * 20 }),
  { runs: 10, timeout: 120_000 }
)
