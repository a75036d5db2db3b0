import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { DirectMessages } from "../../src/DirectMessages.js"
import { EventId } from "../../src/model/Ids.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { against, arrive, conversation, held, ids, listed, minutes, now, requestCount, small, user } from "./support.js"

const inThree = against({ world: small(250) })

/** The `max_results` of each request. */
const asked = Effect.flatMap(
  Emulator,
  (emulator) => Effect.map(emulator.requests, (requests) => requests.map(({ query }) => query["max_results"]))
)

describe("a listing asks only for what is needed:", () => {
  for (const [take, requests] of [[1, 1], [100, 1], [101, 2], [200, 2], [201, 3], [1000, 3]] as const) {
    it.effect(`the first ${take} of 250 events cost ${requests} requests`, () =>
      Effect.gen(function*() {
        const { events } = yield* DirectMessages
        const taken = yield* listed(Stream.take(events.all(), take))
        expect(taken).toEqual((yield* held()).slice(0, take))
        expect(yield* requestCount).toBe(requests)
      }).pipe(inThree))
  }

  it.effect("nothing before it runs, and all of it again when it runs again", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const all = events.all()
      yield* Effect.yieldNow()
      expect(yield* requestCount).toBe(0)
      expect(yield* listed(all)).toEqual(yield* listed(all))
      expect(yield* requestCount).toBe(6)
    }).pipe(inThree))

  it.effect("all three sources", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const truth = yield* held({ conversation: "1-3" })
      expect(yield* listed(events.conversation(conversation("1-3")))).toEqual(truth)
      expect(yield* listed(events.participant(user("3")))).toEqual(truth)
      expect(yield* listed(Stream.take(events.participant(user("3"), { pageSize: 10 }), 11))).toHaveLength(11)
      expect(yield* requestCount).toBe(4)
    }).pipe(against({ world: small(30, 20) })))

  it.effect("no more than the limit", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      const cases: ReadonlyArray<readonly [limit: number, asked: ReadonlyArray<string>]> = [
        [1, ["1"]],
        [100, ["100"]],
        [101, ["100", "1"]],
        [230, ["100", "100", "30"]]
      ]
      for (const [limit, sizes] of cases) {
        yield* emulator.resetRequests
        expect(yield* listed(events.all({ limit }))).toEqual((yield* held()).slice(0, limit))
        expect(yield* asked).toEqual(sizes)
      }
    }).pipe(inThree))

  it.effect("no page past `until`", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      const truth = yield* held()
      for (
        const until of [
          EventId.make(truth[119]!),
          DateTime.unsafeMake(now - minutes(120)),
          "120 minutes",
          "2 hours"
        ] as const
      ) {
        yield* emulator.resetRequests
        expect(yield* listed(events.all({ until }))).toEqual(truth.slice(0, 120))
        expect(yield* asked).toEqual(["100", "100"])
        yield* emulator.resetRequests
        expect(yield* listed(events.all({ until, limit: 7 }))).toEqual(truth.slice(0, 7))
        expect(yield* asked).toEqual(["7"])
      }
    }).pipe(inThree))

  it.effect("an `until` that nothing reaches, and one newer than all", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      expect(yield* listed(events.all({ until: "30 days" }))).toEqual(yield* held())
      expect(yield* listed(events.all({ until: DateTime.unsafeMake(now) }))).toEqual([])
      expect(yield* requestCount).toBe(4)
    }).pipe(inThree))

  it.effect("a duration counts back from the start of each run", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const lastTen = events.all({ until: "10 minutes" })
      expect(yield* listed(lastTen)).toHaveLength(10)
      yield* TestClock.adjust("4 minutes")
      expect(yield* listed(lastTen)).toHaveLength(6)
    }).pipe(inThree))

  it.effect("by event type", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const all = yield* Stream.runCollect(events.all())
      const joins = yield* Stream.runCollect(events.all({ eventTypes: ["ParticipantsJoin"], pageSize: 1 }))
      expect(ids(joins)).toEqual(ids(all).filter((_, i) => [...all][i]!._tag === "ParticipantsJoin"))
      expect(joins.length).toBeGreaterThan(0)
    }).pipe(against()))
})

describe("prefetch", () => {
  for (const prefetch of [0, 1, 2, 5]) {
    it.effect(`of ${prefetch} pages fetches exactly those ahead`, () =>
      Effect.gen(function*() {
        const { events } = yield* DirectMessages
        const seen: Array<number> = []
        yield* events.pages.all({ prefetch, pageSize: 10 }).pipe(
          Stream.take(4),
          // A page is dealt with for a minute, in which whatever is fetched ahead comes.
          Stream.runForEach(() =>
            Effect.zipRight(Effect.sleep("1 minute"), Effect.andThen(requestCount, (n) => seen.push(n)))
          ),
          Effect.fork,
          Effect.tap(() => TestClock.adjust("1 minute").pipe(Effect.repeatN(4))),
          Effect.flatMap((fiber) => fiber.await)
        )
        expect(seen).toEqual([1, 2, 3, 4].map((n) => n + prefetch))
      }).pipe(inThree))
  }

  it.effect("changes nothing in what comes, and stops with a failure after all that came before it", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      expect(yield* listed(events.all({ prefetch: 3, pageSize: 7 }))).toEqual(yield* held())
      yield* emulator.resetRequests
      yield* emulator.inject(Faults.status(403), { every: 3 })
      const given: Array<string> = []
      const stopped = yield* events.all({ prefetch: 3, pageSize: 7 }).pipe(
        Stream.runForEach(({ id }) => Effect.sync(() => given.push(id))),
        Effect.flip
      )
      expect(stopped).toMatchObject({ _tag: "ListingStopped", given: 14, reason: { _tag: "Forbidden" } })
      expect(given).toEqual((yield* held()).slice(0, 14))
      expect(yield* requestCount).toBe(3)
    }).pipe(inThree))
})

describe("what the server does meanwhile", () => {
  it.effect("empty pages are passed through", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.emptyPage, { every: 2 })
      expect(yield* listed(events.all())).toEqual(yield* held())
      yield* emulator.clearFaults
      yield* emulator.inject(Faults.emptyPage, { times: 5 })
      expect(yield* listed(Stream.take(events.all(), 1))).toHaveLength(1)
    }).pipe(inThree))

  it.effect("an inbox without events is a listing without events", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      expect(yield* listed(events.all())).toEqual([])
      expect(yield* requestCount).toBe(1)
    }).pipe(against({ world: small(0) })))

  for (const paging of ["cursor", "offset"] as const) {
    it.effect(`what arrives between ${paging} pages is not of the listing, and moves nothing`, () =>
      Effect.gen(function*() {
        const { events } = yield* DirectMessages
        const truth = yield* held()
        const given: Array<string> = []
        yield* events.all({ pageSize: 20 }).pipe(
          Stream.runForEach(({ id }) =>
            Effect.suspend(() => given.push(id) % 7 === 0 ? arrive("one more") : Effect.void)
          )
        )
        expect(given).toEqual(truth)
      }).pipe(against({ world: small(120), paging })))
  }
})
