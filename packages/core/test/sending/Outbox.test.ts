import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Option, Scope, Stream } from "effect"
import type { Provided } from "../../src/DirectMessages.js"
import type { Letter, Result } from "../../src/sending/Letter.js"
import { Outbox, type OutboxOptions } from "../../src/sending/Outbox.js"
import { OutboxStore } from "../../src/sending/OutboxStore.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { minute, onClock, type Setting } from "../protocol/limits.js"
import { conversation, held, inject, people, sends, texts, user } from "./support.js"

const small: Setting = { emulator: { world: people(3), rateLimits: "off" } }
const post = { method: "POST" }
const to = (peer: number, text: string, key = text): Letter => ({ key, to: { user: user(peer) }, message: { text } })

/** An outbox over a store, until it is stopped. */
const start = (store: Layer.Layer<OutboxStore>, options: OutboxOptions = {}) =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(Outbox.layer(options).pipe(Layer.provide(store)), scope)
    return { outbox: Context.get(context, Outbox), stop: Scope.close(scope, Exit.void) }
  })

/** A store that several outboxes after one another have. */
const kept = Effect.map(
  KeyValueStore.KeyValueStore,
  (kv) => OutboxStore.layerKeyValueStore().pipe(Layer.provide(Layer.succeed(KeyValueStore.KeyValueStore, kv)))
).pipe(
  Effect.provide(KeyValueStore.layerMemory)
)

const test = <A, E>(
  body: (adjust: (millis: number) => Effect.Effect<void>) => Effect.Effect<A, E, Provided | Emulator | Scope.Scope>,
  setting = small
) =>
() => onClock(setting, body)

const outcomes = (results: ReadonlyArray<Result>) => results.map(({ key, outcome }) => [key, outcome._tag])

