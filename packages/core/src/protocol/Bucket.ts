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
import * as RateLimitHeaders from "./RateLimitHeaders.js"

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

/** How far two ends of windows may lie apart and be the same: headers tell whole seconds. */
const jitter = 5_000

const firstPause = 60_000
const longestPause = 15 * 60_000

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

/** Written out, for it is done twice for every call, and V8 takes its time for a spread. */
const withFlights = (
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

/** Which windows a bucket has: an app's are counted apart from its users'. */
export type Owner = "user" | "app"

const windowsOf: { readonly [O in Owner]: ReadonlyArray<CountedWindow> } = {
  user: ["15 minutes", "24 hours of the user"],
  app: ["24 hours of the app"]
}

/**
 * A call has ended without an answer. Unless it was never sent, X may have
 * counted it.
 *
 * @since 0.1.0
 */
export const unanswered = (bucket: Bucket, owner: Owner, limits: Limits, sent: boolean, now: number): Bucket => {
  const ended = withFlights(bucket, Math.max(0, bucket.inFlight - 1), bucket.leftAt)
  if (!sent || bucket.counted === "no") return ended
  return { ...ended, counted: "yes", untold: withUntold(bucket, now), windows: spent(bucket, owner, limits, now) }
}

/** No window is longer than a day. */
const withUntold = ({ untold }: Bucket, now: number) => [
  ...untold.filter((at) => at > now - lengthOf["24 hours of the user"]),
  now
]

/** One call less in each window that X told nothing of; what nothing is known of has X's published figures. */
const spent = (bucket: Bucket, owner: Owner, limits: Limits, now: number) => {
  const windows: { -readonly [W in CountedWindow]?: Window } = { ...bucket.windows }
  for (const name of windowsOf[owner]) {
    const window = oneLess(windows[name], name, limits, now)
    if (window !== undefined) windows[name] = window
  }
  return windows
}

const oneLess = (
  known: Window | undefined,
  name: CountedWindow,
  limits: Limits,
  now: number
): Window | undefined => {
  const limit = known?.limit ?? limitOf(limits, name)
  if (limit === undefined) return undefined
  if (known === undefined || known.endsAt <= now) {
    return { limit, remaining: limit - 1, endsAt: now + lengthOf[name] + jitter, told: false }
  }
  return known.told ? known : { ...known, remaining: Math.max(0, known.remaining - 1) }
}

/**
 * A call that left at a time was answered: what the answer tells is known from
 * now on.
 *
 * @since 0.1.0
 */
export const answered = (
  bucket: Bucket,
  owner: Owner,
  limits: Limits,
  told: RateLimitHeaders.Told,
  leftAt: number,
  now: number
): Bucket => {
  const { status } = told
  const succeeded = status >= 200 && status < 300
  const tellsNothing = told.windows.length === 0
  const inFlight = Math.max(0, bucket.inFlight - 1)
  // A success that tells nothing comes from a server that does not count.
  if (succeeded && tellsNothing && bucket.counted === "no" && bucket.refusals === 0) {
    return withFlights(bucket, inFlight, bucket.leftAt)
  }
  if (succeeded && tellsNothing && !Object.values(bucket.windows).some((window) => window.told)) {
    const { closedUntil, refusals, refusedAt } = leftAt <= bucket.refusedAt ? bucket : unknown
    return { ...unknown, closedUntil, refusals, refusedAt, inFlight, leftAt: bucket.leftAt, counted: "no" }
  }
  const counted: Bucket["counted"] = !tellsNothing || status === 429 || bucket.counted === "yes"
    ? "yes"
    : bucket.counted
  // What left before X last refused says nothing of how things stand since.
  const isNews = leftAt > bucket.refusedAt
  const { untold, windows } = counted === "yes" ? inWindows(bucket, owner, limits, told, leftAt, now) : bucket
  const refusals = isNews && succeeded ? 0 : bucket.refusals
  const { closedUntil, refusedAt } = bucket
  const next: Bucket = { windows, inFlight, untold, leftAt: bucket.leftAt, counted, closedUntil, refusals, refusedAt }
  // A cap that nobody publishes is the user's: the other users of the app need not wait for it.
  return isNews && status === 429 && owner === "user" ? refused(next, told, now) : next
}

/** The windows as an answer has told of them, and with one call less as far as it has not. */
const inWindows = (
  bucket: Bucket,
  owner: Owner,
  limits: Limits,
  told: RateLimitHeaders.Told,
  leftAt: number,
  now: number
): Pick<Bucket, "windows" | "untold"> => {
  const { untold: before } = bucket
  const tells = told.windows.some(({ window }) => windowsOf[owner].includes(window))
  // What ended before this call left, X had counted by then if it did at all.
  const untold = !tells
    ? withUntold(bucket, now)
    : before.length === 0
    ? before
    : before.filter((at) => at >= leftAt)
  const windows: { -readonly [W in CountedWindow]?: Window } = { ...bucket.windows }
  for (const name of windowsOf[owner]) {
    const known = bucket.windows[name]
    const state = told.windows.find(({ window }) => window === name)
    const window = state !== undefined
      ? merged(known, limitOf(limits, name), state, told.serverTime, now)
      : tells && known?.told === true
      ? { ...known, remaining: known.remaining - 1 - (before.length - untold.length) }
      : oneLess(known, name, limits, now)
    if (window !== undefined) windows[name] = window
  }
  return { windows, untold }
}

/** X said no. If a window says until when, that is it; otherwise, and if X says no again then, with growing pauses. */
const refused = (bucket: Bucket, { retryAfter: asked = 0 }: RateLimitHeaders.Told, now: number): Bucket => {
  const emptied = Object.values(bucket.windows).some((window) =>
    window.told && remaining(window, bucket) <= 0 && window.endsAt > now
  )
  const grown = Math.min(longestPause, firstPause * 2 ** bucket.refusals)
  const pause = emptied && bucket.refusals === 0 ? asked : Math.max(asked, grown)
  return { ...bucket, refusals: bucket.refusals + 1, refusedAt: now, closedUntil: now + pause }
}

/** What is known of a window after an answer told of it. */
const merged = (
  before: Window | undefined,
  published: number | undefined,
  told: RateLimitHeaders.WindowState,
  serverTime: number | undefined,
  now: number
): Window => {
  const length = lengthOf[told.window]
  const limit = told.limit ?? before?.limit ?? published ?? told.remaining ?? 0
  const end = RateLimitHeaders.endOf(told.resetsAt, serverTime, length, now)
  const current = before !== undefined && before.told && before.endsAt > now ? before : undefined
  // An answer of a window that is over came late.
  if (current !== undefined && end !== undefined && end < current.endsAt - jitter) return current
  const same = current !== undefined && (end === undefined || end <= current.endsAt + jitter)
  const left = told.remaining ?? (same ? current.remaining - 1 : limit - 1)
  return {
    limit,
    remaining: Math.max(0, same ? Math.min(current.remaining, left) : left),
    endsAt: same ? Math.max(current.endsAt, end ?? 0) : end ?? now + length,
    told: true
  }
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
