/**
 * X's rate limits, kept before a call is made and not after X has refused it:
 * who has no call left waits for its turn.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import * as Bucket from "./Bucket.js"
import * as Buckets from "./Buckets.js"
import type { RateLimitWindow } from "./Errors.js"
import * as Line from "./Line.js"
import { RateLimitStore } from "./RateLimitStore.js"
import * as Turns from "./Turns.js"

/**
 * A call that has to wait, and for what.
 *
 * @since 0.1.0
 */
export interface Wait {
  readonly method: string
  readonly route: string
  readonly account: string
  readonly bucket: string
  /** The window that is used up; `"unknown"` for a cap that X does not publish. */
  readonly window: RateLimitWindow
  /** When there are calls again. Of those who wait for the same time, the first in line go first. */
  readonly until: DateTime.Utc
}

/**
 * One window of a bucket, as far as it is known.
 *
 * @since 0.1.0
 */
export interface WindowStatus {
  readonly window: Buckets.CountedWindow
  readonly limit: number
  readonly remaining: number
  /** When it begins anew. Absent if it has not begun. */
  readonly resetsAt: DateTime.Utc | undefined
  /** Whether X told so, or the figures are those that X publishes. */
  readonly told: boolean
}

/**
 * How a bucket stands.
 *
 * @since 0.1.0
 */
export interface BucketStatus {
  readonly account: string
  readonly app: string
  readonly bucket: string
  /** Whether X counts these calls; `"no"` for a server whose answers tell of no limits. */
  readonly counted: "unknown" | "yes" | "no"
  readonly windows: ReadonlyArray<WindowStatus>
  /** Calls that have left and are not answered yet. */
  readonly inFlight: number
  /** Calls that wait for their turn. */
  readonly waiting: number
  /** X refused a call although calls were left: no call before this time. */
  readonly closedUntil: DateTime.Utc | undefined
}

/**
 * How to keep the limits. All of it has a default.
 *
 * @since 0.1.0
 */
export interface RateLimitsOptions {
  /** Names for buckets that X counts together: `{ GetEvents: "reads", GetEventsById: "reads" }`. Default: none are. */
  readonly join?: { readonly [B in Buckets.BucketName]?: string } | undefined
  /** Other figures than X publishes, for accounts that have others. X's answers go before both. */
  readonly limits?: { readonly [B in Buckets.BucketName]?: Partial<Buckets.Limits> } | undefined
  /**
   * Told of each call that has to wait, and again if it has to wait anew. Default:
   * the first that waits for a time is logged, at the level Info.
   */
  readonly onWait?: ((wait: Wait) => Effect.Effect<void>) | undefined
}

/** @since 0.1.0 */
export interface RateLimitsService {
  /** The turns of the calls of one account in one bucket. */
  readonly turns: (account: string, app: string, bucket: Buckets.BucketName) => Turns.Turns
  /** Every bucket of every account that has been set up, whether it was called or not. */
  readonly status: Effect.Effect<ReadonlyArray<BucketStatus>>
}

/**
 * Keeps X's rate limits for all accounts of a program.
 *
 * @since 0.1.0
 */
export class RateLimits extends Context.Tag("@effect-xdm/core/RateLimits")<RateLimits, RateLimitsService>() {
  /**
   * Keeps the limits in a `RateLimitStore`. Fails with a `ConfigError` if an
   * option names no bucket or makes no sense.
   *
   * @since 0.1.0
   */
  static readonly layerStore = (
    options: RateLimitsOptions = {}
  ): Layer.Layer<RateLimits, ConfigError.ConfigError, RateLimitStore> => Layer.scoped(RateLimits, make(options))

  /**
   * Keeps the limits in memory, for one process.
   *
   * @example
   * ```ts
   * import { RateLimits } from "@effect-xdm/core"
   * import { Console, DateTime } from "effect"
   *
   * const Limits = RateLimits.layer({
   *   onWait: ({ bucket, until }) => Console.error(`${bucket}: waiting until ${DateTime.formatIso(until)}`)
   * })
   * ```
   *
   * @since 0.1.0
   */
  static readonly layer = (options: RateLimitsOptions = {}): Layer.Layer<RateLimits, ConfigError.ConfigError> =>
    RateLimits.layerStore(options).pipe(Layer.provide(RateLimitStore.layerMemory))
}

const waits = Metric.counter("xdm_rate_limit_waits", {
  description: "Calls that had to wait for their turn",
  incremental: true
})

const isCount = (value: unknown): boolean => typeof value === "number" && Number.isInteger(value) && value >= 1

