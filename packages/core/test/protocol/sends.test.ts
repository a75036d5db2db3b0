import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, TestClock } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import { type Case, cases } from "../support/endpoints.js"
import { broken, brokenBody, json, type Reply, scripted, silent, stalled, text } from "../support/script.js"

/** The error of a call whose every answer is this one, and the requests that it made. */
export const failureOf = (one: Case, reply: Reply) =>
  Effect.gen(function*() {
    const { layer, requests } = scripted(reply)
    const fiber = yield* Effect.flatMap(DirectMessages, (dm) => Effect.flip(one.call(dm, one.sample))).pipe(
      Effect.provide(layer()),
      Effect.provideService(RateLimitPolicy, RateLimitPolicy.fail),
      Effect.fork
    )
    yield* TestClock.adjust("10 minutes")
    return { error: yield* Fiber.join(fiber), requests }
  })

const outcomes: ReadonlyArray<readonly [what: string, reply: Reply, tag: string, reason: object | undefined]> = [
  ["no answer", silent, "SendOutcomeUnknown", { _tag: "TimedOut", afterMillis: 30_000 }],
  ["a body that stays away", stalled, "SendOutcomeUnknown", { _tag: "TimedOut" }],
  ["a connection reset", broken("ECONNRESET"), "SendOutcomeUnknown", {
    _tag: "Unreachable",
    code: "ECONNRESET",
    notSent: false
  }],
  ["a connection that failed for no known reason", broken(), "SendOutcomeUnknown", {
    _tag: "Unreachable",
    notSent: false
  }],
  ["a body that broke", brokenBody(201), "SendOutcomeUnknown", { _tag: "Unreachable", notSent: false }],
  ["500", json(500, { title: "Internal Server Error" }), "SendOutcomeUnknown", { _tag: "ServerFailure", status: 500 }],
  ["503", json(503, {}), "SendOutcomeUnknown", { _tag: "ServerFailure", status: 503 }],
  ["504, HTML", text(504, "<html>Gateway Timeout</html>"), "SendOutcomeUnknown", {
    _tag: "ServerFailure",
    status: 504
  }],
  ["200, HTML", text(200, "<html>Sign in</html>"), "SendOutcomeUnknown", { _tag: "UnexpectedResponse", status: 200 }],
  ["302", text(302, ""), "SendOutcomeUnknown", { _tag: "UnexpectedResponse", status: 302 }],
  ["201, truncated", text(201, "{\"data\":{\"dm_ev"), "UnexpectedResponse", undefined],
  [
    "201, ids as numbers",
    json(201, { data: { dm_conversation_id: 1, dm_event_id: 2 } }),
    "UnexpectedResponse",
    undefined
  ],
  ["a refused connection", broken("ECONNREFUSED"), "Unreachable", undefined],
  ["an unknown host", broken("ENOTFOUND"), "Unreachable", undefined],
  ["429", json(429, { title: "Too Many Requests" }), "RateLimited", undefined],
  ["403", json(403, { code: 349, message: "no" }), "Forbidden", undefined],
  ["401", json(401, {}), "Unauthorized", undefined],
  ["402", json(402, {}), "OutOfCredits", undefined],
  ["400", json(400, {}), "BadRequest", undefined],
  ["404", json(404, {}), "NotFound", undefined]
]

describe.each(cases.filter(({ kind }) => kind === "send").map((one) => [one.name, one] as const))("%s", (_, one) => {
  for (const [what, reply, tag, reason] of outcomes) {
    it.effect(`reaches X once and no more on: ${what}`, () =>
      Effect.gen(function*() {
        const { error, requests } = yield* failureOf(one, reply)
        // What X cannot have seen is sent again, with pauses; all else is not.
        expect(requests).toHaveLength(tag === "Unreachable" ? 4 : 1)
        expect(error).toMatchObject({ _tag: tag, method: one.method, route: one.route })
        if (error._tag === "SendOutcomeUnknown") {
          expect(error.reason).toMatchObject(Object(reason))
          expect(error.message).toMatch(/may or may not have been sent/)
          expect(error.message).toContain("Call dm.reconcile with this error")
        }
        if (error._tag === "Unreachable") expect(error).toMatchObject({ notSent: true })
      }))
  }

  it.effect("sends what was given, once, and answers the ids", () =>
    Effect.gen(function*() {
      const { layer, requests } = scripted(json(201, one.answers.post))
      const created = yield* Effect.flatMap(DirectMessages, (dm) => one.call(dm, one.sample)).pipe(
        Effect.provide(layer())
      )
      expect(created).toEqual(one.model)
      expect(requests.map(({ body, method, url }) => [method, url.href, JSON.parse(body ?? "")]))
        .toEqual([["POST", `https://api.x.com${one.path}`, one.body]])
    }))
})
