import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { DirectMessages } from "../../src/DirectMessages.js"
import * as Merge from "../../src/streams/Merge.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { against, conversation, held, ids, listed, requestCount, small, user } from "./support.js"

const rooms = ["1-2", "1-3", "1-4", "1-5", "1-6", "1-7", "1-8"].map(conversation)
const inSeven = against({ world: small(40, 35, 30, 25, 20, 15, 10) })

interface Item {
  readonly id: string
}

/** A source in chunks that counts the chunks pulled of it and notes when it is released. */
const source = (chunks: ReadonlyArray<ReadonlyArray<number>>) => {
  const log = { pulled: 0, released: 0 }
  const stream: Stream.Stream<Item> = Stream.acquireRelease(Effect.void, () => Effect.sync(() => log.released++)).pipe(
    Stream.flatMap(() =>
      Stream.paginateChunk(0, (n) => {
        log.pulled++
        const chunk = Chunk.fromIterable((chunks[n] ?? []).map((id) => ({ id: String(id) })))
        return [chunk, n + 1 < chunks.length ? Option.some(n + 1) : Option.none()] as const
      })
    )
  )
  return { log, stream }
}

describe("a merge of listings", () => {
  it.effect("costs one request a source, and second ones only of sources that won", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const truth = yield* held()
      const merged = Merge.newestFirst(rooms.map((id) => events.conversation(id, { pageSize: 5 })))
      const emulator = yield* Emulator
      for (const n of [1, 5, 12, 30, 100]) {
        yield* emulator.resetRequests
        const first = yield* Stream.runCollect(Stream.take(merged, n))
        expect(ids(first)).toEqual(truth.slice(0, n))
        // A further page was needed once all five heads before it were given, and one more event was asked for.
        const won = rooms.map((id) =>
          Chunk.toReadonlyArray(first).filter((event) => event.dmConversationId === id).length
        )
        const last = first.pipe(Chunk.unsafeLast).dmConversationId
        const needed = won.reduce(
          (sum, given, i) => sum + 1 + Math.floor(Math.max(0, rooms[i] === last ? given - 1 : given) / 5),
          0
        )
        expect(yield* requestCount).toBe(needed)
      }
      expect(yield* listed(merged)).toEqual(truth)
    }).pipe(inSeven))

  it.effect("dies of a source that is not in its order, rather than to give one that is not", () =>
    Effect.gen(function*() {
      for (const chunks of [[[7, 8]], [[7], [8]]]) {
        const merged = Merge.newestFirst([source([[9, 5]]).stream, source(chunks).stream])
        const cause = yield* Effect.flip(Effect.sandbox(Stream.runDrain(merged)))
        expect(Cause.pretty(cause)).toContain("source 1 of the merge is not in its order: it gave 7, and then 8.")
      }
      expect(yield* listed(Merge.oldestFirst([source([[5, 5], [5, 6]]).stream]))).toEqual(["5", "6"])
    }))

  it.effect("takes hydrated events, each with its sender", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const merged = Merge.newestFirst(rooms.map((id) => events.hydrated.conversation(id, { pageSize: 5 })))
      const first = Chunk.toReadonlyArray(yield* Stream.runCollect(Stream.take(merged, 30)))
      expect(first.map(({ event }) => event.id)).toEqual((yield* held()).slice(0, 30))
      expect(first.every(({ event, sender }) => Option.getOrThrow(sender).id === event.senderId)).toBe(true)
    }).pipe(inSeven))

  it.effect("gives an event once that comes by conversation, by participant and by all", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const merged = Merge.newestFirst([
        events.all({ pageSize: 7 }),
        events.conversation(rooms[0]!),
        events.participant(user("2"), { pageSize: 3 }),
        events.conversation(rooms[1]!)
      ])
      expect(yield* listed(merged)).toEqual(yield* held())
    }).pipe(inSeven))

  it.effect("names the conversation that failed", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.status(403), { every: 3 })
      const failure = yield* Effect.flip(Stream.runDrain(Merge.conversations(dm, rooms, { concurrency: 1 })))
      expect(failure).toMatchObject({
        _tag: "SourceFailed",
        index: 2,
        source: "1-4",
        reason: { _tag: "ListingStopped" }
      })
      expect(failure.message).toMatch(/source 1-4 of the merge failed: the listing stopped after 0 events/)
      expect(yield* requestCount).toBe(3)
    }).pipe(inSeven))

  it.effect("of conversations goes on without one that fails, if told to", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.status(404), { route: "GET /2/dm_conversations/{id}/dm_events", times: 1 })
      const failures: Array<string> = []
      const merged = Merge.conversations(dm, rooms, {
        concurrency: 1,
        onSourceFailure: ({ reason, source }) => Effect.sync(() => failures.push(`${source} ${reason.reason._tag}`))
      })
      const truth = (yield* emulator.events()).filter((event) => event.dm_conversation_id !== rooms[0])
      expect(yield* listed(merged)).toEqual(truth.map(({ id }) => id))
      expect(failures).toEqual([`${rooms[0]} NotFound`])
    }).pipe(inSeven))

  it.effect("of conversations takes each once and passes on the options of the listing", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const merged = Merge.conversations(dm, [...rooms, ...rooms], { limit: 2, pageSize: 50 })
      expect(yield* listed(merged)).toHaveLength(14)
      const emulator = yield* Emulator
      expect((yield* emulator.requests).map(({ query }) => query["max_results"])).toEqual(rooms.map(() => "2"))
    }).pipe(inSeven))

  it.effect("asks for first pages a few at a time", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.delay("1 second"))
      for (const [concurrency, waves] of [[1, 7], [3, 3], [undefined, 1]] as const) {
        yield* emulator.resetRequests
        const reading = yield* Effect.fork(Stream.runHead(Merge.conversations(dm, rooms, { concurrency })))
        for (let wave = 1; wave <= waves; wave++) {
          yield* TestClock.adjust("500 millis")
          expect(yield* requestCount).toBe(Math.min(7, wave * (concurrency ?? 8)))
          yield* TestClock.adjust("500 millis")
        }
        expect((yield* Fiber.join(reading))._tag).toBe("Some")
      }
    }).pipe(inSeven))
})

