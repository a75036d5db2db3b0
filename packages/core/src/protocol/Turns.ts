/**
 * The turns of one account's calls in one bucket: taken before a call, and
 * given up with its answer.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Bucket from "./Bucket.js"
import * as BucketEnds from "./BucketEnds.js"
import type { Limits } from "./Buckets.js"
import type { Call, RateLimited } from "./Errors.js"
import type { RawAnswer } from "./Failure.js"
import * as Immediate from "./Immediate.js"
import * as Line from "./Line.js"
import * as Now from "./Now.js"
import type { Restore } from "./Permits.js"
import * as RateLimitHeaders from "./RateLimitHeaders.js"
import type { RateLimitStoreService } from "./RateLimitStore.js"

/**
 * What is known of a bucket: of the account's own, and of that which it shares
 * with the other accounts of its app, if X counts those.
 *
 * @since 0.1.0
 */
export interface State {
  readonly user: Bucket.Bucket
  readonly app: Bucket.Bucket | undefined
}

/**
 * What a call is given whose turn has come.
 *
 * @since 0.1.0
 */
export interface Turn {
  readonly onAnswer: (answer: RawAnswer) => Effect.Effect<void>
  readonly restore: Restore
}

/** @since 0.1.0 */
export interface Turns {
  readonly account: string
  readonly app: string
  readonly bucket: string
  readonly limits: Limits
  /**
   * Makes a call when its turn has come. Nothing interrupts it but where it
   * says so. `ticket` is the place in the line, lowest first.
   */
  readonly inTurn: <A, E, R>(
    call: Call,
    ticket: number,
    deadline: number,
    use: (turn: Turn) => Effect.Effect<A, E, R>,
    wasSent: (error: E) => boolean
  ) => Effect.Effect<A, E | RateLimited, R>
  /** A place at the end of the line. */
  readonly nextTicket: () => number
  readonly state: Effect.Effect<State>
  /** The pause between two calls, in milliseconds, that spreads those which are left evenly over their time. */
  readonly pace: Effect.Effect<number>
  readonly waiting: () => number
  readonly advance: Effect.Effect<void>
}

/** @since 0.1.0 */
export interface Means extends Pick<Turns, "account" | "app" | "bucket" | "limits"> {
  readonly key: string
  readonly store: RateLimitStoreService
  readonly scope: Scope.Scope
  readonly onWait: Line.Means["onWait"]
  /** All turns of the same bucket of the app, these among them. */
  readonly neighbours: ReadonlyArray<Turns>
}

const returned = (bucket: Bucket.Bucket): readonly [void, Bucket.Bucket] => [
  undefined,
  { ...bucket, inFlight: Math.max(0, bucket.inFlight - 1) }
]

/** The span of a call says how long it waited, and for which window. */
const waited = (wait: ReturnType<Line.Line["wait"]>): Effect.Effect<void, RateLimited> =>
  Effect.flatMap(Effect.timed(wait), ([duration, window]) =>
    Effect.annotateCurrentSpan({
      "x.rate_limit.waited_ms": Duration.toMillis(duration),
      ...(window === undefined ? undefined : { "x.rate_limit.window": window })
    }))

/** @since 0.1.0 */
export const make = (means: Means): Turns => {
  const { account, app, bucket, key, limits, neighbours, onWait, scope, store } = means
  const shared = limits.appDay !== undefined
  const appKey = JSON.stringify(["app", app, bucket])

  /** For effects that are under way: a store in memory makes the change at once. */
  const modify: RateLimitStoreService["modify"] = (key, change) =>
    store.unsafeModify === undefined ? store.modify(key, change) : Exit.succeed(store.unsafeModify(key, change))

  const take = Now.at((now): Effect.Effect<Bucket.Turn> => {
    const taken = (state: Bucket.Bucket) => Bucket.take(state, now)
    return Immediate.flatMap(modify(key, taken), (turn): Effect.Effect<Bucket.Turn> => {
      if (turn._tag !== "Now" || !shared) return Exit.succeed(turn)
      return Immediate.flatMap(
        modify(appKey, taken),
        (turn): Effect.Effect<Bucket.Turn> =>
          turn._tag === "Now" ? Exit.succeed(turn) : Effect.as(store.modify(key, returned), turn)
      )
    })
  })

  const giveBack = shared
    ? Effect.zipRight(store.modify(key, returned), store.modify(appKey, returned))
    : store.modify(key, returned)

  const line = Line.make({ bucket, scope, take, giveBack, onWait })

  /** Who waits may go on now: here, and elsewhere if the app's calls are counted together. */
  const advance = (): Effect.Effect<void> => {
    const waiting = (shared ? neighbours : [turns]).filter((each) => each.waiting() > 0)
    return waiting.length === 0 ? Effect.void : Effect.forEach(waiting, (each) => each.advance, { discard: true })
  }

  /** Each owner's bucket changed by what became of a call. */
  const settle = (change: (state: Bucket.Bucket, owner: Bucket.Owner) => Bucket.Bucket): Effect.Effect<void> => {
    const changed = (key: string, owner: Bucket.Owner) => modify(key, (state) => [undefined, change(state, owner)])
    const own = changed(key, "user")
    const both = shared ? Immediate.flatMap(own, () => changed(appKey, "app")) : own
    return Immediate.flatMap(both, advance)
  }

  const inTurn: Turns["inTurn"] = (call, ticket, deadline, use, wasSent) =>
    Effect.uninterruptibleMask((restore) => {
      const queued = Effect.suspend(() => waited(restore(line.wait(call, ticket, deadline))))
      const made = Now.at((leftAt) => {
        let isAnswered = false
        const onAnswer = (answer: RawAnswer) =>
          Now.at((now) => {
            isAnswered = true
            const told = RateLimitHeaders.told(answer, now)
            return settle((state, owner) => BucketEnds.answered(state, owner, limits, told, leftAt, now))
          })
        return Effect.catchAllCause(use({ onAnswer, restore }), (cause) => {
          if (isAnswered) return Effect.failCause(cause)
          const sent = !(cause._tag === "Fail" && !wasSent(cause.error))
          const settled = Now.at((now) =>
            settle((state, owner) => BucketEnds.unanswered(state, owner, limits, sent, now))
          )
          return Effect.zipRight(settled, Effect.failCause(cause))
        })
      })
      return line.size() > 0
        ? Effect.zipRight(queued, made)
        : Effect.flatMap(take, (turn) => turn._tag === "Now" ? made : Effect.zipRight(queued, made))
    })

  const state: Turns["state"] = Effect.all({
    user: store.modify(key, (bucket) => [bucket, bucket]),
    app: shared ? store.modify(appKey, (bucket) => [bucket, bucket]) : Effect.succeed(undefined)
  })

  const pace = Now.at((now) =>
    Effect.map(
      state,
      ({ app, user }) =>
        Math.max(Bucket.pace(user, "user", limits, now), app === undefined ? 0 : Bucket.pace(app, "app", limits, now))
    )
  )

  let tickets = 0
  const turns: Turns = {
    account,
    app,
    bucket,
    limits,
    inTurn,
    nextTicket: () => tickets++,
    state,
    pace,
    advance: line.advance,
    waiting: line.size
  }
  return turns
}
