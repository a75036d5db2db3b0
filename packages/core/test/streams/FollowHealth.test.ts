import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import { DirectMessages } from "../../src/DirectMessages.js"
import { EventId } from "../../src/model/Ids.js"
import { RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import { Emulator, Faults, Fixtures } from "../../src/testing/index.js"
import { reports, requestTimes, watch } from "./following.js"
import { against, arrive, eventId, held, ids, minutes, now, requestCount, small } from "./support.js"

const inSmall = against({ world: small(30) })
const at = (seconds: number) => DateTime.unsafeMake(now + seconds * 1000)
const inject = (fault: Faults.Fault, when?: Faults.When) =>
  Effect.flatMap(Emulator, (emulator) => emulator.inject(fault, when))
const retry = Schedule.spaced("10 seconds")

/** As many steps of the clock as it takes a call to repeat itself and give up. */
const wait = (seconds: number) => TestClock.adjust("1 second").pipe(Effect.repeatN(seconds - 1))

/** Calls that fail rather than wait for their turn, so that the follower itself is seen to wait. */
const unwilling = Effect.provideService(RateLimitPolicy, RateLimitPolicy.fail)

describe("the health of a follower", () => {
  it.effect("tells of each look, and how many events it found", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { all, onHealth } = reports()
      yield* watch(events.follow({ onHealth }))
      yield* arrive("a")
      yield* arrive("b")
      yield* TestClock.adjust("60 seconds")
      yield* TestClock.adjust("60 seconds")
      const vitals = { failures: 0, lag: Duration.zero }
      expect(all).toEqual([
        { _tag: "Looked", events: 2, at: at(60), lastSuccess: Option.some(at(60)), ...vitals },
        { _tag: "Looked", events: 0, at: at(120), lastSuccess: Option.some(at(120)), ...vitals }
      ])
    }).pipe(inSmall))

  it.effect("tells of each failure, how old the picture is meanwhile, and that it is over", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { all, onHealth } = reports()
      const { given } = yield* watch(events.follow({ onHealth, retry }))
      yield* TestClock.adjust("60 seconds")
      // A call repeats itself three times; two looks of the follower fail.
      yield* inject(Faults.status(503), { times: 8 })
      const a = yield* arrive("a")
      yield* wait(100)
      expect(all.map(({ _tag, failures }) => [_tag, failures])).toEqual([
        ["Looked", 0],
        ["Failed", 1],
        ["Failed", 2],
        ["Looked", 0]
      ])
      expect(all[2]).toMatchObject({ reason: { _tag: "ServerFailure" }, lastSuccess: Option.some(at(60)) })
      const failed = all[2]!
      expect(Math.floor(Duration.toMillis(failed.lag))).toBe(failed.at.epochMillis - (now + minutes(1)))
      expect(given).toEqual([a.id])
    }).pipe(inSmall))

  it.effect("tells of failures before the first success, too", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { all, onHealth } = reports()
      yield* inject(Faults.status(429), { times: 1 })
      const { given } = yield* watch(events.follow({ onHealth, retry }))
      // Refused by X, and then not asked again, for X told no time.
      yield* wait(25)
      expect(all).toMatchObject([
        { _tag: "Failed", failures: 1, lag: Duration.zero, lastSuccess: Option.none() },
        { _tag: "Failed", failures: 2 }
      ])
      yield* TestClock.adjust("1 minute")
      const a = yield* arrive("a")
      yield* TestClock.adjust("1 minute")
      expect(given).toEqual([a.id])
    }).pipe(unwilling, inSmall))

  it.effect("outlives cuts, stalls, pages for people and half JSON, without losing or repeating", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const truth = (yield* held()).toReversed()
      for (const fault of [Faults.cutBefore, Faults.cutAfter, Faults.stall, Faults.html(502), Faults.badJson]) {
        yield* inject(fault, { every: 3, times: 4 })
      }
      const { given } = yield* watch(events.follow({ since: EventId.make(truth[0]!), pageSize: 4, retry }))
      yield* TestClock.adjust("30 seconds").pipe(Effect.repeatN(40))
      expect(given).toEqual(truth.slice(1))
    }).pipe(inSmall))
})

describe("a follower that X slows down", () => {
  it.effect("waits for the reset that X names", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { all, onHealth } = reports()
      // 15 calls in 15 minutes are allowed: one at the start, and one each 30 seconds.
      const { given } = yield* watch(events.follow({ every: "30 seconds", retry, onHealth }))
      yield* TestClock.adjust("30 seconds").pipe(Effect.repeatN(14))
      expect(all.every(({ _tag }) => _tag === "Looked")).toBe(true)
      const asked = yield* requestCount
      expect(asked).toBe(15)
      const a = yield* arrive("a")
      yield* TestClock.adjust("30 seconds").pipe(Effect.repeatN(13))
      expect([yield* requestCount, given.length]).toEqual([asked, 0])
      yield* TestClock.adjust("30 seconds").pipe(Effect.repeatN(2))
      expect(given).toEqual([a.id])
    }).pipe(against({ world: small(30), rateLimits: "x" })))

  for (const reset of ["99999999999", "0", "-1", "tomorrow", ""]) {
    it.effect(`is not held up by a reset that makes no sense: "${reset}"`, () =>
      Effect.gen(function*() {
        const { events } = yield* DirectMessages
        yield* inject(Faults.status(429, { headers: { "x-rate-limit-reset": reset } }), { times: 1 })
        const { given } = yield* watch(events.follow({ retry }))
        yield* TestClock.adjust("15 minutes")
        yield* TestClock.adjust("10 seconds")
        const a = yield* arrive("a")
        yield* TestClock.adjust("60 seconds")
        expect(given).toEqual([a.id])
      }).pipe(inSmall))
  }
})

