/**
 * What the headers of an answer say about the limits of its endpoint.
 *
 * Source: X's guide to rate limits.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import type { RateLimitWindow } from "./Errors.js"

/**
 * One window as the headers tell of it.
 *
 * @since 0.1.0
 */
export interface WindowState {
  readonly window: RateLimitWindow
  readonly limit: number | undefined
  readonly remaining: number | undefined
  readonly resetsAt: DateTime.Utc | undefined
}

type Headers = { readonly [name: string]: string | undefined }

const windows: ReadonlyArray<readonly [prefix: string, window: RateLimitWindow]> = [
  ["x-rate-limit-", "15 minutes"],
  ["x-user-limit-24hour-", "24 hours of the user"],
  ["x-app-limit-24hour-", "24 hours of the app"]
]

const count = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined

// Epoch seconds of 1 to 11 digits: what is longer is no time, and would overflow a date.
const time = (text: string | undefined): DateTime.Utc | undefined =>
  text !== undefined && /^\d{1,11}$/.test(text) ? DateTime.unsafeMake(Number(text) * 1000) : undefined

/**
 * The windows that the headers name. Numbers that make no sense are absent.
 *
 * @since 0.1.0
 */
export const fromHeaders = (headers: Headers): ReadonlyArray<WindowState> =>
  windows.flatMap(([prefix, window]) => {
    const limit = count(headers[`${prefix}limit`])
    const remaining = count(headers[`${prefix}remaining`])
    const resetsAt = time(headers[`${prefix}reset`])
    return limit === undefined && remaining === undefined && resetsAt === undefined
      ? []
      : [{ window, limit, remaining, resetsAt }]
  })

const nothingKnown: WindowState = { window: "unknown", limit: undefined, remaining: undefined, resetsAt: undefined }

/**
 * The window that is used up; the one that lasts longest where several are,
 * and the first one known where none is (a cap that X does not publish).
 *
 * @since 0.1.0
 */
export const exhausted = (headers: Headers): WindowState => {
  const all = fromHeaders(headers)
  return all.findLast((each) => each.remaining === 0) ?? all[0] ?? nothingKnown
}
