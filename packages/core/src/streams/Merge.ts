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
import * as Pulls from "./Pulls.js"
import { unwrap } from "./Unwrapped.js"

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

const mergeBy = (before: Before): Merge =>
<A extends Identified, E, R, R2>(
  streams: Iterable<Stream.Stream<A, E, R>>,
  options: MergeOptions & { readonly onSourceFailure?: DroppingOptions<E, R2>["onSourceFailure"] | undefined } = {}
) => {
  const { concurrency = 8, names = [], onSourceFailure } = options
  const checked = Checks.wholeNumber("concurrency", concurrency, 1, Infinity)
  // A mistake in the program, not a failure of a source: a defect.
  if (Either.isLeft(checked)) return Stream.die(checked.left)
  const failed = ({ index }: Source<A, E, R>, reason: E) => {
    const failure = new SourceFailed<E>({ index, source: names[index] ?? String(index), reason })
    return onSourceFailure === undefined ? Effect.fail(failure) : onSourceFailure(failure)
  }

  const merged = Effect.map(Scope.make(), (scope) => {
    const heap = new Heap<A, E, R>(before)
    /** The source whose chunk is used up: it is asked for more when more is asked of the merge, and not before. */
    let waiting: Source<A, E, R> | undefined
    let lastId: string | undefined

    /** Pulls until there is a head or the source has ended. */
    const fill = (source: Source<A, E, R>): Effect.Effect<void, SourceFailed<E>, R | R2> =>
      Effect.matchEffect(source.pull, {
        onFailure: (reason) => failed(source, reason),
        onSuccess: (pulled) => {
          if (Either.isLeft(pulled)) return Effect.void
          if (!source.fill(pulled.right)) return fill(source)
          heap.push(source)
          return Effect.void
        }
      })

    const drain = (): Chunk.Chunk<A> => {
      const output: Array<A> = []
      while (heap.sources.length > 0 && output.length < chunkSize) {
        const source = heap.sources[0]!
        // Equal ids stand side by side in the order, so the last one is enough to tell a duplicate.
        if (source.id !== lastId) output.push(source.head!)
        lastId = source.id
        if (source.next()) heap.settle()
        else {
          heap.removeFirst()
          waiting = source
          break
        }
      }
      return Chunk.unsafeFromArray(output)
    }

    type Filling = Effect.Effect<void, SourceFailed<E>, R | R2>
    const start: Filling = Scope.extend(
      Effect.forEach(
        streams,
        (stream, index) => Effect.flatMap(Pulls.of(stream), (pull) => fill(new Source(pull, index, before))),
        { concurrency, discard: true }
      ),
      scope
    )
    const refill: Filling = Effect.suspend(() => waiting === undefined ? Effect.void : fill(waiting))
    const given = () => {
      waiting = undefined
      const chunk = drain()
      return [chunk, waiting === undefined && heap.sources.length === 0 ? Option.none() : Option.some(refill)] as const
    }
    return Stream.ensuringWith(
      Stream.paginateChunkEffect(start, (filling) => Effect.map(filling, given)),
      (exit) => Scope.close(scope, exit)
    )
  })
  // Whether a SourceFailed can get out depends on the options; the overloads of Merge say when.
  return unwrap(merged) as Stream.Stream<A, never, R | R2>
}

/**
 * Merges streams that are newest first, as listings are, into one that is.
 * Of an event that is in several, one is given. Each source is asked for its
 * first chunk, a few at a time, and for another only when its turn has come:
 * the first 50 events of 200 conversations cost 200 requests.
 *
 * Memory: one chunk a source. 1 to 10,000 sources. A source that is not in the
 * order is a mistake of the program: the merge dies of it.
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
 * Merges streams that are oldest first, as an archive gives them when asked to,
 * into one that is. A stream that waits for its next event, as `follow` does, holds up
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

type OfConversations = ListingOptions & Pick<MergeOptions, "concurrency">

/**
 * The events of several conversations as one timeline, newest first. A failure
 * names the conversation; with `onSourceFailure` it drops out, and the others go
 * on. A `limit` is that of each conversation: for the newest ten of all, take
 * ten. To take a conversation up again, merge listings that do so with
 * {@link newestFirst}.
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
export function conversations(
  dm: { readonly events: Pick<Events, "conversation"> },
  ids: Iterable<ConversationId>,
  options?: OfConversations & { readonly onSourceFailure?: never }
): Stream.Stream<DmEvent, SourceFailed<ListingStopped>>
/** Without those that fail. @since 0.1.0 */
export function conversations<R>(
  dm: { readonly events: Pick<Events, "conversation"> },
  ids: Iterable<ConversationId>,
  options: OfConversations & Pick<DroppingOptions<ListingStopped, R>, "onSourceFailure">
): Stream.Stream<DmEvent, never, R>
export function conversations<R>(
  dm: { readonly events: Pick<Events, "conversation"> },
  ids: Iterable<ConversationId>,
  options: OfConversations & Partial<Pick<DroppingOptions<ListingStopped, R>, "onSourceFailure">> = {}
): Stream.Stream<DmEvent, SourceFailed<ListingStopped>, R> {
  const { concurrency, onSourceFailure, ...listing } = options
  const names = [...new Set(ids)]
  const listings = names.map((id) => dm.events.conversation(id, listing))
  return onSourceFailure === undefined
    ? newestFirst(listings, { concurrency, names })
    : newestFirst(listings, { concurrency, names, onSourceFailure })
}
