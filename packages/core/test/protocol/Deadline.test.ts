import { expect, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber, identity, TestClock } from "effect"
import * as Deadline from "../../src/protocol/Deadline.js"

it.scoped("ends in time, though the time is between two of the nanoseconds that a duration can tell", () =>
  Effect.gen(function*() {
    const deadline = yield* Deadline.make(Duration.seconds(30))
    // The watch begins with this one, so that it wakes before the other is late.
    yield* Effect.fork(deadline.within(identity, Effect.sleep(1), () => "late"))
    yield* TestClock.setTime(1444.2544294)
    const late = yield* deadline.within(identity, Effect.never, () => "late").pipe(
      Effect.flip,
      Effect.zipRight(Clock.currentTimeMillis),
      Effect.fork
    )
    yield* TestClock.adjust("10 minutes")
    const at = yield* Fiber.join(late)
    expect(at).toBeGreaterThanOrEqual(31_444.25)
    expect(at).toBeLessThan(31_446)
  }))
