import { SystemError } from "@effect/platform/Error"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { DirectMessages } from "../../src/DirectMessages.js"
import { EventId } from "../../src/model/Ids.js"
import { CheckpointFailed, CheckpointStore } from "../../src/streams/Checkpoint.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { watch } from "./following.js"
import { against, arrive, held, listed, now, requestCount, small } from "./support.js"

const inSmall = against({ world: small(10) })

/** A store that keeps what was written and when, in seconds from noon, and can be broken. */
const makeStore = (kept?: string) => {
  const writes: Array<string> = []
  const times: Array<number> = []
  const broken = { get: false, set: false }
  const failed = Effect.fail(new CheckpointFailed({ checkpoint: "inbox", problem: "is on a full disk" }))
  const layer = Layer.succeed(CheckpointStore, {
    get: () =>
      broken.get ? failed : Effect.succeed(Option.fromNullable((writes.at(-1) ?? kept) as EventId | undefined)),
    set: (_, last) =>
      broken.set ? failed : Effect.map(Clock.currentTimeMillis, (millis) => {
        writes.push(last)
        times.push((millis - now) / 1000)
      })
  })
  return { writes, times, broken, layer }
}

/** All that is held, oldest first, and a store that knows the first of it. */
const begun = Effect.map(held(), (newest) => {
  const truth = newest.toReversed()
  return { rest: truth.slice(1), store: makeStore(truth[0]) }
})

