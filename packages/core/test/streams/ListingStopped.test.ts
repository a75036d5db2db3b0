import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { DirectMessages } from "../../src/DirectMessages.js"
import { EventId } from "../../src/model/Ids.js"
import type { ListingOptions } from "../../src/streams/Listing.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { against, arrive, held, ids, listed, page, requestCount, scripted, small, token } from "./support.js"

/** Reads a listing whose third request fails, and gives what came and how it stopped. */
const stopAtThird = (options: ListingOptions) =>
  Effect.gen(function*() {
    const { events } = yield* DirectMessages
    const emulator = yield* Emulator
    yield* emulator.inject(Faults.status(401), { every: 3, times: 1 })
    const given: Array<string> = []
    const stopped = yield* events.all({ pageSize: 20, ...options }).pipe(
      Stream.runForEach(({ id }) => Effect.sync(() => given.push(id))),
      Effect.flip
    )
    return { given, stopped, rest: listed(events.resume(stopped)) }
  })

describe("a listing that stopped in the middle", () => {
  it.effect("says how much it gave and where it stopped, and can be taken up from there", () =>
    Effect.gen(function*() {
      const truth = yield* held()
      const { given, rest, stopped } = yield* stopAtThird({})
      expect(stopped).toMatchObject({ _tag: "ListingStopped", given: 40, reason: { _tag: "Unauthorized" } })
      expect(stopped.message).toMatch(/stopped after 40 events.*access token was refused/)
      expect(given).toEqual(truth.slice(0, 40))
      const emulator = yield* Emulator
      yield* emulator.resetRequests
      expect(yield* rest).toEqual(truth.slice(40))
      const requests = yield* emulator.requests
      expect(requests).toHaveLength(3)
      expect(requests[0]!.query["pagination_token"]).toBe(stopped.resumeFrom)
    }).pipe(against({ world: small(100) })))

  it.effect("keeps its limit and its bound", () =>
    Effect.gen(function*() {
      const truth = yield* held()
      for (
        const [options, length] of [
          [{ limit: 47 }, 47],
          [{ until: EventId.make(truth[54]!) }, 55],
          [{ until: "55 minutes" }, 55],
          [{ limit: 50, until: "45 minutes" }, 45]
        ] as const
      ) {
        const { given, rest } = yield* stopAtThird(options)
        expect([...given, ...(yield* rest)]).toEqual(truth.slice(0, length))
      }
    }).pipe(against({ world: small(100) })))

  it.effect("keeps a bound that was a span of time, however much later it is taken up", () =>
    Effect.gen(function*() {
      const truth = yield* held()
      const { given, rest } = yield* stopAtThird({ until: "55 minutes" })
      yield* TestClock.adjust("10 minutes")
      expect([...given, ...(yield* rest)]).toEqual(truth.slice(0, 55))
    }).pipe(against({ world: small(100) })))

  for (const paging of ["cursor", "offset"] as const) {
    it.effect(`gives the rest and nothing else, even if messages arrived, with ${paging} pages`, () =>
      Effect.gen(function*() {
        const truth = yield* held()
        const { given, rest } = yield* stopAtThird({})
        for (let n = 0; n < 33; n++) yield* arrive(`late ${n}`)
        expect([...given, ...(yield* rest)]).toEqual(truth)
      }).pipe(against({ world: small(100), paging })))
  }

  it.effect("can stop again and be taken up again", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.status(401), { every: 2 })
      const given: Array<string> = []
      const read = (from: ReturnType<typeof events.all>): Effect.Effect<number> =>
        from.pipe(
          Stream.runForEach(({ id }) => Effect.sync(() => given.push(id))),
          Effect.as(0),
          Effect.catchAll((stopped) => Effect.map(read(events.resume(stopped)), (n) => n + 1))
        )
      expect(yield* read(events.all({ pageSize: 10, limit: 75 }))).toBe(7)
      expect(given).toEqual((yield* held()).slice(0, 75))
    }).pipe(against({ world: small(100) })))

  it.effect("at the newest page has no token, and its rest is all of it", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.status(403), { times: 1 })
      const stopped = yield* Effect.flip(Stream.runDrain(events.all()))
      expect(stopped).toMatchObject({ given: 0, resumeFrom: undefined })
      expect(yield* listed(events.resume(stopped))).toEqual(yield* held())
    }).pipe(against({ world: small(10) })))

  it.effect("is of plain data: a listing can be kept as JSON", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const truth = yield* held()
      const { stopped } = yield* stopAtThird({ limit: 60 })
      const rest = JSON.parse(JSON.stringify(stopped.rest)) as typeof stopped.rest
      expect(yield* listed(events.all(rest.options))).toEqual(truth.slice(40, 60))
    }).pipe(against({ world: small(100) })))
})

