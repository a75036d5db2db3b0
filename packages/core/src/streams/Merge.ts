/**
 * Many sorted streams of events as one: each event once, in exact order, and
 * no page asked for but of the source whose turn it is.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { DmEvent } from "../model/DmEvent.js"
import type { ConversationId } from "../model/Ids.js"
import * as Snowflake from "../model/Snowflake.js"
import * as Checks from "./Checks.js"
import type { Events } from "./Events.js"
import { type Before, Heap, type Identified, Source } from "./Heap.js"
import type { ListingOptions, ListingStopped } from "./Listing.js"

/**
 * A source of a merge failed: which, by its place and its name, and why.
 *
 * @since 0.1.0
 */
export class SourceFailed<E> extends Data.TaggedError("SourceFailed")<{
  readonly index: number
  readonly source: string
  readonly reason: unknown
}> {
  declare readonly reason: E
  override get message(): string {
    const why = this.reason instanceof Error ? this.reason.message : String(this.reason)
    return `source ${this.source} of the merge failed: ${why}`
  }
}

/**
 * How to merge.
 *
 * @since 0.1.0
 */
export interface MergeOptions {
  /** How many sources to ask for their first chunk at once, 1 and more. Default 8. */
  readonly concurrency?: number | undefined
  /** What to call the sources in errors. Default: their places, from "0". */
  readonly names?: ReadonlyArray<string> | undefined
}

/**
 * As {@link MergeOptions}, for a merge that goes on without a source that
 * failed.
 *
 * @since 0.1.0
 */
export interface DroppingOptions<E, R> extends MergeOptions {
  /** Told of each source that failed; the others go on. */
  readonly onSourceFailure: (failure: SourceFailed<E>) => Effect.Effect<void, never, R>
}

/** @since 0.1.0 */
export interface Merge {
  <A extends Identified, E, R>(
    streams: Iterable<Stream.Stream<A, E, R>>,
    options?: MergeOptions & { readonly onSourceFailure?: never }
  ): Stream.Stream<A, SourceFailed<E>, R>
  <A extends Identified, E, R, R2>(
    streams: Iterable<Stream.Stream<A, E, R>>,
    options: DroppingOptions<E, R2>
  ): Stream.Stream<A, never, R | R2>
}

/** The most that one chunk of the merge holds. */
const chunkSize = 512

/** Pulls until there is a head or the source has ended; says which. */
const refill = <A extends Identified, E, R>(source: Source<A, E, R>): Effect.Effect<boolean, E, R> =>
  source.pull.pipe(
    Effect.map((chunk) => {
      source.chunk = Chunk.toReadonlyArray(chunk)
      return source.moveTo(0)
    }),
    Effect.catchAll((end) => {
      source.chunk = []
      return Option.isSome(end) ? Effect.fail(end.value) : Effect.succeed(undefined)
    }),
    Effect.flatMap((filled) =>
      filled === false ? Effect.suspend(() => refill(source)) : Effect.succeed(filled === true)
    )
  )

