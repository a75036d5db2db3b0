import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, TestClock } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import { type Case, cases } from "../support/endpoints.js"
import { broken, brokenBody, json, type Reply, scripted, silent, stalled, text } from "../support/script.js"

/** What a call comes to within ten minutes, and the times of its requests. */
const outcome = (one: Case, ...replies: ReadonlyArray<Reply>) =>
  Effect.gen(function*() {
    const { layer, requests } = scripted(...replies)
    const fiber = yield* Effect.flatMap(DirectMessages, (dm) => Effect.either(one.call(dm, one.sample))).pipe(
      Effect.provide(layer()),
      Effect.provideService(RateLimitPolicy, RateLimitPolicy.fail),
      Effect.fork
    )
    yield* TestClock.adjust("10 minutes")
    // A body is read in real time: on a busy machine the clock can run ahead of it, and has to come again.
    const again = Effect.zipRight(
      Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20))),
      TestClock.adjust("1 minute")
    )
    yield* Effect.repeat(again, { until: () => Effect.map(Fiber.poll(fiber), Option.isSome) })
    return { result: yield* Fiber.join(fiber), times: requests.map(({ at }) => at), requests }
  })

const within = (value: number | undefined, low: number, high: number) => {
  expect(value).toBeGreaterThanOrEqual(low)
  expect(value).toBeLessThanOrEqual(high)
}

const transient: ReadonlyArray<readonly [what: string, reply: Reply, error: object]> = [
  ["500", json(500, {}), { _tag: "ServerFailure", status: 500 }],
  ["503, HTML", text(503, "<html></html>"), { _tag: "ServerFailure", status: 503 }],
  ["408", json(408, {}), { _tag: "ServerFailure", status: 408 }],
  ["a connection reset", broken("ECONNRESET"), { _tag: "Unreachable", code: "ECONNRESET", notSent: false }],
  ["a refused connection", broken("ECONNREFUSED"), { _tag: "Unreachable", code: "ECONNREFUSED", notSent: true }],
  ["a body that broke", brokenBody(200), { _tag: "Unreachable", notSent: false }],
  ["no answer", silent, { _tag: "TimedOut", afterMillis: 30_000 }],
  ["a body that stays away", stalled, { _tag: "TimedOut", afterMillis: 30_000 }]
]

const lasting: ReadonlyArray<readonly [what: string, reply: Reply, tag: string]> = [
  ["400", json(400, {}), "BadRequest"],
  ["401", json(401, {}), "Unauthorized"],
  ["402", json(402, {}), "OutOfCredits"],
  ["403", json(403, {}), "Forbidden"],
  ["404", json(404, {}), "NotFound"],
  ["429", json(429, {}), "RateLimited"],
  ["HTML", text(200, "<html></html>"), "UnexpectedResponse"],
  ["nothing", text(200, ""), "UnexpectedResponse"]
]

describe.each(cases.filter(({ kind }) => kind !== "send").map((one) => [one.name, one] as const))("%s", (_, one) => {
  for (const [what, reply, error] of transient) {
    it.effect(`is tried four times, with growing pauses, on ${what}`, () =>
      Effect.gen(function*() {
        const { result, times } = yield* outcome(one, reply)
        expect(result).toMatchObject({ _tag: "Left", left: error })
        expect(times).toHaveLength(4)
        // A time-out is part of the distance between two attempts.
        const wait = "afterMillis" in error ? 30_000 : 0
        const pauses = times.slice(1).map((at, i) => at - (times[i] ?? 0) - wait)
        for (const [i, pause] of pauses.entries()) within(pause, 400 * 2 ** i, 600 * 2 ** i)
      }))
  }

  for (const [what, reply, tag] of lasting) {
    it.effect(`is tried once on ${what}`, () =>
      Effect.gen(function*() {
        const { result, times } = yield* outcome(one, reply)
        expect(result).toMatchObject({ _tag: "Left", left: { _tag: tag } })
        expect(times).toHaveLength(1)
      }))
  }

  it.effect("succeeds once an attempt does", () =>
    Effect.gen(function*() {
      const success = json(one.status, one.answers.post)
      const { requests, result } = yield* outcome(one, broken("ECONNRESET"), json(503, {}), stalled, success)
      expect(result).toMatchObject({ _tag: "Right", right: one.model })
      expect(new Set(requests.map(({ url }) => url.href)).size).toBe(1)
      expect(requests).toHaveLength(4)
    }))

  it.effect("gives up at once when a repeat fails for good", () =>
    Effect.gen(function*() {
      const { result, times } = yield* outcome(one, json(500, {}), json(401, {}))
      expect(result).toMatchObject({ _tag: "Left", left: { _tag: "Unauthorized" } })
      expect(times).toHaveLength(2)
    }))
})

describe("DeleteEvents", () => {
  const remove = cases.find(({ name }) => name === "DeleteEvents")!
  const gone = json(404, { type: "https://api.x.com/2/problems/resource-not-found" })
  const deleted = { _tag: "Right", right: { deleted: true } }
  const notFound = { _tag: "Left", left: { _tag: "NotFound" } }

  for (
    const [what, replies, expected] of [
      ["that finds nothing at once has failed", [gone], notFound],
      ["that finds nothing after a 500 has deleted it", [json(500, {}), gone], deleted],
      ["that finds nothing after a reset has deleted it", [broken("ECONNRESET"), gone], deleted],
      ["that finds nothing after a time-out has deleted it", [stalled, gone], deleted],
      ["that finds nothing after a refused connection has failed", [broken("ECONNREFUSED"), gone], notFound],
      ["remembers the first of several failures", [json(500, {}), broken("ECONNREFUSED"), gone], deleted],
      ["answered 204 has deleted it", [text(204, null)], deleted]
    ] as const
  ) {
    it.effect(what, () =>
      Effect.gen(function*() {
        expect((yield* outcome(remove, ...replies)).result).toMatchObject(expected)
      }))
  }

  it.effect("does not remember the failures of another call", () =>
    Effect.gen(function*() {
      const { layer } = scripted(json(500, {}), gone, gone)
      const fiber = yield* Effect.gen(function*() {
        const { deleteEvents } = yield* DirectMessages
        const call = deleteEvents(remove.sample as Parameters<typeof deleteEvents>[0]) // the table's own sample
        return [yield* Effect.either(call), yield* Effect.either(call)]
      }).pipe(Effect.provide(layer()), Effect.fork)
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toMatchObject([deleted, notFound])
    }))
})
