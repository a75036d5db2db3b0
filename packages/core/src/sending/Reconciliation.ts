/**
 * Finds out what became of a send: looks for its message, and sends it again
 * if it is not there.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Created } from "../endpoints/Created.js"
import type { EventId } from "../model/Ids.js"
import * as Snowflake from "../model/Snowflake.js"
import { finiteMillis } from "../protocol/Durations.js"
import { type Attempted, InvalidInput, type ReadError, type SendError, SendOutcomeUnknown } from "../protocol/Errors.js"
import type { Ledger } from "./Ledger.js"
import type { Search } from "./Search.js"

/**
 * How far to go to find out what became of a message. All of it has a default.
 *
 * @since 0.1.0
 */
export interface ReconcileOptions {
  /** How long X may take to show a message that it has taken: the time before each look. Default 5 seconds. */
  readonly settle?: Duration.DurationInput | undefined
  /** How far the clocks may differ: how much older than the attempt its message may seem. Default 10 seconds. */
  readonly skew?: Duration.DurationInput | undefined
  /** How often to send the message again at most, 0 and more; 0 only looks. Default 10. */
  readonly resend?: number | undefined
  /** How long to go on with looks that fail in ways that may pass. Default 1 hour. */
  readonly within?: Duration.DurationInput | undefined
  /** An event of the conversation that the message must be newer than. Default: none. */
  readonly after?: EventId | undefined
}

const reconciliations = Metric.counter("xdm_reconciliations", {
  description: "Looks for messages of which nobody knew whether they were sent",
  incremental: true
})

const call = { method: "POST", route: "(a send)" }

/** @since 0.1.0 */
export const invalid = (parameter: string, rule: string, value: unknown) =>
  new InvalidInput({ ...call, parameter, rule, value: String(value).slice(0, 100) })

const durations = { settle: 5_000, skew: 10_000, within: 60 * 60_000 }

/**
 * The options with their defaults, or what is wrong with them.
 *
 * @since 0.1.0
 */
export const checked = (options: ReconcileOptions) =>
  Effect.gen(function*() {
    const millis = { ...durations }
    for (const name of ["settle", "skew", "within"] as const) {
      const given = options[name]
      const found = given === undefined ? durations[name] : finiteMillis(given)
      if (found === undefined) return yield* invalid(name, "must be a finite duration longer than nothing", given)
      millis[name] = found
    }
    const { after, resend = 10 } = options
    if (!Number.isInteger(resend) || resend < 0) {
      return yield* invalid("resend", "must be a whole number of at least 0", resend)
    }
    return { ...millis, resend, after }
  })

type Bounds = Effect.Effect.Success<ReturnType<typeof checked>>

const mayPass = ({ _tag }: ReadError): boolean =>
  _tag === "ServerFailure" || _tag === "Unreachable" || _tag === "TimedOut" || _tag === "UnexpectedResponse" ||
  _tag === "RateLimited" || _tag === "RefreshFailed"

const longestPause = 60_000

/**
 * What a reconciliation is made with: a way to look, what is known of whose
 * events are whose, and a way to send again.
 *
 * @since 0.1.0
 */
export interface Means {
  readonly search: Search
  readonly ledger: Ledger
  /** Told of each message that proves to have been sent. */
  readonly onFound: Effect.Effect<void>
  readonly send: (to: Attempted["to"], message: Attempted["message"]) => Effect.Effect<Created, SendError>
}

/** @since 0.1.0 */
export const make = ({ ledger, onFound, search, send }: Means) => {
  /** The message of an attempt, if it is there and no other send's. */
  const look = (attempted: Attempted, { after, skew }: Bounds): Effect.Effect<Created | undefined, ReadError> =>
    Effect.flatMap(search(attempted, skew), (found) =>
      Effect.flatMap(ledger.othersEnd(attempted.message), () => {
        const own = found.find(({ id }) => (after === undefined || Snowflake.order(id, after) > 0) && ledger.claim(id))
        return own?.dmConversationId === undefined
          ? Effect.succeed(undefined)
          : Effect.as(onFound, { dmConversationId: own.dmConversationId, dmEventId: own.id })
      }))

  /** Looks until a look succeeds, with growing pauses. */
  const patiently = (attempted: Attempted, bounds: Bounds, deadline: number, pause: number): ReturnType<typeof look> =>
    Effect.zipRight(Effect.sleep(pause), Metric.increment(reconciliations)).pipe(
      Effect.zipRight(look(attempted, bounds)),
      Effect.catchAll((error) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          mayPass(error) && now < deadline
            ? patiently(attempted, bounds, deadline, Math.min(pause * 2, longestPause))
            : Effect.fail(error))
      )
    )

  const resolve = (
    unknown: SendOutcomeUnknown,
    bounds: Bounds,
    deadline: number,
    resends: number
  ): Effect.Effect<Created, SendError> => {
    const { attempted, method, reason, route } = unknown
    return patiently(attempted, bounds, deadline, bounds.settle).pipe(
      Effect.mapError((unresolved) => new SendOutcomeUnknown({ method, route, reason, attempted, unresolved })),
      Effect.flatMap((found) => {
        if (found !== undefined) return Effect.succeed(found)
        if (resends === 0) return Effect.fail(unknown)
        return Effect.catchTag(send(attempted.to, attempted.message), "SendOutcomeUnknown", (again) =>
          // From the first attempt on: what became of that may show late.
          resolve(
            new SendOutcomeUnknown({ ...again, method, route, reason: again.reason, attempted }),
            bounds,
            deadline,
            resends - 1
          ))
      })
    )
  }

  const reconcile = (unknown: SendOutcomeUnknown, options: ReconcileOptions = {}): Effect.Effect<Created, SendError> =>
    Effect.flatMap(
      checked(options),
      (bounds) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => resolve(unknown, bounds, now + bounds.within, bounds.resend))
    )

  const find = (attempted: Attempted, options: ReconcileOptions = {}): Effect.Effect<Created | undefined, ReadError> =>
    Effect.flatMap(
      checked(options),
      (bounds) =>
        Effect.flatMap(
          Clock.currentTimeMillis,
          (now) => patiently(attempted, bounds, now + bounds.within, bounds.settle)
        )
    )

  return { reconcile, find }
}