describe("tokens that lead in a circle", () => {
  it.effect("end the listing after the events of the circle, with a token named", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.repeatedToken)
      const given: Array<string> = []
      const stopped = yield* events.all({ pageSize: 10 }).pipe(
        Stream.runForEach(({ id }) => Effect.sync(() => given.push(id))),
        Effect.flip
      )
      expect(stopped).toMatchObject({ reason: { _tag: "RepeatedToken" }, given: 20 })
      expect(given).toEqual((yield* held()).slice(0, 20))
      expect(yield* requestCount).toBe(2)
    }).pipe(against({ world: small(100) })))

  for (const [lead, length] of [[0, 1], [0, 2], [1, 2], [3, 3], [5, 7], [2, 100]] as const) {
    it.effect(`are found: ${lead} tokens and then ${length} for ever, in a few turns of the circle`, () =>
      Effect.gen(function*() {
        let asked = 0
        const next = (n: number) => n < lead + length - 1 ? n + 1 : lead
        const events = yield* scripted((_, { paginationToken }) =>
          Effect.sync(() => {
            asked++
            const at = paginationToken === undefined ? -1 : Number(/\d+$/.exec(paginationToken)![0])
            return page([], token(at === -1 ? 0 : next(at)))
          })
        )
        expect(yield* Effect.flip(Stream.runDrain(events.all()))).toMatchObject({ reason: { _tag: "RepeatedToken" } })
        expect(asked).toBeLessThanOrEqual(3 * (lead + length) + 2)
      }))
  }

  it.effect("do not matter to one that ends before", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.repeatedToken)
      expect(yield* listed(events.all({ pageSize: 10, limit: 20 }))).toHaveLength(20)
      expect(yield* listed(Stream.take(events.all({ pageSize: 10 }), 20))).toHaveLength(20)
    }).pipe(against({ world: small(100) })))
})

describe("options that make no sense", () => {
  const bad: ReadonlyArray<readonly [name: string, options: ListingOptions]> = [
    ["pageSize", { pageSize: 0 }],
    ["pageSize", { pageSize: 101 }],
    ["pageSize", { pageSize: 1.5 }],
    ["limit", { limit: 0 }],
    ["limit", { limit: Number.NaN }],
    ["prefetch", { prefetch: -1 }],
    ["until", { until: "yesterday" as "1 day" }],
    ["until", { until: Number.NaN }],
    ["eventTypes", { eventTypes: [] }],
    ["paginationToken", { resumeFrom: "short" as never }]
  ]
  for (const [parameter, options] of bad) {
    it.effect(`are told by name, before any request: ${JSON.stringify(options)}`, () =>
      Effect.gen(function*() {
        const { events } = yield* DirectMessages
        const stopped = yield* Effect.flip(Stream.runDrain(events.all(options)))
        expect(stopped).toMatchObject({ given: 0, reason: { _tag: "InvalidInput", parameter } })
        expect(yield* requestCount).toBe(0)
      }).pipe(against({ world: small(3) })))
  }
})

describe("interrupting a listing", () => {
  for (const [name, fault] of [["delayed", Faults.delay("20 seconds")], ["stalled", Faults.stall]] as const) {
    it.effect(`ends at once while a page is ${name}, and asks for no more`, () =>
      Effect.gen(function*() {
        const { events } = yield* DirectMessages
        const emulator = yield* Emulator
        yield* emulator.inject(fault, { every: 2 })
        const given: Array<string> = []
        const reading = yield* events.all({ pageSize: 10, prefetch: 2 }).pipe(
          Stream.runForEach(({ id }) => Effect.sync(() => given.push(id))),
          Effect.fork
        )
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.interrupt(reading)
        expect(given).toEqual((yield* held()).slice(0, 10))
        yield* TestClock.adjust("5 minutes")
        expect(yield* requestCount).toBe(2)
        expect(yield* TestClock.sleeps()).toHaveLength(0)
      }).pipe(against({ world: small(100) })))
  }
})

it.effect("events that X did not sort are sorted within their page", () =>
  Effect.gen(function*() {
    const { events } = yield* DirectMessages
    const sorted = yield* Stream.runCollect(events.all())
    const mixed = yield* scripted(() => Effect.succeed(page([3, 0, 4, 1, 2].map((n) => [...sorted][n]!))))
    expect(yield* listed(mixed.all())).toEqual(ids(sorted))
    expect(yield* listed(mixed.all({ limit: 2 }))).toEqual(ids(sorted).slice(0, 2))
  }).pipe(against({ world: small(5) })))
