/**
 * What is new, from here on, for ever: oldest first, nothing twice and nothing
 * missed.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { DmEvent } from "../model/DmEvent.js"
import type { EventId } from "../model/Ids.js"
import * as Now from "../protocol/Now.js"
import * as CatchUp from "./CatchUp.js"
import { CheckpointStore } from "./Checkpoint.js"
import * as Options from "./FollowOptions.js"
import { makeReports } from "./Health.js"
import { type Keeper, makeLog } from "./Keeper.js"
import type { Source } from "./Listing.js"
import type { FetchPage } from "./Pages.js"

/**
 * Follows a source. With a keeper, an event is kept as dealt with once the
 * consumer has come back for the next one.
 */
const follow = (
  { fetch, pace }: Means,
  source: Source,
  options: Options.FollowOptions,
  keeper: Keeper | undefined
): Stream.Stream<DmEvent, Options.FollowError> =>
  Stream.fromPull(Effect.gen(function*() {
    const checked = Options.settings(options)
    if (Either.isLeft(checked)) return Effect.fail(Option.some(checked.left))
    const health = makeReports(options.onHealth ?? (() => Effect.void))
    const read = CatchUp.readBack(fetch, health, options)
    /** Newest first, so that the next one is at the end. */
    let queue: Array<DmEvent> = []
    let last: EventId | undefined
    let completeAt = 0
    let dueAt = 0
    const log = yield* makeLog(keeper)
    const { everyMillis } = checked.right
    const interval = everyMillis === "auto" ? pace(source) : Effect.succeed(everyMillis)

    const start = Effect.gen(function*() {
      const kept = keeper === undefined ? Option.none() : yield* keeper.load
      last = Option.isSome(kept) ? kept.value : yield* CatchUp.begin(checked.right.since, read, source, options)
      if (Option.isNone(kept)) yield* log.commit(last)
      // What is new since "now" is not there yet; what is new since an event may be.
      const now = yield* Clock.currentTimeMillis
      if (Option.isNone(kept) && checked.right.since === "now") {
        completeAt = now
        dueAt = now + (yield* interval)
      }
      return last
    })

    const look = Effect.gen(function*() {
      const from = last ?? (yield* start)
      yield* Now.sleepUntil(dueAt)
      const now = yield* Clock.currentTimeMillis
      queue = yield* CatchUp.newerThan({ last: from, completeAt }, read, source, options, checked.right, health)
      completeAt = now
      // By what is left after this look.
      dueAt = now + (yield* interval)
      last = queue[0]?.id ?? from
    })

    return Effect.gen(function*() {
      yield* log.taken
      while (queue.length === 0) {
        yield* log.idle
        yield* look
      }
      // One at a time where it matters which of them were taken.
      const events = keeper === undefined ? queue.splice(0).toReversed() : queue.splice(-1)
      log.given(events.at(-1)?.id)
      return Chunk.unsafeFromArray(events)
    }).pipe(Effect.mapError(Option.some))
  }))

/**
 * A follower of something, whose options `O` say whether it is kept.
 *
 * @since 0.1.0
 */
export interface Following<Arguments extends ReadonlyArray<unknown>> {
  (
    ...args: [...Arguments, options: Options.CheckpointedOptions]
  ): Stream.Stream<DmEvent, Options.FollowError, CheckpointStore>
  (
    ...args: [...Arguments, options?: Options.FollowOptions & { readonly checkpoint?: undefined }]
  ): Stream.Stream<DmEvent, Options.UnkeptError>
}

/** @since 0.1.0 */
export type AnyOptions = Options.FollowOptions | Options.CheckpointedOptions

/**
 * What following is done with: a way to fetch pages, and the pause between two
 * looks at a source, in milliseconds, that its rate limit allows for ever.
 *
 * @since 0.1.0
 */
export interface Means {
  readonly fetch: FetchPage
  readonly pace: (source: Source) => Effect.Effect<number>
}

/**
 * The followers over a way to fetch pages.
 *
 * @since 0.1.0
 */
export const make = (means: Means) => (source: Source, options: AnyOptions = {}): Stream.Stream<DmEvent> => {
  const followed = "checkpoint" in options && options.checkpoint !== undefined
    ? Stream.unwrap(Effect.map(CheckpointStore, (store) => {
      const keeper = Options.keeper(store, options)
      return Either.isLeft(keeper) ? Stream.fail(keeper.left) : follow(means, source, options, keeper.right)
    }))
    : follow(means, source, options, undefined)
  // What it needs and how it fails depends on the checkpoint, as the overloads of Following say.
  return followed as Stream.Stream<DmEvent>
}
