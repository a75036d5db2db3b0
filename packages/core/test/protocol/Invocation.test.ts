import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import { type Duration, Effect, Exit, Layer, Option, Schedule } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { UserId } from "../../src/model/Ids.js"
import { Credentials, type CredentialsService } from "../../src/protocol/Credentials.js"
import { NeedsLogin, type ReadError, type SendError } from "../../src/protocol/Errors.js"
import { RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import { RateLimits, type RateLimitsOptions } from "../../src/protocol/RateLimits.js"
import { RetryPauses } from "../../src/protocol/Retries.js"
import type { XApiOptions } from "../../src/protocol/XApi.js"
import * as ManualClock from "../support/manualClock.js"
import { json, type Reply, scripted } from "../support/script.js"
import { minute } from "./limits.js"

type CallError = ReadError | SendError

const page = { meta: { result_count: 0 } }
const dead: Reply = json(503, {})

/** What an effect comes to within two hours, and the times of the requests, in seconds. */
const timed = <A, E>(
  replies: ReadonlyArray<Reply>,
  effect: Effect.Effect<A, E, DirectMessages>,
  options: XApiOptions = {}
) => {
  const { adjust, clock } = ManualClock.make(Date.UTC(2026, 7, 1))
  const { layer, requests } = scripted(...replies)
  return Effect.gen(function*() {
    const fiber = yield* Effect.fork(Effect.either(effect))
    yield* adjust(120 * minute)
    const exit = Option.getOrThrow(yield* fiber.poll)
    return {
      result: Exit.isSuccess(exit) ? exit.value : exit,
      times: requests.map(({ at }) => (at - Date.UTC(2026, 7, 1)) / 1000)
    }
  }).pipe(Effect.provide(layer(options)), Effect.withClock(clock))
}

const read = Effect.flatMap(DirectMessages, (dm) => dm.getEvents())
const send = Effect.flatMap(
  DirectMessages,
  (dm) => dm.createByParticipantId({ participantId: UserId.make("2"), text: "Hello" })
)

describe("repeats", () => {
  it.live("wait as long as X asks", () =>
    Effect.gen(function*() {
      const { result, times } = yield* timed([json(503, {}, { "retry-after": "7" }), json(200, page)], read)
      expect(result).toMatchObject({ _tag: "Right" })
      expect(times).toEqual([0, 7])
    }))

  it.live("wait until the date that X names, by X's clock", () =>
    Effect.gen(function*() {
      const headers = { date: "Sat, 01 Aug 2026 09:00:00 GMT", "retry-after": "Sat, 01 Aug 2026 09:00:09 GMT" }
      const { times } = yield* timed([json(503, {}, headers), json(200, page)], read)
      expect(times).toEqual([0, 9])
    }))

  it.live("are not made if X asks for longer than a call waits; the error tells for how long", () =>
    Effect.gen(function*() {
      const { result, times } = yield* timed([json(503, {}, { "retry-after": "600" })], read)
      expect(result).toMatchObject({ left: { _tag: "ServerFailure", retryAfterMillis: 600_000 } })
      expect(result).toHaveProperty("left.message", expect.stringContaining("Try again in 600 s."))
      expect(times).toEqual([0])
    }))

  it.live("are those that the call sets, the layer, or the endpoint, in this order", () =>
    Effect.gen(function*() {
      const every = (seconds: number) => Schedule.intersect(Schedule.spaced(seconds * 1000), Schedule.recurs(2))
      const layer = { retry: every(10) }
      expect((yield* timed([dead], read, layer)).times).toEqual([0, 10, 20])
      const called = Effect.provideService(read, RetryPauses, every(30))
      expect((yield* timed([dead], called, layer)).times).toEqual([0, 30, 60])
      const once = Effect.provideService(read, RetryPauses, RetryPauses.none)
      expect((yield* timed([dead], once, layer)).times).toEqual([0])
    }))

  it.live("of a send whose outcome is open are not made, whatever is set", () =>
    Effect.gen(function*() {
      const { times } = yield* timed([dead], Effect.provideService(send, RetryPauses, Schedule.spaced("1 second")))
      expect(times).toEqual([0])
    }))

  it.live("have a budget: while X is away, calls are made once", () =>
    Effect.gen(function*() {
      const calls = Effect.forEach(Array.from({ length: 100 }), () => Effect.either(read))
      const { times } = yield* timed([dead], calls)
      expect(times).toHaveLength(100 + 20)
      expect((yield* timed([dead], calls, { retryBudget: 0 })).times).toHaveLength(100)
    }))

  it.live("get their budget back by successes", () =>
    Effect.gen(function*() {
      const replies = [dead, dead, dead, ...Array.from({ length: 10 }, () => json(200, page)), dead]
      const calls = Effect.forEach(Array.from({ length: 13 }), () => Effect.either(read))
      // Two repeats are there from the start; ten successes bring two more.
      const { times } = yield* timed(replies, calls, { retryBudget: 2 })
      expect(times).toHaveLength(3 + 10 + 3 + 1)
    }))

  it.live("have no more than their budget, after however many successes", () =>
    Effect.gen(function*() {
      const replies = [...Array.from({ length: 50 }, () => json(200, page)), dead]
      const calls = Effect.forEach(Array.from({ length: 60 }), () => Effect.either(read))
      const { times } = yield* timed(replies, calls, { retryBudget: 2 })
      expect(times).toHaveLength(60 + 2)
    }))
})

describe("a reset that makes no sense", () => {
  for (
    const headers of [
      {},
      { "x-rate-limit-remaining": "0" },
      { "x-rate-limit-remaining": "0", "x-rate-limit-reset": "tomorrow" },
      { "x-rate-limit-remaining": "0", "x-rate-limit-reset": "99999999999" },
      { "x-rate-limit-remaining": "0", "x-rate-limit-reset": "0" },
      { "x-rate-limit-limit": "-5", "x-rate-limit-remaining": "NaN", "x-rate-limit-reset": "-1" },
      { "x-rate-limit-limit": "0", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1785542400" }
    ]
  ) {
    it.live(`neither hangs nor spins: ${JSON.stringify(headers)}`, () =>
      Effect.gen(function*() {
        const { result, times } = yield* timed([json(429, {}, headers), json(429, {}, headers), json(200, page)], read)
        expect(result).toMatchObject({ _tag: "Right" })
        expect(times).toHaveLength(3)
        expect(times[1]).toBeGreaterThanOrEqual(1)
        expect(times[2]).toBeGreaterThanOrEqual(60)
        expect(times[2]).toBeLessThanOrEqual(2 * 16 * 60)
      }))
  }

  it.live("a month's cap is told at once", () =>
    Effect.gen(function*() {
      const capped = json(429, { type: "https://api.x.com/2/problems/usage-capped", title: "UsageCapExceeded" })
      const { result, times } = yield* timed([capped], read)
      expect(result).toMatchObject({ left: { _tag: "RateLimited", window: "usage cap", status: 429 } })
      expect(times).toEqual([0])
    }))
})

describe("bad input", () => {
  for (const duration of [-1, "-5 minutes", 0, Infinity, NaN, "soon", undefined]) {
    it.live(`a policy that waits for ${String(duration)} is refused before any request`, () =>
      Effect.gen(function*() {
        const call = Effect.provideService(
          read,
          RateLimitPolicy,
          RateLimitPolicy.waitAtMost(duration as Duration.DurationInput)
        )
        const { result, times } = yield* timed([json(200, page)], call)
        expect(result).toMatchObject({ left: { _tag: "InvalidInput", parameter: "waitAtMost" } })
        expect(times).toEqual([])
      }))
  }

  for (
    const [options, told] of [
      [{ join: { GetEventz: "reads" } }, "names \"GetEventz\""],
      [{ limits: { GetEvent: { window: 3 } } }, "names \"GetEvent\""],
      [{ limits: { GetEvents: { window: -3 } } }, "whole numbers of at least 1"],
      [{ limits: { GetEvents: { window: 1.5 } } }, "whole numbers of at least 1"],
      [{ join: { GetEvents: " " } }, "must give each bucket a name"]
    ] as const
  ) {
    it.live(`limits that make no sense are refused: ${JSON.stringify(options)}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Layer.build(RateLimits.layer(options as RateLimitsOptions)))
        expect(error).toMatchObject({ _op: "InvalidData" })
        expect(String(error)).toContain(told)
      }).pipe(Effect.scoped))
  }
})

describe("credentials", () => {
  /** A client with credentials of which each part can be set. */
  const withCredentials = <A, E>(
    replies: ReadonlyArray<Reply>,
    part: Partial<CredentialsService>,
    effect: Effect.Effect<A, E, DirectMessages>
  ) => {
    const { client, requests } = scripted(...replies)
    let version = 1
    const credentials = Layer.succeed(Credentials, {
      account: "me",
      app: "mine",
      scopes: Effect.succeedNone,
      sign: (request) => Effect.sync(() => HttpClientRequest.bearerToken(request, `token-${version}`)),
      renew: () => Effect.sync(() => ++version > 1),
      ...part
    })
    return Effect.either(effect).pipe(
      Effect.provide(DirectMessages.layerCredentials()),
      Effect.provide(credentials),
      Effect.provideService(HttpClient.HttpClient, client),
      Effect.map((result) => ({ result, tokens: requests.map(({ headers }) => headers["authorization"]) }))
    )
  }

  const created = { data: { dm_conversation_id: "1-2", dm_event_id: "5" } }
  const calls: ReadonlyArray<readonly [string, Effect.Effect<unknown, CallError, DirectMessages>, Reply]> = [
    ["a read", read, json(200, page)],
    ["a send", send, json(201, created)]
  ]
  for (const [what, call, success] of calls) {
    it.live(`that X refuses are renewed, and ${what} is made anew`, () =>
      Effect.gen(function*() {
        const { result, tokens } = yield* withCredentials([json(401, {}), success], {}, call)
        expect(result._tag).toBe("Right")
        expect(tokens).toEqual(["Bearer token-1", "Bearer token-2"])
      }))
  }

  it.live("are renewed once for a call", () =>
    Effect.gen(function*() {
      const { result, tokens } = yield* withCredentials([json(401, {})], {}, read)
      expect(result).toMatchObject({ left: { _tag: "Unauthorized" } })
      expect(tokens).toHaveLength(2)
    }))

  it.live("are not renewed on 403", () =>
    Effect.gen(function*() {
      const { result, tokens } = yield* withCredentials([json(403, {})], {}, read)
      expect(result).toMatchObject({ left: { _tag: "Forbidden" } })
      expect(tokens).toHaveLength(1)
    }))

  it.live("that cannot be had fail the call, and the next one takes the turn", () =>
    Effect.gen(function*() {
      const login = new NeedsLogin({ account: "me", why: "there is no token" })
      let signs = 0
      const sign: CredentialsService["sign"] = (request) =>
        Effect.suspend(() => ++signs === 1 ? Effect.fail(login) : Effect.succeed(request))
      const both = Effect.all([Effect.flip(read), Effect.asVoid(read)])
      const { result, tokens } = yield* withCredentials([json(200, page)], { sign }, both)
      expect(result).toMatchObject({ right: [{ _tag: "NeedsLogin" }, undefined] })
      expect(tokens).toHaveLength(1)
    }))

  it.live("whose scopes do not suffice are told of before the call", () =>
    Effect.gen(function*() {
      const scopes = Effect.succeedSome(["dm.read", "tweet.read", "users.read"])
      const fails = yield* withCredentials([json(200, page)], { scopes }, send)
      expect(fails.result).toMatchObject({ left: { _tag: "MissingScope", missing: ["dm.write"] } })
      expect(fails.result).toHaveProperty(
        "left.message",
        expect.stringContaining("the token lacks dm.write. Log in again")
      )
      expect(fails.tokens).toEqual([])
      expect((yield* withCredentials([json(200, page)], { scopes }, read)).result._tag).toBe("Right")
    }))
})
