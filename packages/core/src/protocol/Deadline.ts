/**
 * A time-out for very many effects. `Effect.timeoutFail` forks two fibers and
 * starts a timer for each of them; here one fiber watches over all, and each
 * costs a fork.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { constVoid } from "effect/Function"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Now from "./Now.js"
import type { Restore } from "./Permits.js"

/**
 * Fails with what `onLate` makes if the effect has not ended in time; it has
 * been interrupted then. To be used in what nothing interrupts, where `restore`
 * makes the effect as interruptible as the whole would be.
 *
 * @since 0.1.0
 */
export type Within = <A, E, R, E2>(
  restore: Restore,
  self: Effect.Effect<A, E, R>,
  onLate: () => E2
) => Effect.Effect<A, E | E2, R>

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

    const isWatched = Effect.suspend(() => {
      watched = true
      return Effect.forkIn(Effect.interruptible(watch), scope)
    })

    return <A, E, R, E2>(restore: Restore, self: Effect.Effect<A, E, R>, onLate: () => E2) =>
      Effect.withFiberRuntime<A, E | E2, R>((parent, { runtimeFlags }) => {
        // Every fiber is a key of the scheduler's WeakMap, and such keys survive all minor collections. The exit is
        // handed over beside the fiber, then, or the answer would survive with it, and be copied again and again.
        let exit: Exit.Exit<A, E> | undefined
        const timed = Effect.matchCause(restore(self), {
          onFailure: (cause) => void (exit = Exit.failCause(cause)),
          onSuccess: (value) => void (exit = Exit.succeed(value))
        })
        const runtime = Runtime.make({
          // A fiber that runs what needs R has it in its context.
          context: parent.currentContext as Context.Context<R>,
          fiberRefs: parent.getFiberRefs(),
          runtimeFlags
        })
        let isLate = false
        const waiting: Waiting = { at: Now.of(parent) + millis, ended: false, expire: () => void (isLate = true) }
        forgetEnded()
        all.push(waiting)
        // A child would be told to its parent and taken back again; this one is seen to here, whatever happens. It
        // runs at once, up to where it first waits.
        const fiber = Runtime.runFork(runtime)(timed)
        const ended = Effect.async<A, E | E2>((resume) => {
          if (isLate) return resume(Effect.failSync(onLate))
          waiting.expire = () => resume(Effect.failSync(onLate))
          fiber.addObserver(() => {
            waiting.ended = true
            waiting.expire = constVoid
            resume(exit!)
            exit = undefined
          })
        })
        const whole = Effect.catchAllCause(
          restore(ended),
          (cause) => Effect.zipRight(Fiber.interrupt(fiber), Effect.failCause(cause))
        )
        return watched ? whole : Effect.zipRight(isWatched, whole)
      })
  })
