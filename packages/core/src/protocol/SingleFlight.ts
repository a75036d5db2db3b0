/**
 * One run for all who ask while it is under way.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import type * as Scope from "effect/Scope"

/**
 * The effect, run by a fiber of its own: whoever asks meanwhile gets what that
 * run comes to, and to interrupt those who wait does not end it. When the
 * scope closes, it is waited for.
 *
 * @since 0.1.0
 */
export const make = <A, E>(self: Effect.Effect<A, E>, scope: Scope.Scope): Effect.Effect<A, E> => {
  let underway: Deferred.Deferred<A, E> | undefined
  return Effect.uninterruptibleMask((restore) =>
    Effect.suspend(() => {
      if (underway !== undefined) return restore(Deferred.await(underway))
      const result = Deferred.unsafeMake<A, E>(FiberId.none)
      underway = result
      const run = Effect.flatMap(Effect.exit(self), (exit) => {
        underway = undefined
        return Deferred.done(result, exit)
      })
      return Effect.zipRight(Effect.forkIn(run, scope), restore(Deferred.await(result)))
    })
  )
}
