/**
 * What becomes of a call, and what a bucket knows after it: from the answer's
 * headers, or from there having been no answer.
 *
 * @since 0.1.0
 */
import { type Bucket, type Owner, remaining, unknown, type Window, windowsOf, withFlights } from "./Bucket.js"
import { type CountedWindow, lengthOf, limitOf, type Limits } from "./Buckets.js"
import * as RateLimitHeaders from "./RateLimitHeaders.js"

const firstPause = 60_000
const longestPause = 15 * 60_000

/** How far two ends of windows may lie apart and be the same: headers tell whole seconds. */
const jitter = 5_000

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
  if (known !== undefined && known.told && known.endsAt > now) return known
  // X's window may have begun with any of them, this one too.
  const before = known === undefined || known.endsAt <= now ? limit : known.remaining
  return { limit, remaining: Math.max(0, before - 1), endsAt: now + lengthOf[name] + jitter, told: false }
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
