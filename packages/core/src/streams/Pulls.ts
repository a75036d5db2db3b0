/**
 * Streams as what gives their chunks one by one, and which of them know a way
 * of their own to be read so.
 *
 * @since 0.1.0
 */
import * as Channel from "effect/Channel"
import type * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/**
 * Gives the next chunk, or that there is none.
 *
 * @since 0.1.0
 */
export type Pull<A, E, R = never> = Effect.Effect<Either.Either<Chunk.Chunk<A>, unknown>, E, R>

const ended = Effect.succeed(Either.left(undefined))

/**
 * As `Stream.paginateChunkEffect`, with a step that has to be made first. What
 * failed or was interrupted is tried again by the next pull.
 *
 * @since 0.1.0
 */
export const paginate = <S, A, E>(
  start: S,
  makeStep: Effect.Effect<(state: S) => Effect.Effect<readonly [Chunk.Chunk<A>, Option.Option<S>], E>, E>
): Effect.Effect<Pull<A, E>> =>
  Effect.sync(() => {
    let next: Pull<A, E> = Effect.flatMap(makeStep, (step) => {
      const at = (state: S): Pull<A, E> =>
        Effect.map(step(state), ([chunk, after]) => {
          next = Option.isNone(after) ? ended : Effect.suspend(() => at(after.value))
          return Either.right(chunk)
        })
      return at(start)
    })
    return Effect.suspend(() => next)
  })

const pulls = new WeakMap<object, Effect.Effect<Pull<unknown, unknown>>>()

/**
 * The stream, with a quicker way to read it. A stream that is read through its
 * channel keeps the chunk that it gave last until it gives another; of a merge
 * of many, that is all that has been given and most of what it costs.
 *
 * @since 0.1.0
 */
export const withPull = <A, E>(stream: Stream.Stream<A, E>, pull: Effect.Effect<Pull<A, E>>): Stream.Stream<A, E> => {
  pulls.set(stream, pull)
  return stream
}

/**
 * How to pull a stream, by its own way if it has one.
 *
 * @since 0.1.0
 */
export const of = <A, E, R>(stream: Stream.Stream<A, E, R>): Effect.Effect<Pull<A, E, R>, never, R | Scope.Scope> =>
  // What was put there with this very stream has its types.
  (pulls.get(stream) as Effect.Effect<Pull<A, E, R>> | undefined) ?? Channel.toPull(Stream.toChannel(stream))
