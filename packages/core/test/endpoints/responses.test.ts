import { describe, expect, it } from "@effect/vitest"
import { DateTime, Either } from "effect"
import type { Dialect } from "../../src/model/Dialect.js"
import * as Errors from "../../src/protocol/Errors.js"
import { answer, type Case, each } from "../support/endpoints.js"

const dialects: ReadonlyArray<Dialect> = ["post", "tweet"]

const problems = "https://api.x.com/2/problems"

const bare = { title: "Forbidden", detail: "Forbidden", type: "about:blank", status: 403 }

type Refusal = readonly [
  what: string,
  status: number,
  body: unknown,
  expected: { readonly _tag: string; readonly [field: string]: unknown }
]

const refusals: ReadonlyArray<Refusal> = [
  ["400, a problem", 400, { title: "Invalid Request", detail: "d", type: `${problems}/invalid-request` }, {
    _tag: "BadRequest",
    problem: { title: "Invalid Request", detail: "d", type: `${problems}/invalid-request` }
  }],
  ["400, errors with parameters", 400, {
    errors: [{ message: "not between 1 and 100", parameters: { max_results: ["101"] } }],
    title: "Invalid Request",
    detail: "One or more parameters to your request was invalid.",
    type: `${problems}/invalid-request`
  }, { _tag: "BadRequest", problem: { parameter: "max_results", value: "101", detail: "not between 1 and 100" } }],
  ["401", 401, { title: "Unauthorized", type: "about:blank", status: 401, detail: "Unauthorized" }, {
    _tag: "Unauthorized"
  }],
  ["402, credits depleted", 402, { title: "CreditsDepleted", type: `${problems}/credits` }, { _tag: "OutOfCredits" }],
  ["403, a bare word", 403, bare, { _tag: "Forbidden", reason: "MissingScope" }],
  ["403, nothing", 403, "", { _tag: "Forbidden", reason: "MissingScope", problem: undefined }],
  ["403, HTML", 403, "<html>no</html>", { _tag: "Forbidden", problem: undefined }],
  ["403, code 349", 403, { errors: [{ code: 349, message: "cannot send" }] }, {
    _tag: "Forbidden",
    reason: "RecipientRefusesMessages",
    problem: { code: 349, detail: "cannot send" }
  }],
  ["403, code 226", 403, { code: 226, message: "automated" }, { _tag: "Forbidden", reason: "LooksAutomated" }],
  ["403, code 150", 403, { code: 150, message: "not following" }, {
    _tag: "Forbidden",
    reason: "RecipientDoesNotFollow"
  }],
  ["403, code 93", 403, { code: 93, message: "permission" }, { _tag: "Forbidden", reason: "AppLacksDmPermission" }],
  ["403, client not enrolled", 403, { type: `${problems}/client-forbidden`, reason: "client-not-enrolled" }, {
    _tag: "Forbidden",
    reason: "ClientNotEnrolled",
    problem: { reason: "client-not-enrolled" }
  }],
  ["403, not authorized", 403, { type: `${problems}/not-authorized-for-resource` }, {
    _tag: "Forbidden",
    reason: "NotAuthorizedForResource"
  }],
  ["403, something else", 403, { title: "Forbidden", detail: "You are suspended." }, {
    _tag: "Forbidden",
    reason: "Other"
  }],
  ["403, a kind like a method of objects", 403, { detail: "d", type: `${problems}/constructor` }, {
    _tag: "Forbidden",
    reason: "Other"
  }],
  ["404, a problem", 404, { type: `${problems}/resource-not-found`, resource_id: "1", title: "Not Found Error" }, {
    _tag: "NotFound",
    problem: { resourceId: "1" }
  }],
  ["404, nothing", 404, "", { _tag: "NotFound" }],
  ["429, a problem", 429, { title: "Too Many Requests", detail: "Too Many Requests", status: 429 }, {
    _tag: "RateLimited"
  }],
  ["429, errors", 429, { errors: [{ code: 88, message: "Rate limit exceeded" }] }, {
    _tag: "RateLimited",
    window: "unknown",
    limit: undefined,
    remaining: undefined,
    resetsAt: undefined,
    problem: { code: 88 }
  }],
  ["429, usage capped", 429, { type: `${problems}/usage-capped`, period: "Monthly" }, {
    _tag: "RateLimited",
    window: "usage cap",
    problem: { period: "Monthly" }
  }],
  ["500", 500, { title: "Internal Server Error" }, { _tag: "ServerFailure", status: 500 }],
  ["502, HTML", 502, "<html><body>Bad Gateway</body></html>", {
    _tag: "ServerFailure",
    status: 502,
    problem: undefined
  }],
  ["503", 503, { title: "Service Unavailable", detail: "Over capacity", status: 503 }, { _tag: "ServerFailure" }],
  ["504, nothing", 504, "", { _tag: "ServerFailure", status: 504 }],
  ["409, unknown to us", 409, { title: "Conflict" }, { _tag: "BadRequest", status: 409 }],
  ["200, errors and no data", 200, {
    errors: [{ type: `${problems}/resource-not-found`, detail: "no such event", parameter: "event_id", value: "1" }]
  }, { _tag: "NotFound", status: 200, problem: { parameter: "event_id", value: "1" } }],
  ["200, not authorized and no data", 200, {
    data: null,
    errors: [{ type: `${problems}/not-authorized-for-resource` }]
  }, {
    _tag: "Forbidden",
    reason: "NotAuthorizedForResource"
  }],
  ["200, an error of no known kind", 200, { errors: [{ message: "odd" }] }, {
    _tag: "BadRequest",
    problem: { detail: "odd" }
  }],
  ["200, an error that names a status", 200, { errors: [{ status: 503, title: "x" }] }, { _tag: "ServerFailure" }],
  ["200, a hydration failure", 200, { errors: [{ type: `${problems}/field-hydration-failure` }] }, {
    _tag: "ServerFailure"
  }]
]

