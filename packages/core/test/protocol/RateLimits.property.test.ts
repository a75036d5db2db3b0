import { expect } from "@effect/vitest"
import { Effect, FastCheck, Fiber } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import { RateLimits } from "../../src/protocol/RateLimits.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { people } from "../sending/support.js"
import { property } from "../support/property.js"
import { minute, onClock } from "./limits.js"

const faults = {
  none: undefined,
  cut: Faults.cutBefore,
  "cut after": Faults.cutAfter,
  stall: Faults.stall,
  failure: Faults.status(503),
  slow: Faults.delay("20 seconds")
}

const step = FastCheck.record({
  calls: FastCheck.integer({ min: 0, max: 12 }),
  /** How many of those that run are interrupted then. */
  interrupted: FastCheck.integer({ min: 0, max: 3 }),
  pause: FastCheck.integer({ min: 0, max: 10 * minute }),
  fault: FastCheck.constantFrom(...Object.keys(faults) as Array<keyof typeof faults>) // its own keys
})

const story = {
  steps: FastCheck.array(step, { minLength: 1, maxLength: 8 }),
  window: FastCheck.integer({ min: 1, max: 9 }),
  skew: FastCheck.constantFrom(0, -3_600_000, 90_000)
}

property(
  "whatever happens to calls, X refuses none, each ends, and no turn is lost",
  story,
  ({ skew, steps, window }) =>
    onClock({
      emulator: { world: people(1), clockSkewMillis: skew, rateLimits: { "GET /2/dm_events": { window } } },
      // What X never told can only be known from its published figures.
      api: { maxConnections: 100, rateLimits: { limits: { GetEvents: { window } } } }
    }, (adjust) =>
      Effect.gen(function*() {
        const emulator = yield* Emulator
        const dm = yield* DirectMessages
        const fibers: Array<Fiber.RuntimeFiber<unknown, unknown>> = []
        for (const { calls, fault, interrupted, pause } of steps) {
          const injected = faults[fault]
          if (injected !== undefined) yield* emulator.inject(injected, { times: 2 })
          for (let n = 0; n < calls; n++) {
            fibers.push(yield* Effect.forkScoped(Effect.either(dm.getEvents())))
          }
          yield* adjust(pause)
          const running = fibers.filter((fiber) => fiber.unsafePoll() === null)
          for (const fiber of running.slice(0, interrupted)) yield* Fiber.interrupt(fiber)
        }
        yield* adjust(48 * 60 * minute)
        expect(fibers.every((fiber) => fiber.unsafePoll() !== null)).toBe(true)
        expect((yield* emulator.requests).filter(({ status }) => status === 429)).toEqual([])
        const { status } = yield* RateLimits
        const [bucket] = (yield* status).filter(({ bucket }) => bucket === "GetEvents")
        expect(bucket).toMatchObject({ inFlight: 0, waiting: 0 })
      })).pipe(Effect.provideService(RateLimitPolicy, RateLimitPolicy.waitAtMost("2 days"))),
  { runs: 300, timeout: 240_000 }
)
