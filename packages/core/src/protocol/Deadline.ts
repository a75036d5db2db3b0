/**
 * A time-out for very many effects. `Effect.timeoutFail` forks two fibers and
 * starts a timer for each of them; here one fiber watches over all, and each
 * costs a fork.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { constVoid } from "effect/Function"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Now from "./Now.js"

/**
 * Fails with what `onLate` makes if the effect has not ended in time; it has
 * been interrupted then.
 *
 * @since 0.1.0
 */
export type Within = <A, E, R, E2>(self: Effect.Effect<A, E, R>, onLate: () => E2) => Effect.Effect<A, E | E2, R>

interface Waiting {
  readonly at: number
  ended: boolean
  expire: () => void
}

/**
 * A time-out of one duration, for as long as the scope is open.
 *
 * @since 0.1.0
 */
export const make = (duration: Duration.Duration): Effect.Effect<Within, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const millis = Duration.toMillis(duration)
    // All wait equally long, so the first to come is the first to be late.
    const all: Array<Waiting> = []
    let watched = false

    const forgetEnded = () => {
      while (all[0]?.ended === true) all.shift()
    }

    const watch = Effect.gen(function*() {
      for (;;) {
        forgetEnded()
        const first = all[0]
        if (first === undefined) break
        const now = yield* Clock.currentTimeMillis
        if (first.at > now) yield* Effect.sleep(first.at - now)
        else {
          all.shift()
          first.expire()
        }
      }
      watched = false
    })

    const add = (waiting: Waiting): Effect.Effect<void> => {
      forgetEnded()
      all.push(waiting)
      if (watched) return Effect.void
      watched = true
      return Effect.asVoid(Effect.forkIn(Effect.interruptible(watch), scope))
    }

    return <A, E, R, E2>(self: Effect.Effect<A, E, R>, onLate: () => E2): Effect.Effect<A, E | E2, R> =>
      Effect.uninterruptibleMask((restore) => {
        // Every fiber is a key of the scheduler's WeakMap, and such keys survive all minor collections. The exit is
        // handed over beside the fiber, then, or the answer would survive with it, and be copied again and again.
        let exit: Exit.Exit<A, E> | undefined
        const timed = Effect.map(Effect.exit(restore(self)), (value) => {
          exit = value
        })
        const ended = (fiber: Fiber.RuntimeFiber<void>, waiting: Waiting) =>
          Effect.async<A, E | E2>((resume) => {
            waiting.expire = () => resume(Effect.failSync(onLate))
            fiber.addObserver(() => {
              waiting.ended = true
              waiting.expire = constVoid
              resume(exit!)
              exit = undefined
            })
          })
        return Effect.flatMap(Effect.runtime<R>(), (runtime) =>
          Now.at((now) => {
            // A child would be told to its parent and taken back again; this one is seen to here, whatever happens. It
            // runs at once, up to where it first waits.
            const fiber = Runtime.runFork(runtime)(timed)
            const waiting: Waiting = { at: now + millis, ended: false, expire: constVoid }
            return Effect.zipRight(
              add(waiting),
              Effect.tapErrorCause(restore(ended(fiber, waiting)), () => Fiber.interrupt(fiber))
            )
          }))
      })
  })
