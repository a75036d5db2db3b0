import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Logger, Option, TestClock } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import { cases } from "../support/endpoints.js"
import { memoryLogger, memoryTracer, pieces, printed, printedSpan } from "../support/printed.js"
import { broken, brokenBody, json, type Reply, scripted, silent, stalled, text, token } from "../support/script.js"

const html = `<html><pre>Authorization: Bearer ${token}</pre><a href="/?token=${token}&amp;x=1">${token}</a></html>`
const echo = { title: `Refused ${token}`, detail: `the token ${token} of Bearer ${token} was refused`, value: token }
const headers = { "x-transaction-id": token, authorization: `Bearer ${token}`, "x-rate-limit-limit": token }
const escaped = `{"title":"x","detail":"${[...token].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join("")}"}`
const event = { id: "1", event_type: "MessageCreate" }

const replies: ReadonlyArray<readonly [what: string, reply: Reply]> = [
  ...[400, 401, 402, 403, 404, 429, 500].map((status) =>
    [`${status}, a problem`, json(status, echo, headers)] as const
  ),
  [
    "403, errors",
    json(403, { errors: [{ code: 349, message: `Bearer ${token}`, parameters: { a: [token] } }] }, headers)
  ],
  ["403, escaped", text(403, escaped, headers)],
  [
    "404, a kind",
    json(404, { type: `https://api.x.com/2/problems/${token}`, resource_id: token, section: token }, headers)
  ],
  ["403, HTML", text(403, html, headers)],
  ["200, HTML", text(200, html, headers)],
  ["200, the token alone", text(200, token, headers)],
  ["200, truncated JSON", text(200, `{"data":[{"id":"1","text":"${token}"},{"id"`, headers)],
  ["200, JSON cut in the token", text(200, `{"data":"Bearer ${token.slice(0, -3)}`, headers)],
  ["200, behind much else", text(200, `${"x".repeat(190)} ${token}`, headers)],
  ["200, data of a wrong type", json(200, { data: `Bearer ${token}` }, headers)],
  ["200, data of a wrong type, escaped", text(200, escaped.replace("\"detail\"", "\"data\""), headers)],
  ["200, an event of a wrong type", json(200, { data: [{ ...event, text: { [token]: [token] } }] }, headers)],
  ["200, errors", json(200, { errors: [echo] }, headers)],
  ["201, ids of wrong types", json(201, { data: { dm_event_id: [token], dm_conversation_id: token } }, headers)],
  ["302", text(302, `moved to ?access_token=${token}`, { ...headers, location: `/${token}` })],
  ["a reset", broken("ECONNRESET")],
  ["a refused connection", broken("ECONNREFUSED")],
  ["a failure whose code is the token", broken(`Bearer ${token}`)],
  ["a body that broke", brokenBody(200)],
  ["no answer", silent],
  ["a stalled body", stalled]
]

const wanted = new Set([
  "BadRequest",
  "Forbidden",
  "InvalidInput",
  "NotFound",
  "OutOfCredits",
  "RateLimited",
  "SendOutcomeUnknown",
  "ServerFailure",
  "TimedOut",
  "Unauthorized",
  "Unreachable",
  "UnexpectedResponse"
])

describe("no secret shows", () => {
  const seen = new Set<string>()

  const failing = (name: string, reply: Reply, change: (input: unknown) => unknown = (input) => input) =>
    Effect.gen(function*() {
      const one = cases.find((each) => each.name === name)!
      const { layer } = scripted(reply)
      const { spans, tracer } = memoryTracer()
      const { logger, logs } = memoryLogger()
      const fiber = yield* Effect.flatMap(DirectMessages, (dm) => one.call(dm, change(one.sample))).pipe(
        Effect.tapErrorCause((cause) => Effect.logError("the call failed", cause)),
        Effect.tapError((error) => Effect.logError(error)),
        Effect.withSpan("outer"),
        Effect.exit,
        Effect.provide(layer()),
        Effect.withTracer(tracer),
        Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
        Effect.provideService(RateLimitPolicy, RateLimitPolicy.fail),
        Effect.fork
      )
      yield* TestClock.adjust("10 minutes")
      const exit = yield* Fiber.join(fiber)
      const error = Option.getOrThrow(Exit.causeOption(exit).pipe(Option.flatMap(Cause.failureOption)))
      seen.add(error._tag)
      if (error._tag === "SendOutcomeUnknown") seen.add(error.reason._tag)
      const traced = spans.flatMap(printedSpan)
      expect(spans.map((span) => span.name)).toContain(`${one.method} ${one.route}`)
      expect(logs.length).toBeGreaterThan(0)
      const piece = pieces(token)
      for (const text of [...printed(error), ...traced, ...logs]) expect(text).not.toMatch(piece)
    })

  for (const [what, reply] of replies) {
    for (const name of ["GetEvents", "CreateByParticipantId", "DeleteEvents"]) {
      it.effect(`${name}: ${what}`, () => failing(name, reply))
    }
  }

  it.effect("in an error of an input", () => failing("GetEvents", json(200, {}), () => ({ maxResults: 0 })))

  it("and every class of error was among them", () => {
    expect([...seen].sort()).toEqual([...wanted].sort())
  })

  it.effect("when the layer cannot be made", () =>
    Effect.gen(function*() {
      const { layer } = scripted(silent)
      const exit = yield* Effect.exit(Layer.build(layer({ baseUrl: `https://${token}@api.x.com` })).pipe(Effect.scoped))
      for (const text of printed(exit)) expect(text).not.toContain(token)
    }))
})

describe("a call's span", () => {
  it.effect("names the route, and says what was answered", () =>
    Effect.gen(function*() {
      const { spans, tracer } = memoryTracer()
      const { layer } = scripted(json(200, {}, { "x-rate-limit-limit": "15", "x-rate-limit-remaining": "14" }))
      yield* Effect.flatMap(DirectMessages, (dm) => dm.getEvents()).pipe(
        Effect.provide(layer()),
        Effect.withTracer(tracer)
      )
      const span = spans.find((each) => each.name === "GET /2/dm_events")
      expect(span?.kind).toBe("client")
      expect(Object.fromEntries(span?.attributes ?? [])).toEqual({
        "http.request.method": "GET",
        "url.template": "/2/dm_events",
        "http.response.status_code": 200,
        "x.rate_limit.limit": 15,
        "x.rate_limit.remaining": 14
      })
      // One span a call: the client's own would hold the whole URL.
      expect(spans.map((each) => each.name)).toEqual(["GET /2/dm_events"])
    }))
})
