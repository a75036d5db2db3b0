/**
 * The sources of a merge by their heads: which of them is next.
 *
 * @since 0.1.0
 */
import { type Chunk, toReadonlyArray } from "effect/Chunk"
import type { Pull } from "./Pulls.js"

/**
 * What can be merged: it has an id by which it is ordered.
 *
 * @since 0.1.0
 */
export interface Identified {
  readonly id: string
}

/**
 * A source with what it has given and is not used up.
 *
 * @since 0.1.0
 */
export class Source<A extends Identified, E, R> {
  /** Last first, so that what is taken is let go of at once: it may be the most that a program holds. */
  private rest: Array<A> = []
  head: A | undefined
  /** The id of the head, which comparisons ask for again and again; that of the last one, once there is none. */
  id = ""
  constructor(
    readonly pull: Pull<A, E, R>,
    readonly index: number,
    private readonly before: Before
  ) {}

  /** Takes in a chunk; says whether there is a head. */
  fill(chunk: Chunk<A>): boolean {
    this.rest = toReadonlyArray(chunk).toReversed()
    return this.next()
  }

  /** Goes on to the next head; says whether there is one. */
  next(): boolean {
    this.head = this.rest.pop()
    if (this.head === undefined) return false
    const { id } = this.head
    if (this.id !== "" && this.before(id, this.id)) {
      throw new Error(
        `source ${this.index} of the merge is not in its order: it gave ${this.id}, and then ${id}. ` +
          "newestFirst takes sources that are newest first, oldestFirst those that are oldest first."
      )
    }
    this.id = id
    return true
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
