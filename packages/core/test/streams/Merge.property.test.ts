import { expect } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import { DirectMessages } from "../../src/DirectMessages.js"
import * as Merge from "../../src/streams/Merge.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { property } from "../support/property.js"
import { atNoon, conversation, held, listed, runs, small, user } from "./support.js"

/** A source: its events, newest first, in chunks of these sizes, and where it fails, if it does. */
const source = FastCheck.record({
  ids: FastCheck.array(FastCheck.integer({ min: 1, max: 120 }), { maxLength: 25 }),
  chunks: FastCheck.array(FastCheck.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
  fails: FastCheck.option(FastCheck.integer({ min: 0, max: 10 }), { nil: undefined, freq: 3 })
})

interface Item {
  readonly id: string
}

const toStream = (sorted: ReadonlyArray<number>, sizes: ReadonlyArray<number>): Stream.Stream<Item, string> => {
  const rest = sorted.map((id) => ({ id: String(id) }))
  const chunks: Array<Chunk.Chunk<Item>> = []
  for (let n = 0; rest.length > 0; n++) {
    const size = sizes[n % sizes.length]!
    // All sizes may be 0; then the source is one chunk.
    chunks.push(Chunk.unsafeFromArray(rest.splice(0, n > 50 ? rest.length : size)))
  }
  return Stream.fromChunks(...chunks)
}

const directions = [["newestFirst", Merge.newestFirst, -1], ["oldestFirst", Merge.oldestFirst, 1]] as const
for (const [direction, merge, sign] of directions) {
  property(
    `${direction} is the union of its sources, sorted, each event once; those that fail drop out`,
    { sources: FastCheck.array(source, { maxLength: 8 }), concurrency: FastCheck.integer({ min: 1, max: 4 }) },
    ({ concurrency, sources }) =>
      Effect.gen(function*() {
        const order = (a: number, b: number) => sign * (a - b)
        const given = sources.map(({ fails, ids }) => ids.toSorted(order).slice(0, fails ?? ids.length))
        const failures: Array<number> = []
        const streams = sources.map(({ chunks, fails }, n) =>
          fails === undefined
            ? toStream(given[n]!, chunks)
            : Stream.concat(toStream(given[n]!, chunks), Stream.fail("broken"))
        )
        const union = [...new Set(given.flat())].toSorted(order).map(String)
        const merged = merge(streams, {
          concurrency,
          onSourceFailure: ({ index }) => Effect.sync(() => failures.push(index))
        })
        expect(yield* listed(merged)).toEqual(union)
        const failing = sources.flatMap(({ fails }, n) => fails === undefined ? [] : [n])
        expect(failures.toSorted((a, b) => a - b)).toEqual(failing)
        // Without leave to drop out, the first that fails ends the merge, after what is surely before it.
        const strict: Array<string> = []
        const end = yield* merge(streams, { concurrency }).pipe(
          Stream.runForEach(({ id }) => Effect.sync(() => strict.push(id))),
          Effect.either
        )
        expect(end._tag).toBe(failing.length === 0 ? "Right" : "Left")
        expect(strict).toEqual(union.slice(0, strict.length))
      }),
    { runs, timeout: 120_000 }
  )
}

property(
  "a merge of listings is what the server holds, whichever of them overlap, and first pages are all that it begins with",
  {
    counts: FastCheck.array(FastCheck.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }),
    pageSize: FastCheck.integer({ min: 1, max: 4 }),
    extra: FastCheck.subarray(["all", "participants", "twice"] as const),
    emptyPages: FastCheck.constantFrom(0, 0, 0.3),
    seed: FastCheck.integer()
  },
  ({ counts, emptyPages, extra, pageSize, seed }) =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      const peers = counts.map((_, n) => n + 2)
      const rooms = peers.map((peer) => events.conversation(conversation(`1-${peer}`), { pageSize }))
      const streams = [
        ...rooms,
        ...(extra.includes("all") ? [events.all({ pageSize })] : []),
        ...(extra.includes("participants") ? peers.map((peer) => events.participant(user(String(peer)))) : []),
        ...(extra.includes("twice") ? rooms : [])
      ]
      yield* Stream.runHead(Merge.newestFirst(streams))
      expect(yield* emulator.requestCount()).toBe(streams.length)
      if (emptyPages > 0) yield* emulator.inject(Faults.emptyPage, { probability: emptyPages, seed })
      expect(yield* listed(Merge.newestFirst(streams))).toEqual(yield* held())
    }).pipe((test) => atNoon({ world: small(...counts) })(test)),
  { runs, timeout: 120_000 }
)