const check = ({ join = {}, limits = {} }: RateLimitsOptions) => {
  const invalid = (option: string, rule: string) => Effect.fail(ConfigError.InvalidData([option], `${option} ${rule}`))
  const known = `one of X's buckets: ${Buckets.names.join(", ")}`
  for (const [option, buckets] of Object.entries({ join, limits })) {
    const stranger = Object.keys(buckets).find((name) => !Object.hasOwn(Buckets.published, name))
    if (stranger !== undefined) return invalid(option, `names "${stranger}", which is not ${known}`)
  }
  if (Object.values(join).some((name) => typeof name !== "string" || name.trim() === "")) {
    return invalid("join", "must give each bucket a name")
  }
  const figures = Object.values(limits).flatMap((each) => Object.values(each).filter((figure) => figure !== undefined))
  return figures.every(isCount) ? Effect.void : invalid("limits", "must be whole numbers of at least 1")
}

const make = (
  options: RateLimitsOptions
): Effect.Effect<RateLimitsService, ConfigError.ConfigError, RateLimitStore | Scope.Scope> =>
  Effect.gen(function*() {
    yield* check(options)
    const { join = {}, limits = {}, onWait } = options
    const store = yield* RateLimitStore
    const scope = yield* Effect.scope
    const all = new Map<string, Turns.Turns>()
    // A call of one account can make room for those of others of its app.
    const ofApps = new Map<string, Array<Turns.Turns>>()

    const turns: RateLimitsService["turns"] = (account, app, name) => {
      const bucket = join[name] ?? name
      const key = JSON.stringify([account, bucket])
      const known = all.get(key)
      if (known !== undefined) return known
      const ofApp = JSON.stringify([app, bucket])
      const neighbours = ofApps.get(ofApp) ?? []
      const made: Turns.Turns = Turns.make({
        account,
        app,
        bucket,
        key,
        limits: { ...Buckets.published[name], ...limits[name] },
        store,
        scope,
        onWait: (waiter, turn) => told(waiter, turn, account, bucket),
        neighbours
      })
      all.set(key, made)
      neighbours.push(made)
      ofApps.set(ofApp, neighbours)
      return made
    }

    // A program that stands still for minutes, and does not say why, is taken for one that hangs.
    const announced = new Map<string, number>()
    const announce = ({ account, bucket, method, route, until, window }: Wait) =>
      Effect.suspend(() => {
        const [key, at] = [JSON.stringify([account, bucket]), until.epochMillis]
        if (announced.get(key) === at) return Effect.void
        announced.set(key, at)
        const why = window === "unknown" ? "X allows no more calls" : `X's limit of ${window} is used up`
        return Effect.logInfo(`${method} ${route}: ${why}, so calls wait until ${DateTime.formatIso(until)}`)
      })

    const told: (waiter: Line.Waiter, turn: Line.Later, account: string, bucket: string) => Effect.Effect<void> = (
      { call, toldAt },
      { at, window },
      account,
      bucket
    ) => {
      const { method, route } = call
      const counted = toldAt === undefined ? Metric.increment(waits) : Effect.void
      const until = DateTime.unsafeMake(at)
      const wait = { method, route, account, bucket, window, until }
      // Whoever is told may take its time; the line does not wait for it.
      const telling = onWait === undefined ? announce(wait) : Effect.forkIn(onWait(wait), scope)
      return Effect.zipRight(counted, Effect.asVoid(telling))
    }

    const status = Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.forEach([...all.values()], (each) => Effect.map(each.state, (state) => statusOf(each, state, now))))

    return { turns, status }
  })

const statusOf = (
  { account, app, bucket, limits, waiting }: Turns.Turns,
  { app: ofApp, user }: Turns.State,
  now: number
): BucketStatus => {
  const window = (name: Buckets.CountedWindow): ReadonlyArray<WindowStatus> => {
    const bucket = ofApp?.windows[name] === undefined ? user : ofApp
    const known = bucket.windows[name]
    const limit = known?.limit ?? Buckets.limitOf(limits, name)
    if (limit === undefined) return []
    const { endsAt = 0, told = false } = known ?? {}
    const remaining = known === undefined ? limit : Bucket.remaining(known, bucket)
    return endsAt > now
      ? [{ window: name, limit, remaining, resetsAt: DateTime.unsafeMake(endsAt), told }]
      : [{ window: name, limit, remaining: limit, resetsAt: undefined, told }]
  }
  return {
    account,
    app,
    bucket,
    counted: user.counted,
    windows: Bucket.allWindows.flatMap(window),
    inFlight: user.inFlight,
    waiting: waiting(),
    closedUntil: user.closedUntil > now ? DateTime.unsafeMake(user.closedUntil) : undefined
  }
}