const mergeBy = (before: Before): Merge =>
<A extends Identified, E, R, R2>(
  streams: Iterable<Stream.Stream<A, E, R>>,
  options: MergeOptions & { readonly onSourceFailure?: DroppingOptions<E, R2>["onSourceFailure"] | undefined } = {}
) => {
  const { concurrency = 8, names = [], onSourceFailure } = options
  const checked = Checks.wholeNumber("concurrency", concurrency, 1, Infinity)
  // A mistake in the program, not a failure of a source: a defect.
  if (Either.isLeft(checked)) return Stream.die(checked.left)
  const open = Effect.gen(function*() {
    const heap = new Heap<A, E, R>(before)
    /** The source whose chunk is used up: it is asked for more when more is asked of the merge, and not before. */
    let waiting: Source<A, E, R> | undefined
    let lastId: string | undefined

    const fill = (source: Source<A, E, R>) =>
      refill(source).pipe(
        Effect.mapError((reason) =>
          new SourceFailed<E>({ index: source.index, source: names[source.index] ?? String(source.index), reason })
        ),
        Effect.catchAll((failure) =>
          onSourceFailure === undefined ? Effect.fail(failure) : Effect.as(onSourceFailure(failure), false)
        ),
        Effect.map((filled) => {
          if (filled) heap.push(source)
        })
      )

    const drain = (): Chunk.Chunk<A> => {
      const output: Array<A> = []
      while (heap.sources.length > 0 && output.length < chunkSize) {
        const source = heap.sources[0]!
        // Equal ids stand side by side in the order, so the last one is enough to tell a duplicate.
        if (source.id !== lastId) output.push(source.chunk[source.at]!)
        lastId = source.id
        if (source.moveTo(source.at + 1)) heap.settle()
        else {
          heap.removeFirst()
          waiting = source
          break
        }
      }
      return Chunk.unsafeFromArray(output)
    }

    let started = false
    const start = Effect.forEach(
      streams,
      (stream, index) => Effect.flatMap(Stream.toPull(stream), (pull) => fill(new Source(pull, index))),
      { concurrency, discard: true }
    )
    const scope = yield* Effect.scope
    return Effect.gen(function*() {
      if (!started) {
        started = true
        yield* Scope.extend(start, scope)
      }
      if (waiting !== undefined) {
        const source = waiting
        waiting = undefined
        yield* fill(source)
      }
      if (heap.sources.length === 0) return yield* Effect.fail(Option.none())
      return drain()
    }).pipe(Effect.mapError((error) => Option.isOption(error) ? error : Option.some(error)))
  })
  // Whether a SourceFailed can get out depends on the options; the overloads of Merge say when.
  return Stream.fromPull(open) as Stream.Stream<A, never, R | R2>
}

/**
 * Merges streams that are newest first, as listings are, into one that is.
 * Of an event that is in several, one is given. Each source is asked for its
 * first chunk, a few at a time, and for another only when its turn has come:
 * the first 50 events of 200 conversations cost 200 requests.
 *
 * Memory: one chunk a source. 1 to 10,000 sources.
 *
 * @example
 * ```ts
 * import { type ConversationId, DirectMessages, Merge } from "@effect-xdm/core"
 * import { Effect, Stream } from "effect"
 *
 * const newestFifty = (a: ConversationId, b: ConversationId) =>
 *   Effect.gen(function*() {
 *     const { events } = yield* DirectMessages
 *     return yield* Merge.newestFirst([events.conversation(a), events.conversation(b)]).pipe(
 *       Stream.take(50),
 *       Stream.runCollect
 *     )
 *   })
 * ```
 *
 * @since 0.1.0
 */
export const newestFirst: Merge = mergeBy(Snowflake.isNewer)

/**
 * Merges streams that are oldest first, as an archive gives them, into one
 * that is. A stream that waits for its next event, as `follow` does, holds up
 * the others until it has one: the order cannot be known before.
 *
 * @example
 * ```ts
 * import { type DmEvent, Merge } from "@effect-xdm/core"
 * import { Stream } from "effect"
 *
 * const asTold = (a: ReadonlyArray<DmEvent.DmEvent>, b: ReadonlyArray<DmEvent.DmEvent>) =>
 *   Merge.oldestFirst([Stream.fromIterable(a), Stream.fromIterable(b)])
 * ```
 *
 * @since 0.1.0
 */
export const oldestFirst: Merge = mergeBy((a, b) => Snowflake.isNewer(b, a))

/**
 * The events of several conversations as one timeline, newest first. A failure
 * names the conversation. A `limit` is that of each conversation: for the
 * newest ten of all, take ten. To let a conversation drop out, or be taken up
 * again, merge the listings yourself with {@link newestFirst}.
 *
 * @example
 * ```ts
 * import { type ConversationId, DirectMessages, Merge } from "@effect-xdm/core"
 * import { Effect, Stream } from "effect"
 *
 * const timeline = (ids: ReadonlyArray<ConversationId>) =>
 *   Stream.unwrap(Effect.map(DirectMessages, (dm) => Merge.conversations(dm, ids, { until: "7 days" })))
 * ```
 *
 * @since 0.1.0
 */
export const conversations = (
  dm: { readonly events: Pick<Events, "conversation"> },
  ids: Iterable<ConversationId>,
  options: ListingOptions & Omit<MergeOptions, "names"> = {}
): Stream.Stream<DmEvent, SourceFailed<ListingStopped>> => {
  const { concurrency, ...listing } = options
  const names = [...new Set(ids)]
  return newestFirst(names.map((id) => dm.events.conversation(id, listing)), { concurrency, names })
}
