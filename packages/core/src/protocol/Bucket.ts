/**
 * What is known of one bucket, as data, and how it changes: pure functions, so
 * that a store shared by several processes can apply them in one step.
 *
 * A bucket counts the calls in flight, for X may or may not have counted those
 * when it answers another, and those that ended without an answer, until one
 * that left after them is answered. What X tells goes before what was counted
 * here; it is never believed to leave more than it left in the same window
 * before.
 *
 * @since 0.1.0
 */
import { type CountedWindow, lengthOf, limitOf, type Limits } from "./Buckets.js"
import type { RateLimitWindow } from "./Errors.js"

/**
 * One window of a bucket.
 *
 * @since 0.1.0
 */
export interface Window {
  readonly limit: number
  /** As X told it last, without the calls that are {@link Bucket.untold}; or as it was counted here, with them. */
  readonly remaining: number
  /** In milliseconds since 1970, on the clock of this machine. */
  readonly endsAt: number
  /** By X; otherwise it was counted here, from X's published figures. */
  readonly told: boolean
}

/**
 * What is known of a bucket. It can be written as JSON.
 *
 * @since 0.1.0
 */
export interface Bucket {
  readonly windows: { readonly [W in CountedWindow]?: Window }
  readonly inFlight: number
  /** When those calls ended that X may have counted, and no answer has told of, in milliseconds since 1970. */
  readonly untold: ReadonlyArray<number>
  /** When a call last left, in milliseconds since 1970. */
  readonly leftAt: number
  /** Whether X counts these calls: its answers say so, by their headers. */
  readonly counted: "unknown" | "yes" | "no"
  /** X refused a call for a reason that no window tells: no call before this time, in milliseconds since 1970. */
  readonly closedUntil: number
  /** How many times in a row X has refused, and when it last did. */
  readonly refusals: number
  readonly refusedAt: number
}

/** @since 0.1.0 */
export const unknown: Bucket = {
  windows: {},
  inFlight: 0,
  untold: [],
  leftAt: 0,
  counted: "unknown",
  closedUntil: 0,
  refusals: 0,
  refusedAt: -1
}

/**
 * Whether a call may leave: now, at a time, or when one that is in flight has
 * been answered.
 *
 * @since 0.1.0
 */
export type Turn =
  | { readonly _tag: "Now" }
  | {
    readonly _tag: "Later"
    readonly at: number
    readonly window: RateLimitWindow
    readonly limit: number | undefined
  }
  | { readonly _tag: "AfterAnswer" }

const go: Turn = { _tag: "Now" }
const afterAnswer: Turn = { _tag: "AfterAnswer" }

/** A call that nobody has told the end of for so long belonged to a process that is gone. */
const lapse = 5 * 60_000

/** @since 0.1.0 */
export const allWindows: ReadonlyArray<CountedWindow> = ["15 minutes", "24 hours of the user", "24 hours of the app"]

/**
 * Takes a turn, if there is one. The first call of a bucket or of a new window
 * goes alone: the others follow when its answer has told how things stand.
 *
 * @since 0.1.0
 */
export const take = (bucket: Bucket, now: number): readonly [Turn, Bucket] => {
  const inFlight = now - bucket.leftAt > lapse ? 0 : bucket.inFlight
  const turn = turnOf(bucket, inFlight, now)
  return turn._tag === "Now"
    ? [turn, withFlights(bucket, inFlight + 1, now)]
    : [turn, inFlight === bucket.inFlight ? bucket : withFlights(bucket, inFlight, bucket.leftAt)]
}

/**
 * The bucket with so many calls in flight. Written out, for it is done twice
 * for every call, and V8 takes its time for a spread.
 *
 * @since 0.1.0
 */
export const withFlights = (
  { closedUntil, counted, refusals, refusedAt, untold, windows }: Bucket,
  inFlight: number,
  leftAt: number
): Bucket => ({ windows, inFlight, untold, leftAt, counted, closedUntil, refusals, refusedAt })

/**
 * How many calls a window has left, as far as is known.
 *
 * @since 0.1.0
 */
export const remaining = (window: Window, { untold }: Bucket): number =>
  window.told ? Math.max(0, window.remaining - untold.length) : window.remaining

const turnOf = (bucket: Bucket, inFlight: number, now: number): Turn => {
  const { closedUntil, counted, windows } = bucket
  if (closedUntil > now) return { _tag: "Later", at: closedUntil, window: "unknown", limit: undefined }
  if (counted === "no") return go
  if (counted === "unknown") return inFlight === 0 ? go : afterAnswer
  let turn: Turn = go as Turn // the compiler would hold it to be "Now" for good
  for (const name of allWindows) {
    const window = windows[name]
    if (window === undefined) continue
    if (window.endsAt <= now) {
      if (inFlight > 0 && turn === go) turn = afterAnswer
      continue
    }
    const left = remaining(window, bucket)
    if (left <= 0) {
      if (turn._tag !== "Later" || turn.at < window.endsAt) {
        turn = { _tag: "Later", at: window.endsAt, window: name, limit: window.limit }
      }
    } else if (left <= inFlight && turn === go) turn = afterAnswer
  }
  return turn
}

/**
 * Which windows a bucket has: an app's are counted apart from its users'.
 *
 * @since 0.1.0
 */
export type Owner = "user" | "app"

/** The windows of each owner's bucket. @since 0.1.0 */
export const windowsOf: { readonly [O in Owner]: ReadonlyArray<CountedWindow> } = {
  user: ["15 minutes", "24 hours of the user"],
  app: ["24 hours of the app"]
}

/** However many calls are allowed, no more often than this. */
const shortestPace = 1_000

/**
 * The pause between two calls, in milliseconds, that spreads the calls which
 * are left evenly over the rest of each window.
 *
 * @since 0.1.0
 */
export const pace = (bucket: Bucket, owner: Owner, limits: Limits, now: number): number =>
  windowsOf[owner].reduce((longest, name) => {
    const window = bucket.windows[name]
    const limit = window?.limit ?? limitOf(limits, name)
    if (limit === undefined) return longest
    const even = window === undefined || window.endsAt <= now
      ? lengthOf[name] / limit
      : (window.endsAt - now) / Math.max(1, remaining(window, bucket))
    return Math.max(longest, Math.ceil(even))
  }, Math.max(shortestPace, bucket.closedUntil - now))
