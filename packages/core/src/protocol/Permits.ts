/**
 * Permits of a semaphore, at less cost while there are some.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/**
 * As `withPermits(1)`, which suspends its fiber even if there is a permit.
 *
 * @since 0.1.0
 */
export const one = (semaphore: Effect.Semaphore) => <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(
    semaphore.withPermitsIfAvailable(1)(self),
    (done) => Option.isSome(done) ? Effect.succeed(done.value) : semaphore.withPermits(1)(self)
  )