const left = (one: Case, ...[status, body, headers]: Parameters<typeof answer>) =>
  Either.getOrThrow(Either.flip(one.response(answer(status, body, headers))))

describe.each(each)("%s", (_, one) => {
  it.each(dialects)("reads a success in the %s dialect", (dialect) => {
    expect(Either.getOrThrow(one.response(answer(one.status, one.answers[dialect])))).toMatchObject(Object(one.model))
  })

  it.each(refusals)("%s", (_, status, body, expected) => {
    const error = left(one, status, body)
    expect(error).toMatchObject({ method: one.method, route: one.route, status, transactionId: "4f2a", ...expected })
    expect(error.message).toContain(`${one.method} ${one.route}: `)
    expect(error.message).toContain("4f2a")
    expect(error.message).not.toMatch(/undefined|\[object|function/)
    if (error.problem?.detail !== undefined) expect(error.message).toContain(error.problem.detail)
    if (error._tag === "Forbidden") expect(error.scopes).toEqual(one.scopes)
  })

  it.each(
    [
      ["HTML", "<!doctype html>\n<html><body>Sign in to the café Wi-Fi</body></html>", "", /JSON/],
      ["nothing", "", "", /nothing/],
      ["blanks", " \n ", "", /nothing/],
      ["truncated JSON", JSON.stringify(one.answers.post).slice(0, -7), "", /JSON/],
      ["a text", "\"ok\"", "", /object/],
      ["a list", "[]", "", /object/],
      ["null", "null", "", /object/],
      ["data of a wrong type", { data: 5 }, "data", /object|array/]
    ] as const
  )("%s is an UnexpectedResponse", (_, body, path, expected) => {
    const error = left(one, 200, body)
    expect(error).toMatchObject({ _tag: "UnexpectedResponse", status: 200, transactionId: "4f2a", path })
    if (error._tag !== "UnexpectedResponse") return
    expect(error.expected).toMatch(expected)
    expect(error.excerpt).not.toBe("")
    expect(error.excerpt.length).toBeLessThanOrEqual(201)
    expect(error.message).toContain(path === "" ? "the body" : path)
    expect(error.message).not.toMatch(/undefined|readonly|ReadonlyArray|Struct/)
  })

  it("a long body is cut", () => {
    const error = left(one, 200, `<html>${"é👋 ".repeat(5_000)}`)
    expect(error).toMatchObject({ _tag: "UnexpectedResponse", excerpt: expect.stringMatching(/^<html>é👋 .*…$/u) })
    expect(error.message.length).toBeLessThan(600)
  })

  it.each([301, 304, 100])("a status of %s is an UnexpectedResponse", (status) => {
    expect(left(one, status, one.answers.post)).toMatchObject({ _tag: "UnexpectedResponse", status, path: "" })
  })

  it("tells of the windows of a 429", () => {
    const reset = 1_785_590_400
    const resetsAt = DateTime.unsafeMake(reset * 1000)
    const quarter = { "x-rate-limit-limit": "15", "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(reset) }
    const day = {
      "x-user-limit-24hour-limit": "1440",
      "x-user-limit-24hour-remaining": "0",
      "x-user-limit-24hour-reset": String(reset + 60)
    }
    const app = { "x-app-limit-24hour-limit": "4000", "x-app-limit-24hour-remaining": "12" }
    const limited = (headers: Record<string, string>) => left(one, 429, "", headers)
    expect(limited(quarter)).toMatchObject({
      window: "15 minutes",
      limit: 15,
      remaining: 0,
      resetsAt,
      bucket: one.name
    })
    expect(limited(quarter).message).toContain("2026-08-01T13:20:00.000Z")
    expect(limited({ ...quarter, ...day, ...app })).toMatchObject({ window: "24 hours of the user", limit: 1440 })
    expect(limited({ ...quarter, "x-rate-limit-remaining": "7" })).toMatchObject({ window: "15 minutes", remaining: 7 })
    expect(limited({ "x-rate-limit-limit": "many", "x-rate-limit-reset": "-1" }))
      .toMatchObject({ window: "unknown", limit: undefined, resetsAt: undefined })
  })
})

describe("what one endpoint alone can meet", () => {
  const of = (name: string) => each.find(([each]) => each === name)![1]
  const event = { id: "1146654567674912769", event_type: "MessageCreate", text: "hi" }

  it.each([
    ["GetEvents", { data: [event, { ...event, id: Number(event.id) }] }, "data.1.id", /string/, "114665456767491"],
    ["GetEvents", { data: [{ ...event, text: { a: 1 } }] }, "data.0.text", /string/, "{\"a\":1}"],
    ["GetEvents", { data: [{ ...event, created_at: "yesterday" }] }, "data.0.created_at", /time/, "\"yesterday\""],
    ["GetEvents", { data: event }, "data", /array/, "\"MessageCreate\""],
    [
      "GetEvents",
      { data: [event], includes: { users: [{ id: "1", name: "A" }] } },
      "includes.users.0.username",
      /missing/,
      "absent"
    ],
    ["GetEvents", { data: [null] }, "data.0", /object/, "null"],
    ["GetEvents", { data: [], meta: { result_count: "5" } }, "meta.result_count", /number/, "\"5\""],
    ["GetEventsById", { data: { ...event, sender_id: 5 } }, "data.sender_id", /string/, "5"],
    ["CreateByParticipantId", { data: { dm_conversation_id: "1-2" } }, "data.dm_event_id", /missing/, "absent"],
    [
      "CreateByParticipantId",
      { data: { dm_conversation_id: "1-2", dm_event_id: 5 } },
      "data.dm_event_id",
      /string/,
      "5"
    ],
    ["GetMe", { data: { id: "1", username: "a" } }, "data.name", /missing/, "absent"],
    ["DeleteEvents", { data: {} }, "data.deleted", /missing/, "absent"]
  ])("%s says where %j is not as expected", (name, body, path, expected, excerpt) => {
    const error = left(of(name), 200, body)
    expect(error).toMatchObject({ _tag: "UnexpectedResponse", path, expected: expect.stringMatching(expected) })
    expect(error).toMatchObject({ excerpt: expect.stringContaining(excerpt) })
    expect(error.message).toContain(path)
  })

  it("a page without data, includes or meta is an empty page", () => {
    for (const name of ["GetEvents", "GetEventsByConversationId", "GetEventsByParticipantId"]) {
      expect(Either.getOrThrow(of(name).response(answer(200, {})))).toEqual({
        events: [],
        includes: { users: [], media: [], posts: [] },
        meta: {},
        errors: []
      })
    }
  })

  it("errors beside data are the page's", () => {
    const partial = { data: [event], errors: [{ title: "Not Found Error", resource_type: "user" }] }
    expect(Either.getOrThrow(of("GetEvents").response(answer(200, partial))))
      .toMatchObject({ events: [{ id: event.id }], errors: [{ title: "Not Found Error", resourceType: "user" }] })
  })

  it("a removal may answer 204 with nothing; no other call may", () => {
    for (const [name, one] of each) {
      const read = one.response({ status: 204, headers: {}, body: "" })
      if (name === "DeleteEvents") expect(read).toEqual(Either.right({ deleted: true }))
      else expect(Either.getOrThrow(Either.flip(read))).toBeInstanceOf(Errors.UnexpectedResponse)
    }
  })

  it("a removal that X did not do says so", () => {
    expect(of("DeleteEvents").response(answer(200, { data: { deleted: false } }))).toEqual(
      Either.right({ deleted: false })
    )
  })
})