describe("the outbox", () => {
  it.live(
    "says at once where a letter is, and in its result to whom it was",
    test((adjust) =>
      Effect.gen(function*() {
        const { outbox } = yield* start(OutboxStore.layerMemory)
        yield* inject(Faults.delay("20 seconds"), { ...post, times: 1 })
        yield* outbox.put(to(2, "a"))
        yield* outbox.put(to(2, "b"))
        yield* adjust(1_000)
        const state = (key: string) => Effect.map(outbox.state(key), (state) => state?._tag)
        expect(yield* Effect.forEach(["a", "b", "c"], state)).toEqual(["Sending", "Waiting", undefined])
        yield* adjust(minute)
        expect(yield* Effect.forEach(["a", "b"], state)).toEqual(["Sent", "Sent"])
        expect(yield* outbox.result("b")).toMatchObject({ key: "b", to: { user: "2" }, outcome: { _tag: "Sent" } })
      })
    )
  )

  it.live(
    "sends in order to each, side by side to several, and gives each result",
    test((adjust) =>
      Effect.gen(function*() {
        const { outbox } = yield* start(OutboxStore.layerMemory)
        // The first call of all goes alone, to learn the limits.
        yield* outbox.put(to(4, "first"))
        yield* adjust(minute)
        // Whoever is first to one waits; the others' go on.
        yield* inject(Faults.delay("20 seconds"), { ...post, times: 1 })
        const letters = [to(2, "a1"), to(2, "a2"), to(3, "b1"), to(2, "a3"), to(3, "b2")]
        const results = yield* Effect.fork(Stream.runCollect(outbox.deliver(Stream.fromIterable(letters))))
        yield* adjust(minute)
        expect((yield* texts).slice(1)).toEqual(["b1", "b2", "a1", "a2", "a3"])
        expect(outcomes([...yield* Fiber.join(results)])).toEqual(
          ["b1", "b2", "a1", "a2", "a3"].map((key) => [key, "Sent"])
        )
      })
    )
  )

  it.live(
    "knows a key again: the same letter is sent once, another one is refused",
    test((adjust) =>
      Effect.gen(function*() {
        const { outbox } = yield* start(OutboxStore.layerMemory)
        yield* outbox.put(to(2, "Hello", "k"))
        yield* outbox.put(to(2, "Hello", "k"))
        yield* adjust(minute)
        yield* outbox.put(to(2, "Hello", "k"))
        const refused = yield* Effect.flip(outbox.put(to(2, "Good-bye", "k")))
        expect(refused).toMatchObject({ _tag: "InvalidInput", parameter: "key" })
        yield* outbox.put(to(2, "Hello", "another"))
        yield* adjust(minute)
        expect(yield* texts).toEqual(["Hello", "Hello"])
      })
    )
  )

  it.live(
    "keeps what X refuses, says why, and goes on",
    test((adjust) =>
      Effect.gen(function*() {
        const { outbox } = yield* start(OutboxStore.layerMemory)
        const refusal = { code: 349, message: "You cannot send messages to this user." }
        yield* inject(Faults.status(403, { body: JSON.stringify(refusal) }), { ...post, times: 1 })
        yield* outbox.put(to(2, "a"))
        yield* outbox.put(to(2, "b"))
        yield* adjust(minute)
        expect(yield* texts).toEqual(["b"])
        const [dead] = yield* outbox.dead
        expect(dead).toMatchObject({
          key: "a",
          message: { text: "a" },
          outcome: { _tag: "Refused", error: "Forbidden" }
        })
        expect(dead?.outcome).toHaveProperty("reason", expect.stringContaining("takes no messages from you"))
        expect([yield* outbox.retry("a"), yield* outbox.retry("b")]).toEqual([true, false])
        yield* adjust(minute)
        expect(yield* texts).toEqual(["b", "a"])
        expect(yield* outbox.dead).toEqual([])
      })
    )
  )

  it.live(
    "waits while the account is in trouble, and gives up when it has waited long enough",
    test((adjust) =>
      Effect.gen(function*() {
        const { outbox } = yield* start(OutboxStore.layerMemory, { giveUpAfter: "1 hour" })
        yield* inject(Faults.status(402), post)
        yield* outbox.put(to(2, "a"))
        yield* adjust(30 * minute)
        yield* outbox.put(to(3, "b"))
        yield* adjust(40 * minute)
        expect(outcomes(yield* outbox.dead)).toEqual([["a", "GivenUp"]])
        const emulator = yield* Emulator
        yield* emulator.clearFaults
        yield* adjust(10 * minute)
        expect(yield* texts).toEqual(["b"])
        // With growing pauses, no storm.
        expect(yield* sends).toBeLessThan(40)
        yield* outbox.discard("a")
        expect(yield* outbox.dead).toEqual([])
      })
    )
  )

  it.live(
    "is held up by limits, and loses nothing",
    test((adjust) =>
      Effect.gen(function*() {
        const { outbox } = yield* start(OutboxStore.layerMemory)
        for (let i = 0; i < 40; i++) yield* outbox.put(to(2 + i % 3, `m${i}`))
        yield* adjust(31 * minute)
        yield* outbox.empty
        expect((yield* texts).toSorted()).toEqual(Array.from({ length: 40 }, (_, i) => `m${i}`).toSorted())
        const emulator = yield* Emulator
        expect((yield* emulator.requests).every(({ status }) => status === 201)).toBe(true)
      }), { emulator: { world: people(3) } })
  )

  for (
    const [what, fault, requests] of [
      ["left and was done", Faults.cutAfter, 1],
      ["left and was not done", Faults.cutBefore, 2],
      ["was answered 201 with half an answer", Faults.badJson, 1]
    ] as const
  ) {
    it.live(
      `finds out what became of a message that ${what}`,
      test((adjust) =>
        Effect.gen(function*() {
          const { outbox } = yield* start(OutboxStore.layerMemory)
          yield* inject(fault, { ...post, times: 1 })
          yield* outbox.put(to(2, "a"))
          yield* adjust(minute)
          expect(yield* outbox.result("a")).toMatchObject({
            outcome: { _tag: "Sent", dmEventId: (yield* held)[0]?.id }
          })
          expect(yield* sends).toBe(requests)
        })
      )
    )
  }

  for (const [what, wait] of [["before", 5_000], ["after", 15_000]] as const) {
    it.live(
      `goes on after it was stopped in the middle, ${what} X had it`,
      test((adjust) =>
        Effect.gen(function*() {
          const store = yield* kept
          const first = yield* start(store)
          // X takes ten seconds, and answers never.
          yield* inject(Faults.delay("10 seconds"), { ...post, times: 1 })
          yield* inject(Faults.stall, { ...post, times: 1 })
          for (const text of ["same", "other"]) yield* first.outbox.put(to(2, text))
          yield* first.outbox.put(to(2, "same", "same again"))
          yield* adjust(wait)
          yield* first.stop
          const second = yield* start(store)
          yield* adjust(minute)
          yield* second.outbox.empty
          expect(yield* texts).toEqual(["same", "other", "same"])
          const ids = yield* Effect.forEach(["same", "other", "same again"], (key) => second.outbox.result(key))
          expect(ids.map((each) => each?.outcome)).toMatchObject((yield* held).map(({ id }) => ({ dmEventId: id })))
          // And nothing is sent again after one more start.
          yield* second.stop
          const third = yield* start(store)
          yield* third.outbox.put(to(2, "same"))
          yield* adjust(minute)
          expect(yield* texts).toHaveLength(3)
        })
      )
    )
  }

  it.live(
    "remembers so many sent letters and no more",
    test((adjust) =>
      Effect.gen(function*() {
        const store = yield* kept
        const { outbox, stop } = yield* start(store, { keepSent: 2 })
        for (const text of ["a", "b", "c"]) yield* outbox.put(to(2, text))
        yield* adjust(minute)
        yield* stop
        const again = yield* start(store, { keepSent: 2 })
        expect(yield* Effect.forEach(["a", "b", "c"], again.outbox.result)).toMatchObject([
          undefined,
          { outcome: { _tag: "Sent" } },
          { outcome: { _tag: "Sent" } }
        ])
      })
    )
  )

  it.live(
    "sends to conversations and new groups too",
    test((adjust) =>
      Effect.gen(function*() {
        const { outbox } = yield* start(OutboxStore.layerMemory)
        yield* outbox.put({ key: "1", to: { conversation: conversation("1-2") }, message: { text: "one" } })
        yield* outbox.put({ key: "2", to: { users: [user(2), user(3)] }, message: { text: "two" } })
        yield* adjust(minute)
        expect((yield* held).map(({ conversation }) => conversation.includes("-"))).toEqual([true, false])
      })
    )
  )
})

