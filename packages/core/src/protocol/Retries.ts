/**
 * When a call is made again.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import type { ReadError } from "./Errors.js"

/**
 * The pauses before a call is repeated. The schedule is given the error; when
 * it ends, the call fails with that.
 *
 * @since 0.1.0
 */
export type Pauses = Schedule.Schedule<unknown, ReadError>

/**
 * Whether a failure may pass by itself, so that a call which does no harm
 * twice is worth repeating: a server that failed, a connection that broke, an
 * answer that did not come.
 *
 * @since 0.1.0
 */
export const isTransient = (error: ReadError): boolean =>
  error._tag === "ServerFailure" || error._tag === "Unreachable" || error._tag === "TimedOut"

/**
 * Whether it is certain that X has not seen the request, so that even a send
 * can be repeated.
 *
 * @since 0.1.0
 */
export const isUnsent = (error: ReadError): boolean => error._tag === "Unreachable" && error.notSent

/**
 * The pauses of every endpoint unless others are set: 0.5 s, 1 s and 2 s, each
 * varied by a fifth so that many clients do not come back at once.
 *
 * @since 0.1.0
 */
export const backOff: Pauses = Schedule.exponential("500 millis").pipe(
  Schedule.jittered,
  Schedule.intersect(Schedule.recurs(3))
)

/**
 * The pauses of the calls in an effect or a stream. It says when, not whether:
 * a send whose outcome is not known is never repeated by a schedule.
 *
 * @example
 * ```ts
 * import { DirectMessages, RetryPauses } from "@effect-xdm/core"
 * import { Effect, Schedule } from "effect"
 *
 * const once = Effect.flatMap(DirectMessages, (dm) => dm.getEvents()).pipe(
 *   Effect.provideService(RetryPauses, RetryPauses.none)
 * )
 * const patient = Effect.flatMap(DirectMessages, (dm) => dm.getEvents()).pipe(
 *   Effect.provideService(RetryPauses, Schedule.spaced("10 seconds").pipe(Schedule.intersect(Schedule.recurs(30))))
 * )
 * ```
 *
 * @since 0.1.0
 */
export class RetryPauses extends Context.Reference<RetryPauses>()("@effect-xdm/core/RetryPauses", {
  defaultValue: (): Pauses | undefined => undefined
}) {
  /**
   * No repeats.
   *
   * @since 0.1.0
   */
  static readonly none: Pauses = Schedule.stop
}

/** X may ask for a pause; a call does not wait for a longer one, but fails and tells of it. */
const longestPause = 60_000

const asked = (error: ReadError): number => error._tag === "ServerFailure" ? error.retryAfterMillis ?? 0 : 0

/** At least as long as X asked for. */
const respectful = (pauses: Pauses): Schedule.Schedule<unknown, ReadError> =>
  pauses.pipe(
    Schedule.passthrough,
    Schedule.modifyDelay((error, pause) => Duration.max(pause, asked(error)))
  )

/**
 * How many repeats there may be among many calls: a repeat takes one from the
 * budget, a success gives a fifth back. While X is away, calls are made once.
 *
 * @since 0.1.0
 */
export class Budget {
  /** In fifths of a repeat. */
  private left: number
  private readonly most: number
  constructor(repeats: number) {
    this.most = repeats * 5
    this.left = this.most
  }

  take(): boolean {
    if (this.left < 5) return false
    this.left -= 5
    return true
  }

  succeeded(): void {
    this.left = Math.min(this.most, this.left + 1)
  }
}

const retries = Metric.counter("xdm_retries", {
  description: "Calls that were made again after a failure",
  incremental: true
})

/**
 * An attempt, repeated after those failures that `may` be. It costs nothing
 * until one has failed; a success is told to the budget by who makes it.
 *
 * @since 0.1.0
 */
export const repeated = <A>(
  attempt: Effect.Effect<A, ReadError>,
  may: (error: ReadError) => boolean,
  pauses: Pauses,
  budget: Budget
): Effect.Effect<A, ReadError> => {
  const again = (error: ReadError) => may(error) && asked(error) <= longestPause && budget.take()
  return Effect.catchIf(attempt, may, (error) => {
    let first = true
    const next = Effect.suspend(() => {
      if (!first) return Effect.zipRight(Metric.increment(retries), attempt)
      first = false
      return Effect.fail(error)
    })
    return Effect.flatMap(
      RetryPauses,
      (own) => Effect.retry(next, { while: again, schedule: respectful(own ?? pauses) })
    )
  })
}
