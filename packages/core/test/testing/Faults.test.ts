import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Emulator, Faults, Fixtures } from "../../src/testing/index.js"
import { against, call, everyPage, ids, list, send, unlimited } from "./support.js"

const { conversations, people } = Fixtures
const toJonas = `/2/dm_conversations/with/${people.jonas.id}/messages`
const hello = { body: { text: "hello" } }
const ofJonas = Effect.flatMap(Emulator, (emulator) => emulator.events({ conversation: conversations.jonas }))

const inject = (fault: Faults.Fault, when?: Faults.When) =>
  Effect.flatMap(Emulator, (emulator) => emulator.inject(fault, when))

/** Whether the messages to Jonas became more by a send that goes wrong. */
const sent = <A, E, R>(attempt: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const before = (yield* ofJonas).length
    const outcome = yield* Effect.either(attempt)
    return { outcome, more: (yield* ofJonas).length - before }
  })

describe("an answer of a status", () => {
  for (const status of [402, 403, 429, 500, 503]) {
    it.effect(`${status}, with nothing done`, () =>
      Effect.gen(function*() {
        yield* inject(Faults.status(status))
        const { more, outcome } = yield* sent(call("POST", toJonas, hello))
        expect(more).toBe(0)
        expect(outcome).toMatchObject({ right: { status, json: { title: expect.any(String) } } })
      }).pipe(unlimited))
  }

  it.effect("with headers and a body of one's own", () =>
    Effect.gen(function*() {
      yield* inject(Faults.status(429, { headers: { "x-rate-limit-remaining": "7" }, body: "{}" }))
      const { headers, json, status } = yield* list()
      expect([status, json, headers["x-rate-limit-remaining"]]).toEqual([429, {}, "7"])
    }).pipe(unlimited))

  it.effect("without a body", () =>
    Effect.gen(function*() {
      yield* inject(Faults.status(204, { body: "" }))
      const response = yield* send("DELETE", "/2/dm_events/1")
      expect([response.status, yield* response.text]).toEqual([204, ""])
    }).pipe(unlimited))

  it.effect("after all was done", () =>
    Effect.gen(function*() {
      yield* inject(Faults.failAfterProcessing(503))
      const { more, outcome } = yield* sent(call("POST", toJonas, hello))
      expect(more).toBe(1)
      expect(outcome).toMatchObject({ right: { status: 503, headers: { "x-rate-limit-remaining": "14" } } })
    }).pipe(against()))

  it.effect("and a page for people", () =>
    Effect.gen(function*() {
      yield* inject(Faults.html(502))
      const response = yield* send("GET", "/2/dm_events")
      expect([response.status, response.headers["content-type"]]).toEqual([502, "text/html; charset=utf-8"])
      expect(yield* response.text).toMatch(/^<!DOCTYPE html>/)
    }).pipe(unlimited))
})

describe("a connection", () => {
  for (const [name, fault, more] of [["before", Faults.cutBefore, 0], ["after", Faults.cutAfter, 1]] as const) {
    it.effect(`that dies ${name} the work`, () =>
      Effect.gen(function*() {
        yield* inject(fault)
        const result = yield* sent(call("POST", toJonas, hello))
        expect(result.more).toBe(more)
        expect(result.outcome).toMatchObject({
          left: { _tag: "RequestError", reason: "Transport", cause: { code: "ECONNRESET" } }
        })
        const emulator = yield* Emulator
        expect(yield* emulator.requests).toMatchObject([{ method: "POST", path: toJonas, status: undefined }])
      }).pipe(unlimited))
  }

  it.effect("that stalls in the body, can be given up, and has done the work", () =>
    Effect.gen(function*() {
      yield* inject(Faults.stall)
      const response = yield* send("POST", toJonas, hello)
      expect(response.status).toBe(201)
      const reading = yield* Effect.fork(Effect.timeoutOption(response.text, "10 seconds"))
      yield* TestClock.adjust("10 seconds")
      expect(yield* Fiber.join(reading)).toMatchObject({ _tag: "None" })
      expect((yield* ofJonas)[0]).toMatchObject({ text: "hello" })
    }).pipe(unlimited))

  it.effect("that stalls has sent the first half", () =>
    Effect.gen(function*() {
      const whole = yield* Effect.flatMap(send("GET", "/2/users/me"), (response) => response.text)
      yield* inject(Faults.stall)
      const response = yield* send("GET", "/2/users/me")
      const half = yield* response.stream.pipe(Stream.decodeText(), Stream.take(1), Stream.mkString)
      expect(half).toBe(whole.slice(0, Math.ceil(whole.length / 2)))
    }).pipe(unlimited))

  it.effect("that is slow waits on the clock, and can be interrupted", () =>
    Effect.gen(function*() {
      yield* inject(Faults.delay("30 seconds"), { times: 2 })
      const slow = yield* Effect.fork(list({ max_results: "1" }))
      yield* TestClock.adjust("29 seconds")
      expect(slow.unsafePoll()).toBeNull()
      yield* TestClock.adjust("1 seconds")
      expect((yield* Fiber.join(slow)).status).toBe(200)
      const givenUp = yield* Effect.fork(call("POST", toJonas, hello))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(givenUp)
      expect((yield* ofJonas)[0]).not.toMatchObject({ text: "hello" })
    }).pipe(unlimited))
})

