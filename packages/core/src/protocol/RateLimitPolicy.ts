/**
 * How long a call may wait for its turn.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import { finiteMillis } from "./Durations.js"
import { type Call, InvalidInput } from "./Errors.js"

/**
 * What a call does when no calls are left: it waits until there are, but fails
 * at once if that takes longer than allowed; or it does not wait at all.
 *
 * @since 0.1.0
 */
export type Policy =
  | { readonly _tag: "Wait"; readonly atMost: Duration.DurationInput }
  | { readonly _tag: "Fail" }

const hour = 60 * 60_000
const wait: Policy = { _tag: "Wait", atMost: hour }
const none = Either.right(0)

/**
 * The policy of the calls in an effect or a stream, {@link RateLimitPolicy.wait}
 * by default.
 *
 * @example
 * ```ts
 * import { DirectMessages, RateLimitPolicy } from "@effect-xdm/core"
 * import { Effect } from "effect"
 *
 * // A page for someone who is looking at a screen: at once or not at all.
 * const page = Effect.flatMap(DirectMessages, (dm) => dm.getEvents()).pipe(
 *   Effect.provideService(RateLimitPolicy, RateLimitPolicy.fail)
 * )
 * ```
 *
 * @since 0.1.0
 */
export class RateLimitPolicy extends Context.Reference<RateLimitPolicy>()("@effect-xdm/core/RateLimitPolicy", {
  defaultValue: (): Policy => wait
}) {
  /**
   * Waits for as long as an hour. That is enough for X's windows of 15 minutes;
   * a day's limit that is used up fails at once.
   *
   * @since 0.1.0
   */
  static readonly wait: Policy = wait

  /**
   * Waits no longer than this: a finite duration longer than nothing.
   *
   * @since 0.1.0
   */
  static readonly waitAtMost = (duration: Duration.DurationInput): Policy => ({ _tag: "Wait", atMost: duration })

  /**
   * Fails with `RateLimited` rather than wait.
   *
   * @since 0.1.0
   */
  static readonly fail: Policy = { _tag: "Fail" }
}

/**
 * How many milliseconds a policy allows, 0 for none; or what is wrong with it.
 *
 * @since 0.1.0
 */
export const toMillis = (policy: Policy, { method, route }: Call): Either.Either<number, InvalidInput> => {
  if (policy._tag === "Fail") return none
  const millis = policy === wait ? hour : finiteMillis(policy.atMost)
  return millis === undefined
    ? Either.left(
      new InvalidInput({
        method,
        route,
        parameter: "waitAtMost",
        rule:
          "must be a finite duration longer than nothing, like \"20 minutes\"; RateLimitPolicy.fail waits not at all",
        value: String(policy.atMost).slice(0, 100)
      })
    )
    : Either.right(millis)
}
