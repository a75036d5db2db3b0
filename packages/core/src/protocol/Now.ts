/**
 * The time, at less cost: each call asks for it again and again.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * What is done at the time that it is, in milliseconds since 1970. As a
 * `flatMap` of `Clock.currentTimeMillis`, in one step of the fiber in place of
 * four.
 *
 * @since 0.1.0
 */
export const at = <A, E, R>(act: (now: number) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.clockWith((clock) => act(clock.unsafeCurrentTimeMillis()))
