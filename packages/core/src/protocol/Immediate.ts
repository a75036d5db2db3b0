/**
 * What is often there already, at less cost: a token that does not change, a
 * scope that nobody knows.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/**
 * As `Effect.flatMap`, in no step of the fiber for a value that is there: `f`
 * is called at once then, so this belongs into an effect that is under way.
 *
 * @since 0.1.0
 */
export const flatMap = <A, E, R, B, E2, R2>(
  self: Effect.Effect<A, E, R>,
  f: (value: A) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> =>
  // An effect that is an exit is the exit of that effect.
  Exit.isExit(self) && Exit.isSuccess(self) ? f(self.value as A) : Effect.flatMap(self, f)
