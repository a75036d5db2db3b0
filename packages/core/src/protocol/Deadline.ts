/**
 * A time-out for very many calls. `Effect.timeoutFail` forks two fibers and
 * starts a timer for each of them; here one fiber watches over all.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Now from "./Now.js"
import type { Restore } from "./Permits.js"

/**
 * A time-out of one duration. Both of its ways are for what nothing interrupts
 * but where `restore` says so: there, they wait.
 *
 * @since 0.1.0
 */
export interface Deadline {
  /**
   * Fails with what `onLate` makes if the effect has not ended in time; it has
   * been interrupted then. It costs a fork.
   */
  readonly within: <A, E, R, E2>(
    restore: Restore,
    self: Effect.Effect<A, E, R>,
    onLate: () => E2
  ) => Effect.Effect<A, E | E2, R>
  /**
   * The same for what ends by a callback, and can be called off by the function
   * that `begin` gives: it costs next to nothing.
   */
  readonly called: <A, E, E2>(
    restore: Restore,
    begin: (ended: (result: Effect.Effect<A, E>) => void) => () => void,
    onLate: () => E2
  ) => Effect.Effect<A, E | E2>
}

/** Once it has ended, nothing expires. */
interface Waiting {
  readonly at: number
  expire: (() => void) | undefined
}

/** Those who wait, and the fiber that watches over them while there are any. */
const makeWatch = (millis: number, scope: Scope.Scope) => {
  // All wait equally long, so the first to come is the first to be late.
  const all: Array<Waiting> = []
  let isWatched = false

  const forgetEnded = () => {
    while (all.length > 0 && all[0]!.expire === undefined) all.shift()
  }

  const watch = Effect.gen(function*() {
    for (;;) {
      forgetEnded()
      const first = all[0]
      if (first === undefined) break
      const now = yield* Clock.currentTimeMillis
      if (first.at > now) yield* Now.sleepUntil(first.at)
      else {
        all.shift()
        first.expire?.()
      }
    }
    isWatched = false
  })
  const start = Effect.suspend(() => {
    isWatched = true
    return Effect.forkIn(Effect.interruptible(watch), scope)
  })

  return {
    add: (now: number, expire: () => void): Waiting => {
      forgetEnded()
      const waiting = { at: now + millis, expire }
      all.push(waiting)
      return waiting
    },
    /** An effect under watch. */
    over: <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      isWatched ? self : Effect.zipRight(start, self)
  }
}

/**
 * A time-out of one duration, for as long as the scope is open.
 *
 * @since 0.1.0
 */
export const make = (duration: Duration.Duration): Effect.Effect<Deadline, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const watch = makeWatch(Duration.toMillis(duration), scope)

    const within: Deadline["within"] = <A, E, R, E2>(
      restore: Restore,
      self: Effect.Effect<A, E, R>,
      onLate: () => E2
    ) =>
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
        const waiting = watch.add(Now.of(parent), () => void (isLate = true))
        // A child would be told to its parent and taken back again; this one is seen to here, whatever happens. It
        // runs at once, up to where it first waits.
        const fiber = Runtime.runFork(runtime)(timed)
        const ended = Effect.async<A, E | E2>((resume) => {
          if (isLate) return resume(Effect.failSync(onLate))
          waiting.expire = () => resume(Effect.failSync(onLate))
          fiber.addObserver(() => {
            waiting.expire = undefined
            resume(exit!)
            exit = undefined
          })
        })
        return watch.over(Effect.catchAllCause(
          restore(ended),
          (cause) => Effect.zipRight(Fiber.interrupt(fiber), Effect.failCause(cause))
        ))
      })

    const called: Deadline["called"] = <A, E, E2>(
      restore: Restore,
      begin: (ended: (result: Effect.Effect<A, E>) => void) => () => void,
      onLate: () => E2
    ) =>
      Now.at((now) => {
        let callOff: (() => void) | undefined
        let isLate = false
        const waiting = watch.add(now, () => void (isLate = true))
        const ended = Effect.async<A, E | E2>((resume) => {
          if (isLate) return resume(Effect.failSync(onLate))
          waiting.expire = () => resume(Effect.failSync(onLate))
          callOff = begin((result) => {
            callOff = undefined
            waiting.expire = undefined
            resume(result)
          })
        })
        // What fails before it has ended by itself is late, or interrupted.
        const whole = Effect.catchAllCause(restore(ended), (cause) => {
          waiting.expire = undefined
          callOff?.()
          return Effect.failCause(cause)
        })
        return watch.over(whole)
      })

    return { within, called }
  })
