import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Fiber, Logger, Metric, Tracer } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { type Policy, RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import type { Wait } from "../../src/protocol/RateLimits.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { bucket, minute, onClock, page, requests } from "./limits.js"

const hours = (n: number) => n * 60 * minute
const under = (policy: Policy) => Effect.provideService(RateLimitPolicy, policy)

/** The answers so far: the tag of each error, or "given". */
const results = <E extends { readonly _tag: string }>(fibers: ReadonlyArray<Fiber.Fiber<Either.Either<unknown, E>>>) =>
  Effect.forEach(
    fibers,
    (fiber) =>
      Effect.map(Fiber.poll(fiber), (exit) =>
        exit._tag === "None" || exit.value._tag === "Failure"
          ? "waiting"
          : Either.match(exit.value.value, { onLeft: (error) => error._tag, onRight: () => "given" }))
  )

describe("calls in their turn", () => {
  it.live("100 fibers, 15 calls in 15 minutes: the fewest windows, in order, and X refuses none", () =>
    onClock({}, (adjust) =>
      Effect.gen(function*() {
        const fibers = yield* Effect.forEach(Array.from({ length: 100 }, (_, i) => i + 1), page).pipe(
          under(RateLimitPolicy.waitAtMost("2 hours"))
        )
        yield* adjust(hours(2))
        expect(new Set(yield* results(fibers))).toEqual(new Set(["given"]))
        const all = yield* requests
        expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200))
        expect(all.map(({ size }) => size)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
        // Seven windows are six resets; X's header tells whole seconds.
        const perWindow = Array.from({ length: 7 }, (_, w) =>
          all.filter(({ at }) => at >= w * 15 && at < (w + 1) * 15).length)
        expect(perWindow).toEqual([15, 15, 15, 15, 15, 15, 10])
        expect(all.at(-1)!.at).toBeLessThan(90.2)
      })))

  for (const skew of [-3_600_000, -7_000, 7_000, 3_600_000]) {
    it.live(`X's clock may be off by ${skew / 1000} seconds`, () =>
      onClock({ emulator: { clockSkewMillis: skew } }, (adjust) =>
        Effect.gen(function*() {
          const fibers = yield* Effect.forEach(Array.from({ length: 40 }, (_, i) => i + 1), page)
          yield* adjust(hours(1))
          expect(new Set(yield* results(fibers))).toEqual(new Set(["given"]))
          const all = yield* requests
          expect(all.every(({ status }) => status === 200)).toBe(true)
          expect(all.at(-1)!.at).toBeLessThan(30.2)
        })))
  }

  it.live("a call without the policy to wait fails, says until when, and asks nothing", () =>
    onClock({}, (adjust) =>
      Effect.gen(function*() {
        const fibers = yield* Effect.forEach(Array.from({ length: 17 }, (_, i) => i + 1), page).pipe(
          under(RateLimitPolicy.fail)
        )
        yield* adjust(0)
        expect(yield* results(fibers)).toEqual([
          ...Array.from({ length: 15 }, () => "given"),
          "RateLimited",
          "RateLimited"
        ])
        const error = yield* Effect.flatMap(DirectMessages, (dm) => Effect.flip(dm.getEvents())).pipe(
          under(RateLimitPolicy.fail)
        )
        expect(error).toMatchObject({
          bucket: "GetEvents",
          window: "15 minutes",
          limit: 15,
          remaining: 0,
          status: undefined
        })
        expect(error.message).toContain("No request was made")
        expect(error.message).toContain("Try again after 2026-08-01T12:15:0")
        expect(yield* requests).toHaveLength(15)
      })))

  it.live("a call waits no longer than it may: it fails at once if the reset comes later", () =>
    onClock({}, (adjust) =>
      Effect.gen(function*() {
        yield* Effect.forEach(Array.from({ length: 15 }, (_, i) => i + 1), page)
        yield* adjust(5 * minute)
        const short = yield* page(16).pipe(under(RateLimitPolicy.waitAtMost("9 minutes")))
        const long = yield* page(17).pipe(under(RateLimitPolicy.waitAtMost("11 minutes")))
        yield* adjust(0)
        expect(yield* results([short, long])).toEqual(["RateLimited", "waiting"])
        yield* adjust(11 * minute)
        expect(yield* results([long])).toEqual(["given"])
      })))

  it.live("a day's limit is longer than a call waits by itself", () =>
    onClock({
      emulator: {
        rateLimits: { "POST /2/dm_conversations/with/{participant_id}/messages": { window: 99, userDay: 3 } }
      }
    }, (adjust) =>
      Effect.gen(function*() {
        const dm = yield* DirectMessages
        const friend = yield* Effect.fork(dm.getUserByUsername({ username: "jonas_lind" as never }))
        yield* adjust(0)
        const { id } = yield* Fiber.join(friend)
        const send = Effect.forkScoped(Effect.either(dm.createByParticipantId({ participantId: id, text: "Hello" })))
        const fibers = yield* Effect.all([send, send, send, send])
        yield* adjust(0)
        expect(yield* results(fibers)).toEqual(["given", "given", "given", "RateLimited"])
        const last = yield* Fiber.join(fibers[3])
        expect(last).toMatchObject({ left: { window: "24 hours of the user", limit: 3, status: undefined } })
      })))

  it.live("who is interrupted leaves the line, and takes no turn", () =>
    onClock({}, (adjust) =>
      Effect.gen(function*() {
        const fibers = yield* Effect.forEach(Array.from({ length: 20 }, (_, i) => i + 1), page)
        yield* adjust(minute)
        expect((yield* bucket("GetEvents")).waiting).toBe(5)
        yield* Fiber.interrupt(fibers[15]!)
        yield* Fiber.interrupt(fibers[17]!)
        expect((yield* bucket("GetEvents")).waiting).toBe(3)
        yield* adjust(15 * minute)
        expect((yield* requests).slice(15).map(({ size }) => size)).toEqual([17, 19, 20])
        expect(yield* bucket("GetEvents")).toMatchObject({ waiting: 0, inFlight: 0 })
      })))

  it.live("a call in flight that is interrupted counts as made, and holds nobody up", () =>
    onClock({ emulator: { rateLimits: { "GET /2/dm_events": { window: 3 } } } }, (adjust) =>
      Effect.gen(function*() {
        const emulator = yield* Emulator
        yield* emulator.inject(Faults.delay("20 seconds"), { times: 1 })
        const first = yield* page(1)
        const others = yield* Effect.forEach([2, 3, 4], page)
        yield* adjust(1_000)
        yield* Fiber.interrupt(first)
        yield* adjust(hours(1))
        expect(yield* results(others)).toEqual(["given", "given", "given"])
        expect((yield* requests).every(({ status }) => status !== 429)).toBe(true)
      })))
})

