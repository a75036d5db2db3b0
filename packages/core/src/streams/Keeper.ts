/**
 * What a follower has given, what of it was taken, and what is kept of that.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Option from "effect/Option"
import type { EventId } from "../model/Ids.js"
import type { CheckpointFailed } from "./Checkpoint.js"

/**
 * Where a follower is kept, and when it is written there.
 *
 * @since 0.1.0
 */
export interface Keeper {
  readonly load: Effect.Effect<Option.Option<EventId>, CheckpointFailed>
  readonly save: (last: EventId) => Effect.Effect<void, CheckpointFailed>
  /** After how many events. */
  readonly every: number
  readonly withinMillis: number
}

/** @since 0.1.0 */
export const makeLog = (keeper: Keeper | undefined) =>
  Effect.gen(function*() {
    let given: EventId | undefined
    let taken: EventId | undefined
    let kept: EventId | undefined
    let uncommitted = 0
    let committedAt = yield* Clock.currentTimeMillis

    const commit = (id: EventId | undefined) =>
      Effect.suspend(() => keeper === undefined || id === undefined || id === kept ? Effect.void : keeper.save(id))
        .pipe(
          Effect.zipRight(Clock.currentTimeMillis),
          Effect.map((now) => {
            kept = id ?? kept
            uncommitted = 0
            committedAt = now
          })
        )

    yield* Effect.addFinalizer((exit) =>
      // In an orderly end the last event was taken too; after a failure that is not known.
      Effect.catchAll(commit(Exit.isSuccess(exit) ? given : taken), (error) => Effect.logWarning(error.message))
    )

    return {
      commit,
      given: (id: EventId | undefined) => {
        given = id
      },
      /** The consumer came back, so it has taken what it was given. */
      taken: Effect.suspend(() => {
        if (given === undefined || given === taken) return Effect.void
        taken = given
        uncommitted++
        return Effect.flatMap(Clock.currentTimeMillis, (now) =>
          keeper !== undefined && (uncommitted >= keeper.every || now - committedAt >= keeper.withinMillis)
            ? commit(taken)
            : Effect.void)
      }),
      /** Nothing is left to give. */
      idle: Effect.suspend(() =>
        commit(taken)
      )
    }
  })
