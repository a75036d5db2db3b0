/**
 * How an activity stream is: every connection, every loss of one, and every
 * line that could not be read, as values.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Errors from "../protocol/Errors.js"

/**
 * Why a connection was given up, or could not be had.
 *
 * - `Silent`: not a byte came in time, though X sends a blank line every 20
 *   seconds.
 * - `Ended`: X closed the connection.
 * - `Closed`: X said in the stream that it closes it, and why.
 * - `SlowConsumer`: the buffer was full and stayed so. The stream connects
 *   again once it is empty.
 * - the errors of a request, of those that may pass by themselves.
 *
 * @since 0.1.0
 */
export type Reason =
  | { readonly _tag: "Silent"; readonly afterMillis: number }
  | { readonly _tag: "Ended" }
  | {
    readonly _tag: "Closed"
    /** X's words: the detail or title of its problem. */
    readonly detail: string | undefined
    /** X's `disconnect_type`, such as `"OperationalDisconnect"`. */
    readonly disconnectType: string | undefined
    /** X's `connection_issue`, such as `"TooManyConnections"`. */
    readonly connectionIssue: string | undefined
  }
  | { readonly _tag: "SlowConsumer"; readonly buffered: number }
  | Errors.Unreachable
  | Errors.TimedOut
  | Errors.ServerFailure
  | Errors.RateLimited
  | Errors.UnexpectedResponse
  | Errors.RefreshFailed

/**
 * How an activity stream is. What X pushed between the last sign of life and
 * the next `Connected` may be missing, and so may what an `Unreadable` line
 * told of: whoever must not miss a message reads back after either.
 *
 * @since 0.1.0
 */
export type Health =
  | {
    readonly _tag: "Connected"
    readonly at: DateTime.Utc
    /** When the connection before this one last gave a sign of life; nothing for the first one. */
    readonly lastAlive: DateTime.Utc | undefined
    /** How many minutes X was asked to repeat; 0 for none. */
    readonly backfillMinutes: number
  }
  /** X's blank line: all is well, and there is nothing new. */
  | { readonly _tag: "KeptAlive"; readonly at: DateTime.Utc }
  | {
    readonly _tag: "Disconnected"
    readonly at: DateTime.Utc
    readonly reason: Reason
    /** The time until the next attempt; for a `SlowConsumer`, from when the buffer is empty. */
    readonly pause: Duration.Duration
    /** How many attempts have failed since something last came. */
    readonly failures: number
  }
  | {
    readonly _tag: "Unreadable"
    readonly at: DateTime.Utc
    readonly expected: string
    /** The beginning of the line, without secrets. */
    readonly excerpt: string
  }

/**
 * The reports of one stream.
 *
 * @since 0.1.0
 */
export interface Reports {
  readonly connected: (backfillMinutes: number) => Effect.Effect<void>
  /** A line came that tells of nothing new. */
  readonly keptAlive: Effect.Effect<void>
  /** An event came. */
  readonly alive: Effect.Effect<void>
  readonly disconnected: (reason: Reason, pauseMillis: number, failures: number) => Effect.Effect<void>
  readonly unreadable: (expected: string, excerpt: string) => Effect.Effect<void>
}

/** @since 0.1.0 */
export const makeReports = (onHealth: (health: Health) => Effect.Effect<void>): Reports => {
  let lastAlive: DateTime.Utc | undefined
  const now = Effect.map(Clock.currentTimeMillis, (millis) => DateTime.unsafeMake(millis))
  const alive = Effect.map(now, (at) => {
    lastAlive = at
    return at
  })
  return {
    connected: (backfillMinutes) =>
      Effect.flatMap(now, (at) => {
        const before = lastAlive
        lastAlive = at
        return onHealth({ _tag: "Connected", at, lastAlive: before, backfillMinutes })
      }),
    keptAlive: Effect.flatMap(alive, (at) => onHealth({ _tag: "KeptAlive", at })),
    alive: Effect.asVoid(alive),
    disconnected: (reason, pauseMillis, failures) =>
      Effect.flatMap(
        now,
        (at) => onHealth({ _tag: "Disconnected", at, reason, pause: Duration.millis(pauseMillis), failures })
      ),
    unreadable: (expected, excerpt) =>
      Effect.flatMap(now, (at) => onHealth({ _tag: "Unreadable", at, expected, excerpt }))
  }
}
