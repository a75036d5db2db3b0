/**
 * When a call is made again.
 *
 * @since 0.1.0
 */
import * as Schedule from "effect/Schedule"
import type { ReadError } from "./Errors.js"

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
 * The pauses before a call is repeated: 0.5 s, 1 s and 2 s, each varied by a
 * fifth so that many clients do not come back at once.
 *
 * @since 0.1.0
 */
export const backOff = (): Schedule.Schedule<unknown> =>
  Schedule.exponential("500 millis").pipe(Schedule.jittered, Schedule.intersect(Schedule.recurs(3)))