describe("a follower with a checkpoint", () => {
  it.effect("keeps where it began, and goes on there after a restart", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const store = makeStore()
      const newest = (yield* held())[0]!
      const follow = Stream.provideLayer(events.follow({ checkpoint: "inbox" }), store.layer)
      const { fiber } = yield* watch(follow)
      yield* Fiber.interrupt(fiber)
      expect(store.writes).toEqual([newest])
      const [a, b] = [yield* arrive("a"), yield* arrive("b")]
      const { given } = yield* watch(follow)
      expect(given).toEqual([a.id, b.id])
      expect(store.writes).toEqual([newest, b.id])
      yield* TestClock.adjust("10 minutes")
      expect(store.writes).toHaveLength(2)
    }).pipe(inSmall))

  it.effect("prefers what was kept to `since`", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { rest, store } = yield* begun
      const follow = events.follow({ checkpoint: "inbox", since: EventId.make(rest[5]!) })
      expect((yield* watch(Stream.provideLayer(follow, store.layer))).given).toEqual(rest)
      const fresh = makeStore()
      expect((yield* watch(Stream.provideLayer(follow, fresh.layer))).given).toEqual(rest.slice(6))
      expect(fresh.writes).toEqual([rest[5], rest.at(-1)])
    }).pipe(inSmall))

  it.effect("keeps an event only once its consumer has come back from it", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { rest, store } = yield* begun
      const follow = Stream.provideLayer(events.follow({ checkpoint: "inbox", commitEvery: 1 }), store.layer)
      const { fiber, given } = yield* watch(follow, () => Effect.sleep("10 seconds"))
      yield* TestClock.adjust("10 seconds")
      expect(given.length - store.writes.length).toBe(1)
      yield* TestClock.adjust("10 seconds")
      expect(store.writes).toEqual(given.slice(0, -1))
      // In the middle of an event, it is not known whether it is dealt with.
      yield* Fiber.interrupt(fiber)
      expect(store.writes).toEqual(given.slice(0, -1))
      expect(given).toEqual(rest.slice(0, given.length))
    }).pipe(inSmall))

  it.effect("keeps at most each so many events, or after so much time", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { rest, store } = yield* begun
      const options = { checkpoint: "inbox", commitEvery: 4, commitWithin: "1 hour" } as const
      yield* watch(Stream.provideLayer(events.follow(options), store.layer))
      expect(store.writes).toEqual([rest[3], rest[7], rest[8]])
      const slow = yield* begun
      yield* watch(
        Stream.provideLayer(events.follow({ checkpoint: "inbox" }), slow.store.layer),
        () => Effect.sleep("2 seconds")
      )
      yield* TestClock.adjust("2 seconds").pipe(Effect.repeatN(20))
      // The third comes back after 6 seconds, which is more than 5.
      expect(slow.store.writes).toEqual([2, 5, 8].map((n) => rest[n]))
      expect(slow.store.times).toEqual([6, 12, 18])
    }).pipe(inSmall))

  it.effect("keeps all at an orderly end", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      for (const n of [1, 4, 9]) {
        const { rest, store } = yield* begun
        const follow = Stream.provideLayer(events.follow({ checkpoint: "inbox", commitEvery: 100 }), store.layer)
        expect(yield* listed(Stream.take(follow, n))).toEqual(rest.slice(0, n))
        expect(store.writes).toEqual([rest[n - 1]])
      }
    }).pipe(inSmall))

  it.effect("does not keep the event at which its consumer failed, but all before it", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      for (const ending of [Effect.fail("broken"), Effect.die("a bug"), Effect.interrupt]) {
        const { rest, store } = yield* begun
        const follow = Stream.provideLayer(events.follow({ checkpoint: "inbox" }), store.layer)
        const process = (id: string) => id === rest[4] ? ending : Effect.void
        expect((yield* Effect.exit(Stream.runForEach(follow, ({ id }) => process(id))))._tag).toBe("Failure")
        expect(store.writes).toEqual([rest[3]])
        expect((yield* watch(follow)).given).toEqual(rest.slice(4))
      }
    }).pipe(inSmall))

  it.effect("keeps nothing of a failure at the first event", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { rest, store } = yield* begun
      const follow = Stream.provideLayer(events.follow({ checkpoint: "inbox" }), store.layer)
      expect(yield* Effect.flip(Stream.runForEach(follow, ({ id }) => Effect.fail(id)))).toBe(rest[0])
      expect(store.writes).toEqual([])
    }).pipe(inSmall))

  it.effect("keeps what was taken when X ends it", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      const { rest, store } = yield* begun
      const follow = Stream.provideLayer(events.follow({ checkpoint: "inbox" }), store.layer)
      const { fiber } = yield* watch(follow)
      yield* emulator.inject(Faults.status(401))
      yield* arrive("a")
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.await(fiber)).toMatchObject({ cause: { error: { _tag: "Unauthorized" } } })
      expect(store.writes).toEqual([rest.at(-1)])
    }).pipe(inSmall))

  it.effect("ends when the checkpoint cannot be read, before any request, or written", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const { store } = yield* begun
      const follow = Stream.provideLayer(events.follow({ checkpoint: "inbox", commitEvery: 3 }), store.layer)
      store.broken.get = true
      const unreadable = yield* Effect.flip(Stream.runDrain(follow))
      expect(unreadable).toMatchObject({ _tag: "CheckpointFailed", checkpoint: "inbox" })
      expect(unreadable.message).toMatch(/the checkpoint "inbox" is on a full disk/)
      expect(yield* requestCount).toBe(0)
      Object.assign(store.broken, { get: false, set: true })
      const given: Array<string> = []
      const failure = yield* Effect.flip(Stream.runForEach(follow, ({ id }) => Effect.sync(() => given.push(id))))
      expect(failure._tag).toBe("CheckpointFailed")
      expect(given).toHaveLength(3)
    }).pipe(inSmall))

  it.effect("does not disturb another of another name, and may run beside one of its own", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const [a, b, other] = yield* Effect.forEach(["a", "a", "b"], (checkpoint) => watch(events.follow({ checkpoint })))
      const first = yield* arrive("first")
      yield* TestClock.adjust("1 minute")
      expect([a!.given, b!.given, other!.given]).toEqual([[first.id], [first.id], [first.id]])
      yield* Effect.forEach([a!, other!], ({ fiber }) => Fiber.interrupt(fiber))
      const second = yield* arrive("second")
      yield* TestClock.adjust("1 minute")
      expect(b!.given).toEqual([first.id, second.id])
      expect((yield* watch(events.follow({ checkpoint: "b" }))).given).toEqual([second.id])
      expect((yield* watch(events.follow({ checkpoint: "a" }))).given).toEqual([])
    }).pipe(Effect.provide(CheckpointStore.layerMemory), inSmall))
})

