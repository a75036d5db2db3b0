/**
 * How to be live.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Stream from "effect/Stream"
import type { DmEvent } from "../model/DmEvent.js"
import type { InvalidInput } from "../protocol/Errors.js"
import * as Checks from "./Checks.js"
import * as Options from "./FollowOptions.js"
import type { Health } from "./Health.js"

/**
 * How a source tells whether it can be relied on.
 *
 * @since 0.1.0
 */
export interface Line {
  /** It delivers from now on; what came before may be lost, so it is read. */
  readonly connected: Effect.Effect<void>
  /** It delivers, but something may have been lost just now, so it is read. */
  readonly doubtful: Effect.Effect<void>
  /** It does not deliver until it says otherwise. */
  readonly disconnected: Effect.Effect<void>
}

/**
 * What delivers events: X's activity stream, a webhook, or anything else. Its
 * deliveries may be lost, doubled and out of order. It counts as connected from
 * the start until it says otherwise; one that fails or ends is done without.
 *
 * @since 0.1.0
 */
export interface LiveSource<R = never> {
  /** Names it in the health. */
  readonly name: string
  readonly events: (line: Line) => Stream.Stream<DmEvent, unknown, R>
}

/**
 * How a live stream is: as a follower's health, and what its sources do.
 *
 * @since 0.1.0
 */
export type LiveHealth =
  | Health
  | { readonly _tag: "Connected"; readonly at: DateTime.Utc; readonly source: string }
  | { readonly _tag: "Disconnected"; readonly at: DateTime.Utc; readonly source: string }
  | { readonly _tag: "Ended"; readonly at: DateTime.Utc; readonly source: string; readonly problem: string | undefined }

/**
 * How to be live.
 *
 * @since 0.1.0
 */
export interface LiveOptions<R = never> extends Omit<Options.FollowOptions, "every" | "onHealth"> {
  /** What delivers; with none at all, it is a follower. */
  readonly sources: ReadonlyArray<LiveSource<R>>
  /**
   * `"arrival"` (default): an event is given when it is delivered, and one that
   * was lost when it is found, after newer ones perhaps. `"exact"`: a delivery
   * only says that it is time to look, and events are given as they are read, in
   * the exact order of their ids.
   */
  readonly order?: "arrival" | "exact" | undefined
  /** How long a delivered event waits for those that belong before it. Default 20 milliseconds. */
  readonly settle?: Duration.DurationInput | undefined
  /** How long from one look to the next while a source is connected: for what nobody delivered. Default 5 minutes. */
  readonly every?: Duration.DurationInput | undefined
  /** Told of every look, failure and gap, and of what the sources do. */
  readonly onHealth?: ((health: LiveHealth) => Effect.Effect<void>) | undefined
}

/**
 * As {@link LiveOptions}, with a place to go on from after a restart.
 *
 * @since 0.1.0
 */
export interface CheckpointedOptions<R = never>
  extends LiveOptions<R>, Pick<Options.CheckpointedOptions, "checkpoint" | "commitEvery" | "commitWithin">
{}

/** @since 0.1.0 */
export type AnyOptions<R> = LiveOptions<R> | CheckpointedOptions<R>

/**
 * The options of the follower that reads behind the sources.
 *
 * @since 0.1.0
 */
export const following = <R>(
  { every: _every, onHealth: _health, order: _order, settle: _settle, sources: _sources, ...options }: AnyOptions<R>
): Options.FollowOptions => options

/** @since 0.1.0 */
export interface Settings {
  readonly settings: Options.Settings
  readonly settleMillis: number
  readonly everyMillis: number
  readonly isExact: boolean
}

/** @since 0.1.0 */
export const settings = <R>(options: AnyOptions<R>): Either.Either<Settings, InvalidInput> => {
  const { every = "5 minutes", order = "arrival", settle = "20 millis" } = options
  return Either.all({
    settings: Options.settings(following(options)),
    settleMillis: Checks.milliseconds("settle", settle),
    everyMillis: Checks.milliseconds("every", every),
    isExact: order === "arrival" || order === "exact"
      ? Either.right(order === "exact")
      : Checks.refuse("order", "must be \"arrival\" or \"exact\"", order)
  })
}
