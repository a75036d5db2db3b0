/**
 * How to follow.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Schedule from "effect/Schedule"
import * as Struct from "effect/Struct"
import type { EventId } from "../model/Ids.js"
import type { InvalidInput } from "../protocol/Errors.js"
import type { CheckpointFailed, CheckpointStoreService } from "./Checkpoint.js"
import * as Checks from "./Checks.js"
import type { Health } from "./Health.js"
import type { Keeper } from "./Keeper.js"
import type { ListingOptions, ListingStopped } from "./Listing.js"

/**
 * Where to begin: with what comes after this moment (`"now"`), after an event,
 * or at a time.
 *
 * @since 0.1.0
 */
export type Since = "now" | EventId | DateTime.DateTime

/**
 * How to follow.
 *
 * @since 0.1.0
 */
export interface FollowOptions extends Omit<ListingOptions, "until" | "limit" | "prefetch" | "resumeFrom" | "before"> {
  /** Where to begin; a checkpoint that was kept goes before it. Default `"now"`. */
  readonly since?: Since | undefined
  /**
   * How long from one look to the next, at least; a look at a slow consumer
   * waits for it. `"auto"` (default) is as often as X allows for ever: it spreads
   * the calls that are left evenly over their window, 15 in 15 minutes if X
   * tells nothing else, and slows down when others use them up.
   */
  readonly every?: Duration.DurationInput | "auto" | undefined
  /** The pauses after a look failed in a way that may pass. Default: 1 s doubling to 5 minutes, without end. */
  readonly retry?: Schedule.Schedule<unknown> | undefined
  /** How many events to read back at most to find the last known one, 1 and more. Default: all. */
  readonly catchUpLimit?: number | undefined
  /** Told of every look, every failure and every gap. */
  readonly onHealth?: ((health: Health) => Effect.Effect<void>) | undefined
}

/**
 * As {@link FollowOptions}, with a place to go on from after a restart. An
 * event counts as dealt with when the next one is asked for: so a
 * `Stream.buffer`, `mergeAll` or `mapEffect` with a concurrency belongs behind
 * the step that makes events safe, for what it holds is lost in a crash.
 *
 * @since 0.1.0
 */
export interface CheckpointedOptions extends FollowOptions {
  /** The name under which the last event that was dealt with is kept: one running follower a name. */
  readonly checkpoint: string
  /** How many events may pass before they are committed, 1 and more. Default 100. */
  readonly commitEvery?: number | undefined
  /** How much time may pass before they are committed. Default 5 seconds. */
  readonly commitWithin?: Duration.DurationInput | undefined
}

/**
 * What ends a follower: a failure that does not pass by itself, or more of
 * those that do than `retry` allows.
 *
 * @since 0.1.0
 */
export type FollowError = UnkeptError | CheckpointFailed

/**
 * What ends a follower without a checkpoint.
 *
 * @since 0.1.0
 */
export type UnkeptError = ListingStopped["reason"]

/**
 * Those options of a follower that its listings have.
 *
 * @since 0.1.0
 */
export const listingOptions = (options: FollowOptions & Partial<CheckpointedOptions>): ListingOptions =>
  Struct.omit(
    options,
    "catchUpLimit",
    "checkpoint",
    "commitEvery",
    "commitWithin",
    "every",
    "onHealth",
    "retry",
    "since"
  )

/**
 * The options of a follower, checked.
 *
 * @since 0.1.0
 */
export interface Settings {
  readonly since: Since
  readonly everyMillis: number | "auto"
  readonly catchUpLimit: number
}

/** @since 0.1.0 */
export const settings = (
  { catchUpLimit = Infinity, every = "auto", since = "now" }: FollowOptions
): Either.Either<Settings, InvalidInput> =>
  Either.all({
    since: since === "now" || DateTime.isDateTime(since) || Checks.isEventId(since)
      ? Either.right(since)
      : Checks.refuse("since", "must be \"now\", an event id or a DateTime", since),
    everyMillis: every === "auto" ? Either.right(every) : Checks.milliseconds("every", every),
    catchUpLimit: Checks.wholeNumber("catchUpLimit", catchUpLimit, 1, Infinity)
  })

/** @since 0.1.0 */
export const keeper = (
  store: CheckpointStoreService,
  { checkpoint, commitEvery = 100, commitWithin = "5 seconds" }: CheckpointedOptions
): Either.Either<Keeper, InvalidInput> =>
  checkpoint.trim() === ""
    ? Checks.refuse("checkpoint", "must be a name", checkpoint)
    : Either.map(
      Either.all({
        every: Checks.wholeNumber("commitEvery", commitEvery, 1, Infinity),
        withinMillis: Checks.milliseconds("commitWithin", commitWithin)
      }),
      (limits) => ({ ...limits, load: store.get(checkpoint), save: (last) => store.set(checkpoint, last) })
    )