describe("a merge", () => {
  const merged = (...sources: ReadonlyArray<ReadonlyArray<ReadonlyArray<number>>>) =>
    listed(Merge.newestFirst(sources.map((chunks) => source(chunks).stream)))

  it.effect("of no source, of one, of empty ones, and of ones with empty chunks", () =>
    Effect.gen(function*() {
      expect(yield* merged()).toEqual([])
      expect(yield* merged([[3, 2], [1]])).toEqual(["3", "2", "1"])
      expect(yield* merged([[]], [[], []], [])).toEqual([])
      expect(yield* merged([[], [4], [], [], [2], []], [[], [3]], [[]])).toEqual(["4", "3", "2"])
    }))

  it.effect("orders ids as numbers, and drops what comes again in any source", () =>
    Effect.gen(function*() {
      expect(yield* merged([[100, 99, 99, 9]], [[100], [100, 10]], [[1_000, 9]])).toEqual([
        "1000",
        "100",
        "99",
        "10",
        "9"
      ])
    }))

  it.effect("is oldest first where its sources are", () =>
    Effect.gen(function*() {
      const sources = [[[1, 5], [9, 10]], [[2, 5, 100]], [[]]].map((chunks) => source(chunks).stream)
      expect(yield* listed(Merge.oldestFirst(sources))).toEqual(["1", "2", "5", "9", "10", "100"])
    }))

  it.effect("holds one chunk of a source, and asks for the next only when it is needed", () =>
    Effect.gen(function*() {
      const sources = [source([[10, 9], [8, 7], [6]]), source([[5, 4], [3]]), source([[2]])]
      const seen: Array<ReadonlyArray<number>> = []
      yield* Merge.newestFirst(sources.map(({ stream }) => stream)).pipe(
        Stream.runForEach(() => Effect.sync(() => seen.push(sources.map(({ log }) => log.pulled))))
      )
      expect(seen.map((pulled) => pulled.join(""))).toEqual(
        ["111", "111", "211", "211", "311", "311", "311", "321", "321"]
      )
    }))

  it.effect("takes 10,000 sources", () =>
    Effect.gen(function*() {
      const sources = Array.from({ length: 10_000 }, (_, n) => source([[n + 10_000], [n]]))
      const all = yield* listed(Merge.newestFirst(sources.map(({ stream }) => stream)))
      expect(all).toEqual(Array.from({ length: 20_000 }, (_, n) => String(19_999 - n)))
      expect(sources.every(({ log }) => log.pulled === 2 && log.released === 1)).toBe(true)
    }))

  it.effect("releases its sources at its end, when it is left early, and when it is interrupted", () =>
    Effect.gen(function*() {
      const make = () => [source([[3], [2]]), source([[1]])]
      const released = (sources: ReturnType<typeof make>) => sources.map(({ log }) => log.released)
      const [whole, left, interrupted] = [make(), make(), make()]
      yield* listed(Merge.newestFirst(whole.map(({ stream }) => stream)))
      expect(released(whole)).toEqual([1, 1])
      yield* Stream.runHead(Merge.newestFirst(left.map(({ stream }) => stream)))
      expect(released(left)).toEqual([1, 1])
      const reading = yield* Effect.fork(
        Stream.runForEach(Merge.newestFirst(interrupted.map(({ stream }) => stream)), () => Effect.never)
      )
      yield* Effect.yieldNow()
      yield* Effect.yieldNow()
      expect(Exit.isInterrupted(yield* Fiber.interrupt(reading))).toBe(true)
      expect(released(interrupted)).toEqual([1, 1])
    }))

  it.effect("can run again, from the beginning", () =>
    Effect.gen(function*() {
      const twice = Merge.newestFirst([source([[3], [1]]).stream, source([[2]]).stream])
      expect(yield* listed(twice)).toEqual(["3", "2", "1"])
      expect(yield* listed(twice)).toEqual(["3", "2", "1"])
    }))
})

