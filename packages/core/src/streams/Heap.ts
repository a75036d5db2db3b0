/**
 * The sources of a merge by their heads: which of them is next.
 *
 * @since 0.1.0
 */
import type * as Chunk from "effect/Chunk"
import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"

/**
 * What can be merged: it has an id by which it is ordered.
 *
 * @since 0.1.0
 */
export interface Identified {
  readonly id: string
}

/**
 * A source with its chunk and the place of its head in it.
 *
 * @since 0.1.0
 */
export class Source<A extends Identified, E, R> {
  chunk: ReadonlyArray<A> = []
  at = 0
  /** The id of the head, which comparisons ask for again and again. */
  id = ""
  constructor(
    /** Gives the next chunk, or that there is none. */
    readonly pull: Effect.Effect<Either.Either<Chunk.Chunk<A>, unknown>, E, R>,
    readonly index: number
  ) {}

  /** Goes to a place in the chunk; says whether there is a head. */
  moveTo(at: number): boolean {
    this.at = at
    const head = this.chunk[at]
    this.id = head === undefined ? "" : head.id
    return head !== undefined
  }
}

/**
 * Whether an id comes before another in the order of the merge.
 *
 * @since 0.1.0
 */
export type Before = (a: string, b: string) => boolean

/**
 * A binary heap of the sources by their heads.
 *
 * @since 0.1.0
 */
export class Heap<A extends Identified, E, R> {
  readonly sources: Array<Source<A, E, R>> = []
  constructor(readonly before: Before) {}

  push(source: Source<A, E, R>): void {
    this.rise(this.sources.length, source)
  }

  /**
   * Puts the first source where its new head belongs: the hole goes down to a
   * leaf and the source rises from there, for that is near where it will stay.
   */
  settle(): void {
    const { before, sources } = this
    const source = sources[0]!
    const count = sources.length
    let hole = 0
    for (let child = 1; child < count; child = 2 * hole + 1) {
      if (child + 1 < count && before(sources[child + 1]!.id, sources[child]!.id)) child++
      sources[hole] = sources[child]!
      hole = child
    }
    this.rise(hole, source)
  }

  removeFirst(): void {
    const last = this.sources.pop()!
    if (this.sources.length === 0) return
    this.sources[0] = last
    this.settle()
  }

  private rise(from: number, source: Source<A, E, R>): void {
    const { before, sources } = this
    let i = from
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!before(source.id, sources[parent]!.id)) break
      sources[i] = sources[parent]!
      i = parent
    }
    sources[i] = source
  }
}
