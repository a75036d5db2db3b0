import { describe, expect, it } from "@effect/vitest"
import { DateTime, FastCheck as fc } from "effect"
import * as RateLimitHeaders from "../../src/protocol/RateLimitHeaders.js"

const reset = 1_785_590_400
const resetsAt = reset * 1000
const window = (prefix: string, limit: number, remaining: number) => ({
  [`${prefix}limit`]: String(limit),
  [`${prefix}remaining`]: String(remaining),
  [`${prefix}reset`]: String(reset)
})

const quarter = (remaining: number) => window("x-rate-limit-", 15, remaining)
const day = (remaining: number) => window("x-user-limit-24hour-", 1440, remaining)
const app = (remaining: number) => window("x-app-limit-24hour-", 4000, remaining)

describe("fromHeaders", () => {
  it("reads the windows that there are, the shortest first", () => {
    expect(RateLimitHeaders.fromHeaders({ ...app(1), ...day(2), ...quarter(3) })).toEqual([
      { window: "15 minutes", limit: 15, remaining: 3, resetsAt },
      { window: "24 hours of the user", limit: 1440, remaining: 2, resetsAt },
      { window: "24 hours of the app", limit: 4000, remaining: 1, resetsAt }
    ])
    expect(RateLimitHeaders.fromHeaders({})).toEqual([])
  })

  it("reads a window of which only a part is told", () => {
    expect(RateLimitHeaders.fromHeaders({ "x-rate-limit-remaining": "0" })).toEqual([
      { window: "15 minutes", limit: undefined, remaining: 0, resetsAt: undefined }
    ])
  })

  it("passes over what makes no sense, and never throws", () => {
    for (const text of ["", "-1", "1.5", "1e3", "NaN", " 5", "9".repeat(12), "٣"]) {
      expect(RateLimitHeaders.fromHeaders({ "x-rate-limit-limit": text, "x-rate-limit-reset": text })).toEqual([])
    }
    fc.assert(fc.property(fc.string(), fc.nat().map(String), (a, b) => {
      for (const text of [a, b]) {
        RateLimitHeaders.fromHeaders({ "x-rate-limit-limit": text, "x-app-limit-24hour-reset": text })
      }
    }))
  })
})

describe("exhausted", () => {
  it.each([
    ["the one that is used up", { ...quarter(0), ...day(5), ...app(7) }, "15 minutes"],
    ["the one that lasts longest of those used up", { ...quarter(0), ...day(0), ...app(7) }, "24 hours of the user"],
    ["the app's, if that too is used up", { ...quarter(0), ...day(0), ...app(0) }, "24 hours of the app"],
    ["the first, if none is used up", { ...quarter(3), ...day(5) }, "15 minutes"],
    ["unknown, without headers", {}, "unknown"]
  ])("is %s", (_, headers, expected) => {
    expect(RateLimitHeaders.exhausted(headers)).toMatchObject({
      window: expected,
      resetsAt: expected === "unknown" ? undefined : DateTime.unsafeMake(resetsAt)
    })
  })
})