describe("a body", () => {
  it.effect("of JSON that ends in the middle", () =>
    Effect.gen(function*() {
      yield* inject(Faults.badJson)
      const response = yield* send("POST", toJonas, hello)
      expect(response.status).toBe(201)
      const text = yield* response.text
      expect(text).toMatch(/^\{"data":\{/)
      expect(() => JSON.parse(text)).toThrow(SyntaxError)
      expect((yield* ofJonas)[0]).toMatchObject({ text: "hello" })
    }).pipe(unlimited))

  it.effect("of an empty page that goes on where it should have started", () =>
    Effect.gen(function*() {
      const sound = ids(yield* everyPage())
      yield* inject(Faults.emptyPage, { every: 2, route: "GET /2/dm_events" })
      const pages = yield* everyPage()
      expect(ids(pages)).toEqual(sound)
      const empty = pages.filter((page) => page.data === undefined)
      expect(empty.length).toBe(Math.floor(pages.length / 2))
      for (const page of empty) expect(page.meta).toEqual({ result_count: 0, next_token: expect.any(String) })
    }).pipe(unlimited))

  it.effect("of empty pages one after the other, each with a token of its own", () =>
    Effect.gen(function*() {
      yield* inject(Faults.emptyPage, { times: 3 })
      const pages = yield* everyPage({ max_results: "100" })
      expect(pages.slice(0, 4).map(({ meta }) => meta.result_count)).toEqual([0, 0, 0, 100])
      expect(new Set(pages.map(({ meta }) => meta.next_token)).size).toBe(pages.length)
    }).pipe(unlimited))

  it.effect("of pages that all carry one token", () =>
    Effect.gen(function*() {
      yield* inject(Faults.repeatedToken)
      const first = (yield* list({ max_results: "10" })).json
      const token = first.meta.next_token!
      const second = (yield* list({ max_results: "10", pagination_token: token })).json
      const third = (yield* list({ max_results: "10", pagination_token: second.meta.next_token! })).json
      expect([second.meta.next_token, third.meta.next_token]).toEqual([token, token])
      expect(ids([second])).not.toEqual(ids([first]))
      expect(ids([third])).toEqual(ids([second]))
    }).pipe(unlimited))
})

describe("a fault applies", () => {
  const statuses = (n: number, method: "GET" | "POST" = "GET") =>
    Effect.forEach(
      Array.from({ length: n }),
      () =>
        Effect.map(
          method === "GET" ? call(method, "/2/users/me") : call(method, toJonas, hello),
          ({ status }) => status
        )
    )

  it.effect("so many times", () =>
    Effect.gen(function*() {
      yield* inject(Faults.status(503), { times: 2 })
      expect(yield* statuses(4)).toEqual([503, 503, 200, 200])
    }).pipe(unlimited))

  it.effect("every nth time", () =>
    Effect.gen(function*() {
      yield* inject(Faults.status(503), { every: 3, times: 2 })
      expect(yield* statuses(10)).toEqual([200, 200, 503, 200, 200, 503, 200, 200, 200, 200])
    }).pipe(unlimited))

  it.effect("from a request on", () =>
    Effect.gen(function*() {
      yield* inject(Faults.status(503), { after: 2, times: 2 })
      expect(yield* statuses(6)).toEqual([200, 200, 503, 503, 200, 200])
      yield* inject(Faults.status(502), { after: 1, every: 2 })
      expect(yield* statuses(6)).toEqual([200, 200, 502, 200, 502, 200])
    }).pipe(unlimited))

  it.effect("by method or by route, until it is cleared", () =>
    Effect.gen(function*() {
      yield* inject(Faults.status(503), { method: "POST" })
      yield* inject(Faults.status(502), { route: "GET /2/dm_events" })
      expect(yield* statuses(1)).toEqual([200])
      expect(yield* statuses(1, "POST")).toEqual([503])
      expect((yield* list()).status).toBe(502)
      yield* Effect.flatMap(Emulator, (emulator) => emulator.clearFaults)
      expect(yield* statuses(1, "POST")).toEqual([201])
    }).pipe(unlimited))

  it.effect("by chance, the same for the same seed", () => {
    const drawn = (seed: number) =>
      Effect.zipRight(inject(Faults.status(503), { probability: 0.3, seed }), statuses(200)).pipe(unlimited)
    return Effect.gen(function*() {
      const first = yield* drawn(7)
      expect(yield* drawn(7)).toEqual(first)
      expect(yield* drawn(8)).not.toEqual(first)
      const share = first.filter((status) => status === 503).length / 200
      expect(share).toBeGreaterThan(0.2)
      expect(share).toBeLessThan(0.4)
    })
  })

  it.effect("together with others", () =>
    Effect.gen(function*() {
      yield* inject(Faults.delay("5 seconds"))
      yield* inject(Faults.status(503))
      const slow = yield* Effect.fork(list())
      yield* TestClock.adjust("5 seconds")
      expect((yield* Fiber.join(slow)).status).toBe(503)
    }).pipe(unlimited))
})

it.effect("requests are logged and counted by route", () =>
  Effect.gen(function*() {
    const emulator = yield* Emulator
    yield* list({ max_results: "2" })
    yield* call("POST", toJonas, { body: {} })
    yield* call("GET", "/elsewhere")
    expect(yield* emulator.requests).toEqual([
      {
        method: "GET",
        path: "/2/dm_events",
        route: "GET /2/dm_events",
        query: { max_results: "2" },
        at: Date.UTC(2026, 7, 1, 12),
        status: 200
      },
      expect.objectContaining({ route: "POST /2/dm_conversations/with/{participant_id}/messages", status: 400 }),
      expect.objectContaining({ path: "/elsewhere", route: undefined, status: 404 })
    ])
    expect(yield* emulator.requestCount()).toBe(3)
    expect(yield* emulator.requestCount("GET /2/dm_events")).toBe(1)
    yield* emulator.resetRequests
    expect([yield* emulator.requestCount(), (yield* emulator.requests).length]).toEqual([0, 0])
  }).pipe(unlimited))