describe("a source that fails", () => {
  const failing = (...chunks: ReadonlyArray<ReadonlyArray<number>>) =>
    Stream.concat(source(chunks).stream, Stream.fail("broken" as const))

  it.effect("fails the merge, after what came before", () =>
    Effect.gen(function*() {
      const given: Array<string> = []
      const failure = yield* Merge.newestFirst([source([[9], [1]]).stream, failing([8, 7])], { names: ["a", "b"] })
        .pipe(
          Stream.runForEach(({ id }) => Effect.sync(() => given.push(id))),
          Effect.flip
        )
      expect(failure).toMatchObject({ index: 1, source: "b", reason: "broken" })
      expect(given).toEqual(["9", "8", "7"])
    }))

  it.effect("drops out if it may, and is reported: at its start, in its middle, all of them", () =>
    Effect.gen(function*() {
      const failures: Array<string> = []
      const onSourceFailure = (failure: Merge.SourceFailed<"broken">) =>
        Effect.sync(() => failures.push(`${failure.source}: ${failure.reason}`))
      const sources = [failing(), source([[9], [1]]).stream, failing([8], [7])]
      expect(yield* listed(Merge.newestFirst(sources, { onSourceFailure }))).toEqual(["9", "8", "7", "1"])
      expect(failures).toEqual(["0: broken", "2: broken"])
      expect(yield* listed(Merge.oldestFirst([failing(), failing()], { onSourceFailure }))).toEqual([])
      expect(failures).toHaveLength(4)
    }))

  it.effect("fails the merge with a defect as a defect", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Stream.runDrain(Merge.newestFirst([Stream.die("a bug"), source([[1]]).stream])))
      expect(Exit.isFailure(exit) && exit.cause.toString()).toMatch(/a bug/)
    }))
})
