/**
 * Streams that an effect makes, at less cost.
 *
 * @since 0.1.0
 */
import * as Channel from "effect/Channel"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/**
 * As `Stream.unwrap`, which takes each chunk through a channel of its own:
 * that costs a page of a listing as much as all else that a stream does to it.
 *
 * @since 0.1.0
 */
export const unwrap = <A, E, R, E2, R2>(
  stream: Effect.Effect<Stream.Stream<A, E, R>, E2, R2>
): Stream.Stream<A, E | E2, R | R2> => Stream.fromChannel(Channel.unwrap(Effect.map(stream, Stream.toChannel)))
