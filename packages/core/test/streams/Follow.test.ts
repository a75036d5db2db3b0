import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { DirectMessages } from "../../src/DirectMessages.js"
import { EventId } from "../../src/model/Ids.js"
import { CheckpointStore } from "../../src/streams/Checkpoint.js"
import type { CheckpointedOptions } from "../../src/streams/FollowOptions.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { requestTimes, watch } from "./following.js"
import { against, arrive, conversation, held, listed, minutes, now, requestCount, small, user } from "./support.js"

const inSmall = against({ world: small(30, 10) })

describe("a follower", () => {
  it.effect("gives what is new since now, oldest first, once a minute, and asks in between for nothing", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { at, given } = yield* watch(events.follow())
      yield* TestClock.adjust("30 seconds")
      const [a, b] = [yield* arrive("a"), yield* arrive("b", "1-3")]
      yield* TestClock.adjust("30 seconds")
      expect(given).toEqual([a.id, b.id])
      yield* TestClock.adjust("59 seconds")
      const c = yield* arrive("c")
      yield* TestClock.adjust("1 seconds")
      expect(given).toEqual([a.id, b.id, c.id])
      expect(at).toEqual([60, 60, 120])
      yield* TestClock.adjust("1 minute")
      expect(yield* requestTimes).toEqual([0, 60, 120, 180])
      expect((yield* Effect.flatMap(Emulator, (emulator) => emulator.requests))[0]!.query["max_results"]).toBe("1")
    }).pipe(inSmall))

  it.effect("looks as often as it is told", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      yield* watch(events.follow({ every: "20 seconds" }))
      for (let n = 0; n < 6; n++) yield* TestClock.adjust("10 seconds")
      expect(yield* requestTimes).toEqual([0, 20, 40, 60])
    }).pipe(inSmall))

  it.effect("waits for a slow consumer, and looks at once when it was longer than the pause", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { given } = yield* watch(events.follow(), () => Effect.sleep("150 seconds"))
      yield* arrive("a")
      yield* TestClock.adjust("60 seconds")
      const b = yield* arrive("b")
      yield* TestClock.adjust("149 seconds")
      expect(given).toHaveLength(1)
      yield* TestClock.adjust("1 seconds")
      expect(given.at(-1)).toBe(b.id)
      expect(yield* requestTimes).toEqual([0, 60, 210])
    }).pipe(inSmall))

  it.effect("begins after an event, at once, however many pages came since", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const truth = (yield* held()).toReversed()
      const since = EventId.make(truth[7]!)
      const { given } = yield* watch(events.follow({ since, pageSize: 5 }))
      expect(given).toEqual(truth.slice(8))
      expect(yield* requestCount).toBe(7)
      const more = yield* arrive("more")
      yield* TestClock.adjust("60 seconds")
      expect(given).toEqual([...truth.slice(8), more.id])
    }).pipe(inSmall))

  it.effect("begins at a time, with what happened at that very moment", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const truth = (yield* held()).toReversed()
      for (const time of [DateTime.unsafeMake(now - minutes(10)), DateTime.unsafeMakeZoned(now - minutes(10))]) {
        const { given } = yield* watch(events.follow({ since: time }))
        expect(given).toEqual(truth.slice(-10))
      }
    }).pipe(inSmall))

  it.effect("of an empty inbox gives all that comes", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { given } = yield* watch(events.follow())
      yield* TestClock.adjust("5 minutes")
      const a = yield* arrive("a")
      yield* TestClock.adjust("1 minute")
      const b = yield* arrive("b")
      yield* TestClock.adjust("1 minute")
      expect(given).toEqual([a.id, b.id])
    }).pipe(against({ world: small(0) })))

  it.effect("of one conversation, or of one with a user, gives that alone", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const [all, room, peer, joins] = yield* Effect.all([
        watch(events.follow()),
        watch(events.followConversation(conversation("1-3"), { every: "10 seconds" })),
        watch(events.followParticipant(user("2"))),
        watch(events.follow({ eventTypes: ["ParticipantsJoin"] }))
      ])
      yield* TestClock.adjust("1 second")
      const [a, b] = [yield* arrive("a"), yield* arrive("b", "1-3")]
      yield* TestClock.adjust("1 minute")
      expect([all.given, room.given, peer.given, joins.given]).toEqual([[a.id, b.id], [b.id], [a.id], []])
    }).pipe(inSmall))

  it.effect("reads back through whatever arrives while it reads, and through empty pages", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.emptyPage, { every: 3 })
      yield* emulator.inject(Faults.delay("1 second"))
      const first = yield* held()
      const { given } = yield* watch(events.follow({ since: EventId.make(first.at(-1)!), pageSize: 3 }))
      for (let n = 0; n < 40; n++) {
        yield* arrive(`while reading ${n}`)
        yield* TestClock.adjust("1 second")
      }
      yield* emulator.clearFaults
      yield* TestClock.adjust("2 minutes")
      yield* TestClock.adjust("2 minutes")
      expect(given).toEqual((yield* held()).toReversed().slice(1))
    }).pipe(against({ world: small(30, 10), paging: "offset" })))

  it.effect("goes on from a page that was removed with its last event", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      const { given } = yield* watch(events.follow())
      const a = yield* arrive("a")
      yield* TestClock.adjust("1 minute")
      yield* emulator.remove(a.id)
      const b = yield* arrive("b")
      yield* TestClock.adjust("1 minute")
      expect(given).toEqual([a.id, b.id])
    }).pipe(inSmall))

  it.effect("ends when its consumer has enough, with no look under way", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const reading = yield* Effect.fork(listed(Stream.take(events.follow(), 1)))
      yield* TestClock.adjust("1 second")
      const a = yield* arrive("a")
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(reading)).toEqual([a.id])
      yield* TestClock.adjust("10 minutes")
      expect(yield* requestCount).toBe(2)
      expect(yield* TestClock.sleeps()).toHaveLength(0)
    }).pipe(inSmall))

  it.effect("begins anew each time that it runs", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const follow = events.follow()
      const first = yield* watch(follow)
      yield* TestClock.adjust("1 second")
      const a = yield* arrive("a")
      yield* TestClock.adjust("59 seconds")
      const second = yield* watch(follow)
      yield* TestClock.adjust("1 second")
      const b = yield* arrive("b")
      yield* TestClock.adjust("2 minutes")
      expect([first.given, second.given]).toEqual([[a.id, b.id], [b.id]])
    }).pipe(inSmall))
})

describe("options of a follower that make no sense", () => {
  const bad: ReadonlyArray<readonly [parameter: string, options: Partial<CheckpointedOptions>]> = [
    ["every", { every: 0 }],
    ["every", { every: "soon" as "1 day" }],
    ["every", { every: Number.NaN }],
    ["catchUpLimit", { catchUpLimit: 0 }],
    ["catchUpLimit", { catchUpLimit: 2.5 }],
    ["pageSize", { pageSize: 1000 }],
    ["since", { since: "yesterday" as EventId }],
    ["checkpoint", { checkpoint: " " }],
    ["commitEvery", { commitEvery: 0 }],
    ["commitWithin", { commitWithin: "0 seconds" }]
  ]
  for (const [parameter, options] of bad) {
    it.effect(`end it before any request: ${JSON.stringify(options)}`, () =>
      Effect.gen(function*() {
        const { events } = yield* DirectMessages
        const failure = yield* Effect.flip(Stream.runDrain(events.follow({ checkpoint: "a", ...options })))
        expect(failure).toMatchObject({ _tag: "InvalidInput", parameter })
        expect(yield* requestCount).toBe(0)
      }).pipe(Effect.provide(CheckpointStore.layerMemory), inSmall))
  }
})