describe("checkpoints in a KeyValueStore", () => {
  const stored = Layer.provideMerge(CheckpointStore.layerKeyValueStore, KeyValueStore.layerMemory)

  it.effect("are written and read back, each under its name", () =>
    Effect.gen(function*() {
      const store = yield* CheckpointStore
      expect(yield* store.get("inbox")).toEqual(Option.none())
      yield* store.set("inbox", EventId.make("123"))
      yield* store.set("other/one", EventId.make("9"))
      expect(yield* store.get("inbox")).toEqual(Option.some("123"))
      expect(yield* store.get("other/one")).toEqual(Option.some("9"))
    }).pipe(Effect.provide(stored)))

  it.effect("are whole though the program is killed in the middle of a write", () =>
    Effect.gen(function*() {
      const kv = yield* KeyValueStore.KeyValueStore
      const inner = Effect.provide(CheckpointStore, Layer.fresh(CheckpointStore.layerKeyValueStore))
      /** A store that is killed when it has made way for what it was to write, as a file is. */
      const killed = Effect.provideService(inner, KeyValueStore.KeyValueStore, {
        ...kv,
        set: (key) => Effect.zipRight(kv.set(key, ""), Effect.interrupt)
      })
      for (const [id, next] of [["101", "102"], ["102", "103"], ["103", "104"]] as const) {
        yield* (yield* inner).set("inbox", EventId.make(id))
        yield* Effect.exit((yield* killed).set("inbox", EventId.make(next)))
        expect(yield* (yield* inner).get("inbox")).toEqual(Option.some(id))
      }
    }).pipe(Effect.provide(KeyValueStore.layerMemory)))

  it.effect("are read from the one place where they were before", () =>
    Effect.gen(function*() {
      const store = yield* CheckpointStore
      const kv = yield* KeyValueStore.KeyValueStore
      yield* kv.set("xdm-checkpoint-inbox", "123")
      expect(yield* store.get("inbox")).toEqual(Option.some("123"))
      yield* store.set("inbox", EventId.make("124"))
      expect(yield* store.get("inbox")).toEqual(Option.some("124"))
    }).pipe(Effect.provide(stored)))

  for (const text of ["", "null", "12x", "-1", "007", "{\"version\":1,\"value\":\"1x\"}"]) {
    for (const keys of [["xdm-checkpoint-inbox"], ["xdm-checkpoint-inbox-a", "xdm-checkpoint-inbox-b"]]) {
      it.effect(`that were damaged end the follower, and stay as they are: ${JSON.stringify(text)} in ${keys}`, () =>
        Effect.gen(function*() {
          const { events } = yield* DirectMessages
          const kv = yield* KeyValueStore.KeyValueStore
          yield* Effect.forEach(keys, (key) => kv.set(key, text))
          const failure = yield* Effect.flip(Stream.runDrain(events.follow({ checkpoint: "inbox" })))
          expect(failure).toMatchObject({
            _tag: "CheckpointFailed",
            problem: expect.stringContaining("Mend or remove")
          })
          for (const key of keys) expect(yield* kv.get(key)).toEqual(Option.some(text))
          expect(yield* requestCount).toBe(0)
        }).pipe(Effect.provide(stored), inSmall))
    }
  }

  it.effect("tell why a store failed", () => {
    const inner = (reads: boolean) =>
      Effect.provide(CheckpointStore, Layer.fresh(CheckpointStore.layerKeyValueStore)).pipe(
        Effect.provideService(
          KeyValueStore.KeyValueStore,
          KeyValueStore.makeStringOnly({
            get: () => reads ? Effect.succeedNone : Effect.fail(denied),
            set: () => Effect.fail(denied),
            remove: () => Effect.void,
            clear: Effect.void,
            size: Effect.succeed(0)
          })
        )
      )
    return Effect.gen(function*() {
      const unreadable = yield* Effect.flip((yield* inner(false)).get("a"))
      expect(unreadable.message).toMatch(/"a" could not be read: .*denied/)
      const unwritable = yield* Effect.flip((yield* inner(true)).set("a", EventId.make("1")))
      expect(unwritable.message).toMatch(/"a" could not be written: .*denied/)
    })
  })
})

const denied = new SystemError({
  module: "KeyValueStore",
  method: "get",
  reason: "PermissionDenied",
  description: "denied"
})