describe("a refusal that no window explains", () => {
  it.live("closes the bucket for growing times, and ends with X's own error when the policy does", () =>
    onClock({}, (adjust) =>
      Effect.gen(function*() {
        const emulator = yield* Emulator
        yield* emulator.inject(Faults.hiddenCap, { route: "GET /2/dm_events" })
        const fiber = yield* page(1)
        yield* adjust(hours(2))
        const times = (yield* requests).map(({ at }) => at)
        // 1, 2, 4, 8 minutes, then every 15, while an hour lasts.
        expect(times).toEqual([0, 1, 3, 7, 15, 30, 45, 60])
        expect(yield* Fiber.join(fiber)).toMatchObject({ left: { _tag: "RateLimited", status: 429 } })
      })))

  it.live("is over with the next success", () =>
    onClock({}, (adjust) =>
      Effect.gen(function*() {
        const emulator = yield* Emulator
        yield* emulator.inject(Faults.hiddenCap, { route: "GET /2/dm_events", times: 2 })
        const fiber = yield* page(1)
        yield* adjust(5 * minute)
        expect(yield* results([fiber])).toEqual(["given"])
        yield* emulator.inject(Faults.hiddenCap, { route: "GET /2/dm_events", times: 1 })
        yield* page(2)
        yield* adjust(5 * minute)
        expect((yield* requests).map(({ at }) => at)).toEqual([0, 1, 3, 5, 6])
        expect((yield* bucket("GetEvents")).closedUntil).toBeUndefined()
      })))

  it.live("of many calls at once counts as one", () =>
    onClock({}, (adjust) =>
      Effect.gen(function*() {
        yield* page(1)
        yield* adjust(0)
        const emulator = yield* Emulator
        yield* emulator.inject(Faults.hiddenCap, { times: 5 })
        const fibers = yield* Effect.forEach([2, 3, 4, 5, 6], page)
        yield* adjust(2 * minute)
        expect(yield* results(fibers)).toEqual(["given", "given", "given", "given", "given"])
      })))
})

