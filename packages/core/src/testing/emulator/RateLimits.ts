/** The windows that bound calls, by route and user, and the headers that tell of them. */
import { type Limits, type RouteName, routes } from "./Routes.js"

const minutes15 = 15 * 60_000
const hours24 = 24 * 60 * 60_000

interface Window {
  endsAt: number
  used: number
}

interface Count {
  readonly header: string
  readonly limit: number
  readonly window: Window
}

/** Other figures than X's, for some of the routes. */
export type Overrides = { readonly [R in RouteName]?: Partial<Limits> }

/**
 * Counts a call of a user, unless one of its windows is full, in which case
 * it is not `allowed`. Gives the headers in both cases.
 */
export type RateLimits = (route: RouteName, user: string | undefined, now: number) => {
  readonly allowed: boolean
  readonly headers: Readonly<Record<string, string>>
}

export const off: RateLimits = () => ({ allowed: true, headers: {} })

export const make = (overrides: Overrides): RateLimits => {
  const windows = new Map<string, Window>()
  const current = (key: string, length: number, now: number): Window => {
    const known = windows.get(key)
    if (known !== undefined && now < known.endsAt) return known
    // The header tells whole seconds, so the window ends on one: who waits for it waits long enough.
    const started = { endsAt: Math.ceil((now + length) / 1000) * 1000, used: 0 }
    windows.set(key, started)
    return started
  }
  return (route, user, now) => {
    const limits: Limits = { ...routes[route].limits, ...overrides[route] }
    const counts: Array<Count> = []
    const count = (header: string, limit: number | undefined, key: string, length: number) => {
      if (limit !== undefined) counts.push({ header, limit, window: current(key, length, now) })
    }
    count("x-rate-limit", limits.window, `${route} ${user}`, minutes15)
    count("x-user-limit-24hour", limits.userDay, `${route} ${user} day`, hours24)
    count("x-app-limit-24hour", limits.appDay, `${route} app day`, hours24)
    const allowed = counts.every(({ limit, window }) => window.used < limit)
    // Nobody's calls are not counted: a call without a user is refused anyway.
    if (allowed && user !== undefined) { for (const { window } of counts) window.used++ }
    const headers: Record<string, string> = {}
    for (const { header, limit, window } of counts) {
      headers[`${header}-limit`] = String(limit)
      headers[`${header}-remaining`] = String(Math.max(0, limit - window.used))
      headers[`${header}-reset`] = String(window.endsAt / 1000)
    }
    return { allowed, headers }
  }
}
