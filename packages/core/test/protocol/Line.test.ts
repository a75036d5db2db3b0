import { expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, TestClock } from "effect"
import type * as Bucket from "../../src/protocol/Bucket.js"
import * as Line from "../../src/protocol/Line.js"
import * as Now from "../../src/protocol/Now.js"

it.scoped("looks twice for a turn, though its time is between two of the nanoseconds that a duration can tell", () =>
  Effect.gen(function*() {
    const opensAt = 1444.2544294
    let looks = 0
    const line = Line.make({
      bucket: "GetEvents",
      scope: yield* Effect.scope,
      take: Now.at((now) => {
        looks++
        return Effect.succeed<Bucket.Turn>(
          now >= opensAt ? { _tag: "Now" } : { _tag: "Later", at: opensAt, window: "15 minutes", limit: 15 }
        )
      }),
      giveBack: Effect.void,
      onWait: () => Effect.void
    })
    const turn = yield* line.wait({ method: "GET", route: "/2/dm_events" }, 0, 60_000).pipe(
      Effect.zipRight(Clock.currentTimeMillis),
      Effect.fork
    )
    yield* TestClock.adjust("1 minute")
    const at = yield* Fiber.join(turn)
    expect(at).toBeGreaterThanOrEqual(opensAt)
    expect(at).toBeLessThan(1446)
    expect(looks).toBe(2)
  }))

it.scoped("who is interrupted with a turn already given gives it back", () =>
  Effect.gen(function*() {
    let isOpen = false
    let returned = 0
    const line = Line.make({
      bucket: "GetEvents",
      scope: yield* Effect.scope,
      take: Effect.sync(() => isOpen ? { _tag: "Now" } : { _tag: "AfterAnswer" }),
      giveBack: Effect.sync(() => void returned++),
      onWait: () => Effect.void
    })
    const waiter = yield* Effect.fork(line.wait({ method: "GET", route: "/2/dm_events" }, 0, 0))
    yield* Effect.yieldNow()
    expect(line.size()).toBe(1)
    isOpen = true
    yield* line.advance
    // It has not run since.
    const exit = yield* Fiber.interrupt(waiter)
    expect([exit._tag, line.size(), returned]).toEqual(["Failure", 0, 1])
  }))
