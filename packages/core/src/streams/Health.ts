/**
 * How a follower is: every look, every failure and every gap, as values.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { EventId } from "../model/Ids.js"
import type { ListingStopped } from "./Listing.js"

/**
 * Events that cannot be had any more: those after `after` and before `before`.
 * Because they are older than X's 30 days (`"horizon"`), or because more came
 * than `catchUpLimit` (`"limit"`).
 *
 * @since 0.1.0
 */
export interface Gap {
  readonly reason: "horizon" | "limit"
  readonly after: EventId
  readonly before: EventId | undefined
}

interface Vitals {
  readonly at: DateTime.Utc
  /** When a look last succeeded. */
  readonly lastSuccess: Option.Option<DateTime.Utc>
  /** How old the picture is: the time since the last look that succeeded. */
  readonly lag: Duration.Duration
  /** How many looks have failed since. */
  readonly failures: number
}

/**
 * How a follower is.
 *
 * @since 0.1.0
 */
export type Health =
  | Vitals & { readonly _tag: "Looked"; readonly events: number }
  | Vitals & { readonly _tag: "Failed"; readonly reason: ListingStopped["reason"] }
  | Vitals & { readonly _tag: "Missed"; readonly gap: Gap }

/**
 * The reports of one follower.
 *
 * @since 0.1.0
 */
export interface Reports {
  readonly looked: (events: number) => Effect.Effect<void>
  readonly failed: (reason: ListingStopped["reason"]) => Effect.Effect<void>
  readonly missed: (gap: Gap) => Effect.Effect<void>
}

/** @since 0.1.0 */
export const makeReports = (onHealth: (health: Health) => Effect.Effect<void>): Reports => {
  let lastSuccess: number | undefined
  let failures = 0
  const vitals = (at: number): Vitals => ({
    at: DateTime.unsafeMake(at),
    lastSuccess: Option.map(Option.fromNullable(lastSuccess), (time) => DateTime.unsafeMake(time)),
    lag: Duration.millis(lastSuccess === undefined ? 0 : at - lastSuccess),
    failures
  })
  const report = (make: (at: number) => Health) => Effect.flatMap(Clock.currentTimeMillis, (at) => onHealth(make(at)))
  return {
    looked: (events: number) =>
      report((at) => {
        lastSuccess = at
        failures = 0
        return { _tag: "Looked", events, ...vitals(at) }
      }),
    failed: (reason: ListingStopped["reason"]) =>
      report((at) => {
        failures++
        return { _tag: "Failed", reason, ...vitals(at) }
      }),
    missed: (gap: Gap) => report((at) => ({ _tag: "Missed", gap, ...vitals(at) }))
  }
}