describe("bad input of the outbox", () => {
  const wrong: ReadonlyArray<readonly [what: string, letter: unknown, parameter: string]> = [
    ["no key", { ...to(2, "a"), key: "" }, "key"],
    ["no message", { ...to(2, "a"), message: {} }, "message.text"],
    ["no recipient", { key: "a", to: {}, message: { text: "a" } }, "to"],
    ["nothing", undefined, "the letter"]
  ]
  for (const [what, letter, parameter] of wrong) {
    it.live(
      `a letter with ${what} is refused and not kept`,
      test(() =>
        Effect.gen(function*() {
          const { outbox } = yield* start(OutboxStore.layerMemory)
          const error = yield* Effect.flip(outbox.put(letter as Letter))
          expect(error).toMatchObject({ _tag: "InvalidInput", parameter: expect.stringContaining(parameter) })
          yield* outbox.empty
        })
      )
    )
  }

  for (const options of [{ concurrency: 0 }, { giveUpAfter: -1 }, { giveUpAfter: Infinity }, { keepSent: -1 }]) {
    it.live(
      `the layer refuses ${JSON.stringify(options)}`,
      test(() =>
        Effect.gen(function*() {
          const error = yield* Effect.flip(start(OutboxStore.layerMemory, options))
          expect(error).toMatchObject({ _op: "InvalidData", path: Object.keys(options) })
        })
      )
    )
  }

  it.live(
    "a store that holds something else is not touched",
    test(() =>
      Effect.gen(function*() {
        const kv = yield* KeyValueStore.KeyValueStore
        yield* kv.set("xdm-outbox-default-index-a", "mine")
        yield* kv.set("xdm-outbox-default-index-b", "mine too")
        const store = OutboxStore.layerKeyValueStore().pipe(
          Layer.provide(Layer.succeed(KeyValueStore.KeyValueStore, kv))
        )
        const error = yield* Effect.flip(start(store))
        expect(error).toMatchObject({ _tag: "OutboxStoreFailed" })
        expect(String(error)).toContain("nothing was overwritten")
        expect(yield* kv.get("xdm-outbox-default-index-b")).toEqual(Option.some("mine too"))
      }).pipe(Effect.provide(KeyValueStore.layerMemory))
    )
  )
})
