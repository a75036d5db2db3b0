import { it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"

export interface PropertyOptions {
  readonly runs: number
  /** In milliseconds. */
  readonly timeout: number
}

/**
 * A property whose runs are effects. `it.effect.prop` makes Effect's test services anew for each run, which takes
 * longer than most of the runs, and keeps each run's fiber until the test is over; here a run has what it brings along,
 * a clock among it (`manualClock.ts`).
 */
export const property = <Values extends object, A>(
  name: string,
  arbitraries: { readonly [K in keyof Values]: FastCheck.Arbitrary<Values[K]> },
  check: (values: Values) => Effect.Effect<A, unknown>,
  { runs, timeout }: PropertyOptions
): void => {
  const values: FastCheck.Arbitrary<Values> = FastCheck.record(arbitraries)
  it(name, { timeout }, () =>
    FastCheck.assert(
      FastCheck.asyncProperty(values, async (values) => {
        const exit = await Effect.runPromiseExit(check(values))
        // The error itself, so that it is told as it is outside of a property.
        if (Exit.isFailure(exit)) throw Cause.squash(exit.cause)
      }),
      // What is still running when the time is over must not go on beside the tests that follow.
      { numRuns: runs, interruptAfterTimeLimit: timeout, markInterruptAsFailure: true }
    ))
}