describe("a follower ends", () => {
  it.effect("with the failure, once its schedule has no more pauses", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { all, onHealth } = reports()
      yield* inject(Faults.status(429))
      const limited = Schedule.intersect(retry, Schedule.recurs(2))
      const { fiber } = yield* watch(events.follow({ retry: limited, onHealth }))
      yield* wait(300)
      expect(yield* Fiber.await(fiber)).toMatchObject({ cause: { error: { _tag: "RateLimited" } } })
      expect(all).toHaveLength(3)
    }).pipe(unwilling, inSmall))

  it.effect("with no failure while each of them passes: the pauses begin anew once a page came", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const truth = (yield* held()).toReversed()
      yield* inject(Faults.badJson, { every: 2 })
      const limited = Schedule.intersect(retry, Schedule.recurs(1))
      const { given } = yield* watch(
        events.follow({ since: EventId.make(truth[0]!), pageSize: 5, retry: limited })
      )
      yield* TestClock.adjust("10 seconds").pipe(Effect.repeatN(10))
      expect(given).toEqual(truth.slice(1))
    }).pipe(inSmall))

  for (
    const [status, tag] of [[400, "BadRequest"], [401, "Unauthorized"], [402, "OutOfCredits"], [
      403,
      "Forbidden"
    ]] as const
  ) {
    it.effect(`at once with ${tag}, which does not pass`, () =>
      Effect.gen(function*() {
        const { events } = yield* DirectMessages
        const { all, onHealth } = reports()
        const { fiber } = yield* watch(events.follow({ onHealth }))
        yield* inject(Faults.status(status))
        yield* TestClock.adjust("60 seconds")
        const exit = yield* Fiber.await(fiber)
        expect(Exit.isFailure(exit) && exit.cause).toMatchObject({ error: { _tag: tag } })
        expect(all).toMatchObject([{ _tag: "Failed", reason: { _tag: tag } }])
        expect(yield* requestTimes).toEqual([0, 60])
      }).pipe(inSmall))
  }

  it.effect("not with tokens that lead in a circle: it begins at the newest page again", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const truth = (yield* held()).toReversed()
      yield* inject(Faults.repeatedToken, { times: 2 })
      const { given } = yield* watch(events.follow({ since: EventId.make(truth[0]!), pageSize: 5, retry }))
      yield* wait(15)
      expect(given).toEqual(truth.slice(1))
    }).pipe(inSmall))
})

/** Two messages, so many days old. */
const twoOf = (...ages: ReadonlyArray<number>) =>
  Fixtures.world({
    users: [Fixtures.user("1", "me"), Fixtures.user("2", "other")],
    conversations: [{ id: "1-2", members: ["1", "2"] }],
    events: ages.map((days) => ({ at: now - days * 24 * minutes(60), in: "1-2", from: "2", text: `${days} days old` }))
  })

describe("a gap", () => {
  it.effect("is told when the last known event is beyond what X keeps", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { all, onHealth } = reports()
      const old = eventId(now - 31 * 24 * minutes(60))
      const { given } = yield* watch(events.follow({ since: old, onHealth }))
      const truth = (yield* held()).toReversed()
      expect(given).toEqual(truth)
      expect(all).toMatchObject([
        { _tag: "Missed", gap: { reason: "horizon", after: old, before: truth[0] } },
        { _tag: "Looked", events: 30 }
      ])
      yield* TestClock.adjust("60 seconds")
      expect(all).toHaveLength(3)
    }).pipe(inSmall))

  it.effect("is none when there is something older still", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { all, onHealth } = reports()
      const day = 24 * minutes(60)
      const { given } = yield* watch(events.follow({ since: eventId(now - 31 * day), onHealth }))
      expect(given).toHaveLength(1)
      expect(all.map(({ _tag }) => _tag)).toEqual(["Looked"])
    }).pipe(against({ horizonDays: 60, world: twoOf(32, 30) })))

  it.effect("is none when all was seen before it became that old", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { all, onHealth } = reports()
      yield* watch(events.follow({ onHealth, every: "1 day" }))
      yield* TestClock.adjust("1 day").pipe(Effect.repeatN(40))
      expect(yield* held()).toEqual([])
      expect(new Set(all.map(({ _tag }) => _tag))).toEqual(new Set(["Looked"]))
    }).pipe(inSmall))

  it.effect("is told once, though nothing came since", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { all, onHealth } = reports()
      yield* watch(events.follow({ onHealth, since: eventId(now - 31 * 24 * minutes(60)) }))
      yield* TestClock.adjust("1 minute").pipe(Effect.repeatN(2))
      expect(all.map(({ _tag }) => _tag)).toEqual(["Missed", "Looked", "Looked", "Looked", "Looked"])
    }).pipe(against({ world: small(0) })))

  it.effect("is told when more came than is to be read back, and the newest of them come", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { all, onHealth } = reports()
      const truth = (yield* held()).toReversed()
      const since = EventId.make(truth[4]!)
      const { given } = yield* watch(events.follow({ since, catchUpLimit: 7, pageSize: 3, onHealth }))
      expect(given).toEqual(truth.slice(-7))
      expect(all).toMatchObject([
        { _tag: "Missed", gap: { reason: "limit", after: since, before: truth.at(-7) } },
        { _tag: "Looked", events: 7 }
      ])
      expect(yield* requestCount).toBe(3)
      const later = []
      for (let n = 0; n < 7; n++) later.push(yield* arrive(`later ${n}`))
      yield* TestClock.adjust("1 minute")
      expect(given.slice(7)).toEqual(ids(later))
      expect(all).toHaveLength(3)
    }).pipe(inSmall))
})
