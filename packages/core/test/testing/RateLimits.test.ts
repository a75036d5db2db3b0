import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { Emulator, Fixtures } from "../../src/testing/index.js"
import { against, call, list, minutes, now } from "./support.js"

const { people, tokens } = Fixtures
const toJonas = `/2/dm_conversations/with/${people.jonas.id}/messages`
const send = (token?: string) =>
  call("POST", toJonas, { body: { text: "hi" }, ...(token === undefined ? {} : { token }) })

/** The numbers of one window's headers: limit, remaining, reset. */
const told = (headers: Readonly<Record<string, string | undefined>>, window = "x-rate-limit") =>
  ["limit", "remaining", "reset"].map((part) => headers[`${window}-${part}`])

describe("the window of 15 minutes", () => {
  it.effect("lets 15 calls through, refuses the next until its reset, and then lets 15 through again", () =>
    Effect.gen(function*() {
      const reset = String((now + minutes(15)) / 1000)
      for (let n = 1; n <= 15; n++) {
        const { headers, status } = yield* list({ max_results: "1" })
        expect([status, ...told(headers)]).toEqual([200, "15", String(15 - n), reset])
        yield* TestClock.adjust("20 seconds")
      }
      const refused = yield* list()
      expect([refused.status, ...told(refused.headers)]).toEqual([429, "15", "0", reset])
      expect(refused.json).toMatchObject({ code: 88, title: "Too Many Requests", type: "about:blank" })
      yield* TestClock.setTime(Number(reset) * 1000 - 1)
      expect((yield* list()).status).toBe(429)
      yield* TestClock.adjust("1 millis")
      const again = yield* list()
      expect([again.status, ...told(again.headers)]).toEqual([200, "15", "14", String(Number(reset) + 15 * 60)])
    }).pipe(against()))

  it.effect("never resets later than its header says, on a clock between seconds", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 millis")
      const { headers } = yield* list()
      expect(headers["x-rate-limit-reset"]).toMatch(/^[0-9]+$/)
      const reset = Number(headers["x-rate-limit-reset"]) * 1000
      expect(reset).toBeGreaterThanOrEqual(now + 1 + minutes(15))
      expect((yield* list()).status).toBe(429)
      yield* TestClock.setTime(reset)
      expect((yield* list()).status).toBe(200)
    }).pipe(against({ rateLimits: { "GET /2/dm_events": { window: 1 } } })))

  it.effect("is one for each route and each user", () =>
    Effect.gen(function*() {
      expect((yield* list()).status).toBe(200)
      expect((yield* list()).status).toBe(429)
      expect((yield* list({}, undefined, tokens.readOnly)).status).toBe(429)
      expect((yield* list({}, undefined, tokens.other)).status).toBe(200)
      expect((yield* call("GET", "/2/dm_events/1")).status).toBe(404)
    }).pipe(against({ rateLimits: { "GET /2/dm_events": { window: 1 } } })))

  it.effect("counts refused calls of a known user, and not those of nobody", () =>
    Effect.gen(function*() {
      const { headers } = yield* list({ max_results: "0" })
      expect(told(headers)[1]).toBe("14")
      const nobody = yield* list({}, undefined, "nobody's")
      expect([nobody.status, told(nobody.headers)[1]]).toEqual([401, "15"])
      expect(told((yield* list()).headers)[1]).toBe("13")
    }).pipe(against()))
})

describe("the window of a day", () => {
  it.effect("is told on sends and deletes only, and refuses while the short window has room", () =>
    Effect.gen(function*() {
      expect(told((yield* list()).headers, "x-user-limit-24hour")).toEqual([undefined, undefined, undefined])
      const reset = String((now + minutes(24 * 60)) / 1000)
      for (const remaining of ["1", "0"]) {
        const { headers, status } = yield* send()
        expect([status, ...told(headers, "x-user-limit-24hour")]).toEqual([201, "2", remaining, reset])
      }
      yield* TestClock.adjust("16 minutes")
      const refused = yield* send()
      expect([refused.status, told(refused.headers)[1]]).toEqual([429, "15"])
      expect(told(refused.headers, "x-user-limit-24hour")).toEqual(["2", "0", reset])
      expect(told(refused.headers, "x-app-limit-24hour").slice(0, 2)).toEqual(["1440", "1438"])
      yield* TestClock.setTime(Number(reset) * 1000)
      expect((yield* send()).status).toBe(201)
    }).pipe(against({ rateLimits: { "POST /2/dm_conversations/with/{participant_id}/messages": { userDay: 2 } } })))

  it.effect("of the app is shared by its users", () =>
    Effect.gen(function*() {
      const toMe = (token: string) =>
        call("POST", `/2/dm_conversations/with/${people.support.id}/messages`, { body: { text: "hi" }, token })
      expect((yield* toMe(tokens.owner)).status).toBe(201)
      expect((yield* toMe(tokens.other)).status).toBe(429)
    }).pipe(against({ rateLimits: { "POST /2/dm_conversations/with/{participant_id}/messages": { appDay: 1 } } })))

  it.effect("has X's figures: 300, 1,500 and 4,000 for deletes, 15, 1,440 and 1,440 for sends", () =>
    Effect.gen(function*() {
      const limits = (headers: Readonly<Record<string, string | undefined>>) =>
        ["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"].map((window) => told(headers, window)[0])
      expect(limits((yield* call("DELETE", "/2/dm_events/1")).headers)).toEqual(["300", "1500", "4000"])
      expect(limits((yield* send()).headers)).toEqual(["15", "1440", "1440"])
    }).pipe(against()))
})

it.effect("without limits there are no headers of them, and every answer has a transaction id", () =>
  Effect.gen(function*() {
    const ids = new Set<string | undefined>()
    for (let n = 0; n < 20; n++) {
      const { headers, status } = yield* list({ max_results: "1" })
      expect(status).toBe(200)
      expect(told(headers)).toEqual([undefined, undefined, undefined])
      ids.add(headers["x-transaction-id"])
    }
    expect(ids.size).toBe(20)
    expect(ids.has(undefined)).toBe(false)
    expect(yield* Effect.flatMap(Emulator, (emulator) => emulator.requestCount())).toBe(20)
  }).pipe(against({ rateLimits: "off" })))
