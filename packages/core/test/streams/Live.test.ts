import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { DirectMessages } from "../../src/DirectMessages.js"
import { CheckpointStore } from "../../src/streams/Checkpoint.js"
import type { LiveOptions } from "../../src/streams/LiveOptions.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { requestTimes, watch } from "./following.js"
import { delivery, liveReports, makePush, settle } from "./living.js"
import { against, arrive, ids, requestCount, small } from "./support.js"

const live = (options: LiveOptions) => Effect.map(DirectMessages, (dm) => dm.events.live(options))
const world = { world: small(3) }
const texts = (given: ReadonlyArray<string>) =>
  Effect.flatMap(
    Emulator,
    (emulator) =>
      Effect.map(emulator.events(), (events) => given.map((id) => events.find((event) => event.id === id)?.text))
  )

describe("a live stream", () => {
  it.effect("gives what is delivered, a moment later, with one request in all", () =>
    against(world)(Effect.gen(function*() {
      const push = yield* makePush()
      const { at, given } = yield* watch(yield* live({ sources: [push.source] }))
      expect(yield* requestCount).toBe(1)
      const first = yield* arrive("one")
      yield* push.deliver(delivery(first))
      yield* TestClock.adjust("19 millis")
      expect(given).toEqual([])
      yield* TestClock.adjust("1 millis")
      expect(given).toEqual([first.id])
      expect(at).toEqual([0.02])
      yield* TestClock.adjust("1 minute")
      expect(yield* requestCount).toBe(1)
    })))

  it.effect("puts in order what comes within a moment, and gives once what comes twice", () =>
    against(world)(Effect.gen(function*() {
      const push = yield* makePush()
      const { given } = yield* watch(yield* live({ sources: [push.source] }))
      const [one, two, three] = [yield* arrive("one"), yield* arrive("two"), yield* arrive("three")]
      for (const each of [two, two, one, three, one]) yield* push.deliver(delivery(each))
      yield* settle
      yield* push.deliver(delivery(two))
      yield* settle
      expect(yield* texts(given)).toEqual(["one", "two", "three"])
    })))

  it.effect("reads behind a connection, once, and gives what was lost", () =>
    against(world)(Effect.gen(function*() {
      const push = yield* makePush()
      const { all, onHealth } = liveReports()
      const { given } = yield* watch(yield* live({ sources: [push.source], onHealth }))
      yield* push.connect
      yield* TestClock.adjust("1 second")
      expect(yield* requestCount).toBe(2)
      const [lost, came] = [yield* arrive("lost"), yield* arrive("came")]
      yield* push.deliver(delivery(came))
      yield* settle
      yield* push.disconnect
      yield* push.connect
      yield* TestClock.adjust("1 second")
      expect(given).toEqual([came.id, lost.id])
      expect(yield* requestCount).toBe(3)
      expect(all.map(({ _tag }) => _tag)).toEqual(["Connected", "Looked", "Disconnected", "Connected", "Looked"])
      expect(all.at(-1)).toMatchObject({ events: 2, failures: 0 })
    })))

  it.effect("looks seldom while it is connected, and as a follower does while it is not", () =>
    against(world)(Effect.gen(function*() {
      const push = yield* makePush()
      const { given } = yield* watch(yield* live({ sources: [push.source], every: "10 minutes" }))
      yield* TestClock.adjust("21 minutes")
      expect(yield* requestTimes).toEqual([0, 600, 1200])
      yield* arrive("lost")
      yield* push.disconnect
      yield* TestClock.adjust("3 minutes")
      expect(given).toHaveLength(1)
      // As often as 15 in 15 minutes allow.
      expect((yield* requestTimes).slice(3)).toEqual([1320, 1380, 1440])
      yield* push.connect
      yield* TestClock.adjust("9 minutes")
      expect((yield* requestTimes).slice(6)).toEqual([1440])
    })))

  it.effect("goes on without a source that fails or ends, and says so", () =>
    against(world)(Effect.gen(function*() {
      const [first, second] = [yield* makePush("first"), yield* makePush("second")]
      const { all, onHealth } = liveReports()
      const { given } = yield* watch(yield* live({ sources: [first.source, second.source], onHealth }))
      yield* first.end(new Error("the token ran out"))
      yield* TestClock.adjust("1 second")
      expect(all).toMatchObject([{ _tag: "Ended", source: "first", problem: "the token ran out" }])
      const event = yield* arrive("by the other")
      yield* second.deliver(delivery(event))
      yield* settle
      expect(given).toEqual([event.id])
      yield* second.end()
      yield* arrive("by nobody")
      yield* TestClock.adjust("61 seconds")
      expect(yield* texts(given)).toEqual(["by the other", "by nobody"])
      expect(all[1]).toMatchObject({ _tag: "Ended", source: "second", problem: undefined })
    })))

  it.effect("with order exact, gives what it reads, at once when something is delivered", () =>
    against(world)(Effect.gen(function*() {
      const push = yield* makePush()
      const { given } = yield* watch(yield* live({ sources: [push.source], order: "exact" }))
      const [lost, came] = [yield* arrive("lost"), yield* arrive("came")]
      yield* push.deliver(delivery(came))
      yield* TestClock.adjust(0)
      expect(given).toEqual([lost.id, came.id])
      expect(yield* requestCount).toBe(2)
      // What is known calls for no look.
      yield* push.deliver(delivery(came))
      yield* TestClock.adjust("1 minute")
      expect(yield* requestCount).toBe(2)
    })))

  it.effect("does not wait for a look that fails", () =>
    against(world)(Effect.gen(function*() {
      const push = yield* makePush()
      const { onHealth, tags } = liveReports()
      const { given } = yield* watch(yield* live({ sources: [push.source], onHealth }))
      yield* Effect.flatMap(Emulator, ({ inject }) => inject(Faults.status(503)))
      yield* push.connect
      yield* TestClock.adjust("10 seconds")
      expect(tags()).toContain("Failed")
      const event = yield* arrive("meanwhile")
      yield* push.deliver(delivery(event))
      yield* settle
      expect(given).toEqual([event.id])
      yield* Effect.flatMap(Emulator, ({ clearFaults }) => clearFaults)
      yield* TestClock.adjust("5 minutes")
      expect(tags().at(-1)).toBe("Looked")
      expect(given).toEqual([event.id])
    })))

  it.effect("fails as a follower does where reading cannot go on", () =>
    against(world)(Effect.gen(function*() {
      const push = yield* makePush()
      const { fiber } = yield* watch(yield* live({ sources: [push.source] }))
      yield* Effect.flatMap(Emulator, ({ inject }) => inject(Faults.status(403)))
      yield* push.connect
      yield* TestClock.adjust("1 second")
      expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({ _tag: "Forbidden" })
      expect(push.isClosed()).toBe(true)
    })))

  it.effect("lets go of its sources when it is interrupted, or has given enough", () =>
    against(world)(Effect.gen(function*() {
      const push = yield* makePush()
      const { fiber } = yield* watch(yield* live({ sources: [push.source] }))
      yield* Fiber.interrupt(fiber)
      expect(push.isClosed()).toBe(true)
      const other = yield* makePush()
      const taken = yield* Effect.fork(
        Stream.runCollect(Stream.take(yield* live({ sources: [other.source], since: "now" }), 1))
      )
      yield* TestClock.adjust(0)
      yield* other.deliver(delivery(yield* arrive("enough")))
      yield* settle
      expect((yield* Fiber.join(taken)).length).toBe(1)
      expect(other.isClosed()).toBe(true)
    })))

  it.effect("begins with what is newer than an event, and goes on from a checkpoint", () =>
    against(world)(
      Effect.gen(function*() {
        const dm = yield* DirectMessages
        const [newest, middle] = ids(yield* Effect.flatMap(Emulator, ({ events }) => events()))
        const push = yield* makePush()
        const options = { sources: [push.source], checkpoint: "live", commitEvery: 1 }
        // The ids of the emulator's events are ids of events.
        const since = delivery({ id: middle, event_type: "MessageCreate" }).id
        const first = yield* watch(dm.events.live({ ...options, since }))
        expect(first.given).toEqual([newest])
        const [lost, came] = [yield* arrive("lost"), yield* arrive("came")]
        yield* push.deliver(delivery(came))
        yield* settle
        yield* Fiber.interrupt(first.fiber)
        expect(first.given).toEqual([newest, came.id])
        // Before what came, something may be missing: it comes again, after what was lost.
        const second = yield* watch(dm.events.live({ ...options, sources: [(yield* makePush()).source] }))
        expect(second.given).toEqual([lost.id, came.id])
        yield* Fiber.interrupt(second.fiber)
      }).pipe(Effect.provide(CheckpointStore.layerMemory))
    ))

  it.effect("without a source is a follower", () =>
    against(world)(Effect.gen(function*() {
      const { given } = yield* watch(yield* live({ sources: [] }))
      yield* arrive("one")
      yield* TestClock.adjust("1 minute")
      expect(yield* texts(given)).toEqual(["one"])
    })))

  it.effect("refuses options that make no sense, before any request", () =>
    against(world)(Effect.gen(function*() {
      const push = yield* makePush()
      const bad: ReadonlyArray<Partial<LiveOptions>> = [
        { settle: -1 },
        { every: 0 },
        { since: delivery({ id: "1", event_type: "MessageCreate" }).id, catchUpLimit: 0 }
      ]
      for (const options of bad) {
        const stream = yield* live({ sources: [push.source], ...options })
        expect(yield* Effect.flip(Stream.runDrain(stream))).toMatchObject({ _tag: "InvalidInput" })
      }
      expect(yield* requestCount).toBe(0)
    })))
})