describe("what can be seen of it", () => {
  it.live("a wait is logged once, and not for each call, where nobody is told of it", () => {
    const lines: Array<unknown> = []
    const logger = Logger.make(({ logLevel, message }) => void lines.push(`${logLevel.label} ${String(message)}`))
    return onClock({}, (adjust) =>
      Effect.gen(function*() {
        yield* Effect.forEach(Array.from({ length: 40 }, (_, i) => i + 1), page)
        yield* adjust(20 * minute)
        expect(lines).toEqual([
          expect.stringMatching(
            /^INFO GET \/2\/dm_events: X's limit of 15 minutes is used up, so calls wait until 2026-08-01T12:15:0/
          ),
          expect.stringMatching(/so calls wait until 2026-08-01T12:30:0/)
        ])
      })).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
  })

  it.live("each wait with its reason and its end, in onWait, the span and the metric", () => {
    const waits: Array<Wait> = []
    const spans: Array<Tracer.Span> = []
    const tracer = Tracer.make({
      context: (run) => run(),
      span: (name, parent, context, links, startTime, kind, options) => {
        const attributes = new Map<string, unknown>(Object.entries(options?.attributes ?? {}))
        const span: Tracer.Span = {
          _tag: "Span",
          name,
          spanId: "s",
          traceId: "t",
          parent,
          context,
          status: { _tag: "Started", startTime },
          attributes,
          links,
          sampled: true,
          kind,
          end: () => {},
          attribute: (key, value) => void attributes.set(key, value),
          event: () => {},
          addLinks: () => {}
        }
        spans.push(span)
        return span
      }
    })
    const count = Effect.map(
      Metric.value(
        Metric.counter("xdm_rate_limit_waits", {
          description: "Calls that had to wait for their turn",
          incremental: true
        })
      ),
      (state) => state.count
    )
    return onClock(
      { api: { rateLimits: { onWait: (wait) => Effect.sync(() => void waits.push(wait)) } } },
      (adjust) =>
        Effect.gen(function*() {
          const before = yield* count
          yield* Effect.forEach(Array.from({ length: 17 }, (_, i) => i + 1), page)
          yield* adjust(20 * minute)
          expect(waits).toHaveLength(2)
          expect(waits[0]).toMatchObject({
            account: "default",
            bucket: "GetEvents",
            window: "15 minutes",
            method: "GET"
          })
          expect(Math.abs(waits[0]!.until.epochMillis - (Date.UTC(2026, 7, 1, 12, 15)))).toBeLessThan(1_500)
          expect((yield* count) - before).toBe(2)
          const waited = spans.flatMap((span) =>
            [...span.attributes].filter(([key]) => key === "x.rate_limit.waited_ms")
          )
            .map(([, value]) => Number(value)).filter((millis) => millis > 0)
          expect(waited).toHaveLength(2)
          expect(
            spans.map((span) => span.attributes.get("x.rate_limit.window")).filter((window) => window !== undefined)
          )
            .toEqual(["15 minutes", "15 minutes"])
          for (const millis of waited) expect(millis).toBeGreaterThanOrEqual(15 * minute)
        }).pipe(Effect.withTracer(tracer))
    )
  })

  it.live("every bucket, called or not", () =>
    onClock({}, (adjust) =>
      Effect.gen(function*() {
        yield* page(1)
        yield* adjust(0)
        expect(yield* bucket("GetEvents")).toMatchObject({
          account: "default",
          counted: "yes",
          windows: [{ window: "15 minutes", limit: 15, remaining: 14, told: true }],
          inFlight: 0,
          waiting: 0
        })
        expect(yield* bucket("DeleteEvents")).toMatchObject({
          counted: "unknown",
          windows: [
            { window: "15 minutes", limit: 300, remaining: 300, resetsAt: undefined, told: false },
            { window: "24 hours of the user", limit: 1_500 },
            { window: "24 hours of the app", limit: 4_000 }
          ]
        })
      })))
})
