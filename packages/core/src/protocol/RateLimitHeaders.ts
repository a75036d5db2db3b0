/**
 * What the headers of an answer say about the limits of its endpoint.
 *
 * Source: X's guide to rate limits.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import type { CountedWindow } from "./Buckets.js"
import type { RateLimitWindow } from "./Errors.js"

/**
 * One window as the headers tell of it.
 *
 * @since 0.1.0
 */
export interface WindowState {
  readonly window: CountedWindow
  readonly limit: number | undefined
  readonly remaining: number | undefined
  /** By X's clock, in milliseconds since 1970. */
  readonly resetsAt: number | undefined
}

type Headers = { readonly [name: string]: string | undefined }

const named = (prefix: string, window: CountedWindow) => ({
  window,
  limit: `${prefix}-limit`,
  remaining: `${prefix}-remaining`,
  reset: `${prefix}-reset`
})

const windows = [
  named("x-rate-limit", "15 minutes"),
  named("x-user-limit-24hour", "24 hours of the user"),
  named("x-app-limit-24hour", "24 hours of the app")
]

const count = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined

// Epoch seconds of 1 to 11 digits: what is longer is no time, and would overflow a date.
const time = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) * 1000 : undefined

/**
 * The windows that the headers name. Numbers that make no sense are absent.
 *
 * @since 0.1.0
 */
export const fromHeaders = (headers: Headers): ReadonlyArray<WindowState> => {
  const told: Array<WindowState> = []
  for (const names of windows) {
    const limit = count(headers[names.limit])
    const remaining = count(headers[names.remaining])
    const resetsAt = time(headers[names.reset])
    if (limit === undefined && remaining === undefined && resetsAt === undefined) continue
    told.push({ window: names.window, limit, remaining, resetsAt })
  }
  return told
}

/**
 * The window that is used up; the one that lasts longest where several are,
 * and the first one known where none is (a cap that X does not publish).
 *
 * @since 0.1.0
 */
export const exhausted = (headers: Headers) => {
  const all = fromHeaders(headers)
  const found = all.findLast((each) => each.remaining === 0) ?? all[0]
  const window: RateLimitWindow = found?.window ?? "unknown"
  const resetsAt = found?.resetsAt === undefined ? undefined : DateTime.unsafeMake(found.resetsAt)
  return { window, limit: found?.limit, remaining: found?.remaining, resetsAt }
}

/** A reset this far in the past was just now; one further back makes no sense. */
const justNow = 60_000

/**
 * When a window ends by the clock of this machine, in milliseconds since 1970:
 * the time by X's clock tells how that goes, so that it may go wrong. Nothing
 * for a time that makes no sense: long past, or further away than the window
 * is long.
 *
 * @since 0.1.0
 */
export const endOf = (
  resetsAt: number | undefined,
  serverTime: number | undefined,
  length: number,
  now: number
): number | undefined => {
  if (resetsAt === undefined) return undefined
  // The header leaves out the part of a second that has passed, so this is not too early.
  const left = resetsAt - (serverTime ?? now)
  return left < -justNow || left > length + justNow ? undefined : now + Math.max(left, 1_000)
}

/**
 * The time of the server that answered, in milliseconds since 1970.
 *
 * @since 0.1.0
 */
export const dateOf = (headers: Headers): number | undefined => {
  const text = headers["date"] ?? ""
  // The answers of one second carry the same text, and to read a date takes longer than all the rest here.
  if (text !== last.text) {
    const time = Date.parse(text)
    last = { text, time: Number.isNaN(time) ? undefined : time }
  }
  return last.time
}

let last: { readonly text: string; readonly time: number | undefined } = { text: "", time: undefined }

/**
 * How long X asks to wait, in milliseconds: seconds or a date in `retry-after`
 * (RFC 9110, 10.2.3). Nothing for what makes no sense, such as a week.
 *
 * @since 0.1.0
 */
export const retryAfter = (headers: Headers, now: number): number | undefined => {
  const text = headers["retry-after"]
  if (text === undefined) return undefined
  const millis = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - (dateOf(headers) ?? now)
  return millis > 0 && millis <= 24 * 60 * 60_000 ? millis : undefined
}

/**
 * What an answer says about the limits of its endpoint, all of it.
 *
 * @since 0.1.0
 */
export interface Told {
  readonly status: number
  readonly windows: ReadonlyArray<WindowState>
  /** The time by X's clock, in milliseconds since 1970. */
  readonly serverTime: number | undefined
  /** How long X asks to wait, in milliseconds. */
  readonly retryAfter: number | undefined
}

/**
 * What an answer that came now tells.
 *
 * @since 0.1.0
 */
export const told = (
  { headers, status }: { readonly status: number; readonly headers: Headers },
  now: number
): Told => ({
  status,
  windows: fromHeaders(headers),
  serverTime: dateOf(headers),
  retryAfter: retryAfter(headers, now)
})
