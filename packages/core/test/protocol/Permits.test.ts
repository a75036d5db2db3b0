import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { Permits } from "../../src/protocol/Permits.js"

describe("permits", () => {
  it.effect("are no more than there are, and who waits is served in order", () =>
    Effect.gen(function*() {
      const permits = new Permits(2)
      const order: Array<number> = []
      let [now, most] = [0, 0]
      yield* Effect.forEach(
        [0, 1, 2, 3, 4, 5],
        (i) =>
          permits.one(Effect.gen(function*() {
            order.push(i)
            most = Math.max(most, ++now)
            yield* Effect.yieldNow()
            now--
          })),
        { concurrency: "unbounded" }
      )
      expect(order).toEqual([0, 1, 2, 3, 4, 5])
      expect(most).toBe(2)
    }))

  it.effect("come back after a failure, a defect and an interruption", () =>
    Effect.gen(function*() {
      const permits = new Permits(1)
      expect(yield* Effect.exit(permits.one(Effect.fail("no")))).toEqual(Exit.fail("no"))
      expect(yield* Effect.exit(permits.one(Effect.die("never")))).toEqual(Exit.die("never"))
      const fiber = yield* Effect.fork(permits.one(Effect.never))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(fiber)
      expect(yield* permits.one(Effect.succeed("yes"))).toBe("yes")
    }))

  it.effect("are not lost on who leaves the line, be it as its turn comes", () =>
    Effect.gen(function*() {
      const permits = new Permits(1)
      const end = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(permits.one(Deferred.await(end)))
      yield* Effect.yieldNow()
      const leaves = yield* Effect.fork(permits.one(Effect.never))
      const atOnce = yield* Effect.fork(permits.one(Effect.never))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(leaves)
      yield* Deferred.succeed(end, void 0)
      // The permit is given by the fiber that held it; here the next one is interrupted before it could go on.
      holder.addObserver(() => atOnce.unsafeInterruptAsFork(atOnce.id()))
      yield* Fiber.await(holder)
      yield* Fiber.await(atOnce)
      expect(yield* permits.one(Effect.succeed("yes"))).toBe("yes")
    }))
})
