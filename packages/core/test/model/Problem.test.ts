import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import * as Problem from "../../src/model/Problem.js"

const type = "https://api.x.com/2/problems/invalid-request"

const forms: ReadonlyArray<readonly [form: string, body: unknown, problem: Problem.Problem | undefined]> = [
  ["a problem document", { title: "Invalid Request", detail: "d", type, status: 400 }, {
    title: "Invalid Request",
    detail: "d",
    type,
    status: 400
  }],
  ["a problem with the parts of its type", {
    value: "1",
    parameter: "event_id",
    resource_id: "1",
    resource_type: "dm_event",
    section: "data",
    field: "f",
    title: "Not Found Error",
    type: "https://api.twitter.com/2/problems/resource-not-found"
  }, {
    value: "1",
    parameter: "event_id",
    resourceId: "1",
    resourceType: "dm_event",
    section: "data",
    field: "f",
    title: "Not Found Error",
    type: "https://api.twitter.com/2/problems/resource-not-found"
  }],
  ["a usage cap", { period: "Monthly", scope: "Product", type: "https://api.x.com/2/problems/usage-capped" }, {
    period: "Monthly",
    scope: "Product",
    type: "https://api.x.com/2/problems/usage-capped"
  }],
  ["a client forbidden", { reason: "client-not-enrolled", registration_url: "https://x.com" }, {
    reason: "client-not-enrolled"
  }],
  ["errors with their codes", { errors: [{ code: 88, message: "Rate limit exceeded" }] }, {
    code: 88,
    detail: "Rate limit exceeded"
  }],
  ["the older form", { code: 349, message: "You cannot send messages to this user." }, {
    code: 349,
    detail: "You cannot send messages to this user."
  }],
  ["errors that are problems", { errors: [{ title: "Forbidden", detail: "d", status: 403 }] }, {
    title: "Forbidden",
    detail: "d",
    status: 403
  }],
  ["OAuth's form", { error: "invalid_request", error_description: "Value passed for the token was invalid." }, {
    title: "invalid_request",
    detail: "Value passed for the token was invalid."
  }],
  ["a bare word", { title: "Forbidden", detail: "Forbidden", type: "about:blank", status: 403 }, {
    title: "Forbidden",
    detail: "Forbidden",
    type: "about:blank",
    status: 403
  }],
  ["numbers for texts", { value: 101, resource_id: 1 }, { value: "101", resourceId: "1" }],
  ["parts of wrong types", { title: 1, detail: null, status: "400", code: "88", type: {}, errors: "no" }, {
    title: "1"
  }],
  ["an empty object", {}, undefined],
  ["an object of nothing known", { foo: 1, errors: [] }, undefined],
  ["errors of nothing", { errors: [null, "x", 3] }, undefined],
  ["a text", "Forbidden", undefined],
  ["a list", [{ title: "x" }], undefined],
  ["null", null, undefined]
]

describe("Problem.fromBody", () => {
  it.each(forms)("reads %s", (_, body, problem) => {
    expect(Problem.fromBody(body)).toStrictEqual(problem)
  })

  it("names the parameter and the value that were refused, and says what X says of them", () => {
    const problem = Problem.fromBody({
      errors: [{
        parameters: { max_results: ["101"] },
        message: "The `max_results` query parameter value [101] is not between 1 and 100"
      }],
      title: "Invalid Request",
      detail: "One or more parameters to your request was invalid.",
      type
    })
    expect(problem).toMatchObject({ parameter: "max_results", value: "101", title: "Invalid Request", type })
    expect(problem?.detail).toContain("is not between 1 and 100")
  })

  it("never fails", () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (json, inner) => {
      for (
        const body of [json, { errors: json }, { errors: [json] }, { errors: [{ parameters: json, message: inner }] }]
      ) {
        Problem.fromBody(body)
      }
    }))
  })
})

describe("Problem.kind", () => {
  it.each([
    ["https://api.x.com/2/problems/resource-not-found", "resource-not-found"],
    ["https://api.twitter.com/2/problems/client-forbidden", "client-forbidden"],
    ["about:blank", undefined],
    [undefined, undefined]
  ])("of %s is %s", (type, kind) => {
    expect(Problem.kind(type === undefined ? {} : { type })).toBe(kind)
  })
})
