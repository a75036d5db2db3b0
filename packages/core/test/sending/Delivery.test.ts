import { describe, expect, it } from "@effect/vitest"
import { Effect, type Effect as E, Fiber } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import type { Created } from "../../src/endpoints/Created.js"
import { MediaId } from "../../src/model/Ids.js"
import type { SendError } from "../../src/protocol/Errors.js"
import type { SendOptions } from "../../src/sending/Delivery.js"
import { Emulator, Faults, Fixtures } from "../../src/testing/index.js"
import { minute, onClock, type Setting } from "../protocol/limits.js"
import { conversation, held, inject, people, sends, texts, user } from "./support.js"

const small: Setting = { emulator: { world: people(3), rateLimits: "off" } }
const post = { method: "POST" }
const reconcile: SendOptions = { reconcile: true }

type Dm = DirectMessages["Type"]

/** What a send comes to within half an hour. */
const outcome = <E2, A>(send: (dm: Dm) => Effect.Effect<A, E2>) => (adjust: (millis: number) => Effect.Effect<void>) =>
  Effect.gen(function*() {
    const dm = yield* DirectMessages
    const fiber = yield* Effect.fork(Effect.either(send(dm)))
    yield* adjust(30 * minute)
    return yield* Fiber.join(fiber)
  })

const lost = [Faults.cutBefore, Faults.status(503)] as const
const done = [Faults.cutAfter, Faults.failAfterProcessing(500), Faults.stall, Faults.badJson] as const

describe("a send with reconcile", () => {
  const hello = (dm: Dm) => dm.send({ user: user(2) }, { text: "Hello" }, reconcile)

  for (const fault of lost) {
    it.live(`that X did not do (${JSON.stringify(fault)}) is made again`, () =>
      onClock(small, (adjust) =>
        Effect.gen(function*() {
          yield* inject(fault, { ...post, times: 1 })
          const result = yield* outcome(hello)(adjust)
          expect(yield* texts).toEqual(["Hello"])
          expect(result).toMatchObject({ _tag: "Right", right: { dmEventId: (yield* held)[0]?.id } })
          expect(yield* sends).toBe(2)
        })))
  }

  for (const fault of done) {
    it.live(`that X did (${JSON.stringify(fault)}) is found, and not made again`, () =>
      onClock(small, (adjust) =>
        Effect.gen(function*() {
          yield* inject(fault, { ...post, times: 1 })
          const result = yield* outcome(hello)(adjust)
          expect(yield* texts).toEqual(["Hello"])
          expect(result).toMatchObject({
            _tag: "Right",
            right: { dmEventId: (yield* held)[0]?.id, dmConversationId: "1-2" }
          })
          expect(yield* sends).toBe(1)
        })))
  }

  it.live("goes on through failed looks", () =>
    onClock(small, (adjust) =>
      Effect.gen(function*() {
        yield* inject(Faults.cutAfter, { ...post, times: 1 })
        yield* inject(Faults.status(503), { method: "GET", times: 10 })
        expect(yield* outcome(hello)(adjust)).toMatchObject({ _tag: "Right" })
        expect(yield* sends).toBe(1)
      })))

  it.live("ends in an unknown outcome, with the reason, if the looks fail for good", () =>
    onClock(small, (adjust) =>
      Effect.gen(function*() {
        yield* inject(Faults.cutAfter, { ...post, times: 1 })
        yield* inject(Faults.status(402), { method: "GET" })
        const result = yield* outcome(hello)(adjust)
        expect(result).toMatchObject({ left: { _tag: "SendOutcomeUnknown", unresolved: { _tag: "OutOfCredits" } } })
        expect(result).toMatchObject({ left: { attempted: { to: { user: "2" }, message: { text: "Hello" } } } })
        expect(yield* sends).toBe(1)
      })))

  it.live("does not take an earlier message of the same words for its own", () =>
    onClock(small, (adjust) =>
      Effect.gen(function*() {
        const first = yield* outcome(hello)(adjust)
        yield* inject(Faults.cutBefore, { ...post, times: 1 })
        const second = yield* outcome(hello)(adjust)
        expect(yield* texts).toEqual(["Hello", "Hello"])
        expect(first).not.toEqual(second)
      })))

  it.live("gives two messages of the same words at the same time one event each", () =>
    onClock(small, (adjust) =>
      Effect.gen(function*() {
        yield* inject(Faults.cutAfter, { ...post, times: 1 })
        yield* inject(Faults.delay("3 seconds"), { ...post, every: 2 })
        const both = (dm: Dm) =>
          Effect.all([
            hello(dm),
            Effect.delay(
              dm.createByConversationId({ conversationId: conversation("1-2"), text: "Hello" }, reconcile),
              "1 second"
            ),
            hello(dm)
          ], { concurrency: "unbounded" })
        const result = yield* outcome(both)(adjust)
        expect(result._tag).toBe("Right")
        const ids = result._tag === "Right" ? result.right.map(({ dmEventId }) => dmEventId) : []
        expect(new Set(ids).size).toBe(3)
        expect((yield* held).map(({ id }) => id).sort()).toEqual([...ids].sort())
      })))

  it.live("gives what two looks at once have found to one of them", () =>
    onClock(small, (adjust) =>
      Effect.gen(function*() {
        yield* inject(Faults.cutAfter, { ...post, times: 1 })
        yield* inject(Faults.cutBefore, { ...post, every: 2, times: 1 })
        const result = yield* outcome((dm) => Effect.all([hello(dm), hello(dm)], { concurrency: 2 }))(adjust)
        const ids = result._tag === "Right" ? result.right.map(({ dmEventId }) => dmEventId) : []
        expect(new Set(ids).size).toBe(2)
        expect((yield* held).map(({ id }) => id).sort()).toEqual([...ids].sort())
        expect(yield* sends).toBe(3)
      })))

  it.live("does not take another's words, or those of another conversation, for its own", () =>
    onClock(small, (adjust) =>
      Effect.gen(function*() {
        const emulator = yield* Emulator
        yield* inject(Faults.cutBefore, { ...post, times: 1 })
        yield* emulator.arrive({ from: "2", in: "1-2", text: "Hello" })
        yield* emulator.arrive({ from: "1", in: "1-3", text: "Hello" })
        yield* outcome(hello)(adjust)
        expect((yield* held).map(({ conversation }) => conversation)).toEqual(["1-3", "1-2"])
      })))

  for (
    const text of [
      "see https://example.com/x?y=1 and https://example.org/",
      "a & b < c > d &amp; e",
      "  spaces around \r\n and lines\n",
      "composed é and decomposed e\u0301",
      "🎉 @user3 #tag"
    ]
  ) {
    it.live(`knows its text again: ${JSON.stringify(text)}`, () =>
      onClock(small, (adjust) =>
        Effect.gen(function*() {
          yield* inject(Faults.cutAfter, { ...post, times: 1 })
          yield* outcome((dm) => dm.send({ user: user(2) }, { text }, reconcile))(adjust)
          expect(yield* sends).toBe(1)
        })))
  }

  it.live("knows its attachment again", () =>
    onClock({ emulator: { rateLimits: "off" } }, (adjust) =>
      Effect.gen(function*() {
        const emulator = yield* Emulator
        const to = { user: user(Fixtures.people.jonas.id) }
        const mediaId = (key: string) => MediaId.make(key.split("_")[1]!)
        const photo = { attachments: [{ mediaId: mediaId(Fixtures.media.photo.media_key) }] } as const
        yield* inject(Faults.cutAfter, { ...post, times: 1 })
        yield* outcome((dm) => dm.send(to, photo, reconcile))(adjust)
        expect(yield* emulator.requestCount("POST /2/dm_conversations/with/{participant_id}/messages")).toBe(1)
        // And a message without it is not the same.
        yield* inject(Faults.cutBefore, { ...post, times: 1 })
        yield* outcome((dm) => dm.send(to, { ...photo, text: "Look" }, reconcile))(adjust)
        expect(yield* emulator.requestCount("POST /2/dm_conversations/with/{participant_id}/messages")).toBe(3)
      })))

  it.live("finds the group that it made, and makes it no second time", () =>
    onClock(small, (adjust) =>
      Effect.gen(function*() {
        yield* inject(Faults.cutAfter, { ...post, times: 1 })
        const group = (dm: Dm) => dm.send({ users: [user(2), user(3)] }, { text: "Hello" }, reconcile)
        const result = yield* outcome(group)(adjust)
        expect(yield* sends).toBe(1)
        expect(result).toMatchObject({ right: { dmEventId: (yield* held)[0]?.id } })
        // Another group of others with the same words is not this one.
        yield* inject(Faults.cutBefore, { ...post, times: 1 })
        yield* outcome((dm) => dm.send({ users: [user(3), user(4)] }, { text: "Hello" }, reconcile))(adjust)
        expect(yield* sends).toBe(3)
      })))

  it.live("holds whatever the clock of X says", () =>
    onClock({ emulator: { ...small.emulator, clockSkewMillis: -7_200_000 } }, (adjust) =>
      Effect.gen(function*() {
        const dm = yield* DirectMessages
        const me = yield* Effect.fork(dm.getMe({})) // any answer tells X's time
        yield* adjust(0)
        yield* Fiber.join(me)
        yield* inject(Faults.cutAfter, { ...post, times: 1 })
        yield* outcome(hello)(adjust)
        expect(yield* sends).toBe(1)
      })))

  it.live("reads no more than the newest events", () =>
    onClock({ emulator: { rateLimits: "off" } }, (adjust) =>
      Effect.gen(function*() {
        const emulator = yield* Emulator
        yield* inject(Faults.cutAfter, { ...post, times: 1 })
        yield* outcome((dm) => dm.send({ user: user(Fixtures.people.jonas.id) }, { text: "Hello" }, reconcile))(adjust)
        const reads = (yield* emulator.requests).filter(({ path }) => path.endsWith("dm_events"))
        expect(reads.map(({ query }) => query["max_results"])).toEqual(["5"])
      })))
})

describe("an outcome that is not known", () => {
  it.live("can be reconciled later, by its error", () =>
    onClock(small, (adjust) =>
      Effect.gen(function*() {
        yield* inject(Faults.cutAfter, { ...post, times: 1 })
        const send = (dm: Dm) =>
          Effect.catchTag(
            dm.createByParticipantId({ participantId: user(2), text: "Hello" }),
            "SendOutcomeUnknown",
            (error) => Effect.zipRight(Effect.sleep("10 minutes"), dm.reconcile(error))
          )
        expect(yield* outcome(send)(adjust)).toMatchObject({ _tag: "Right" })
        expect(yield* sends).toBe(1)
      })))

  it.live("is not resent if it is only to be looked for", () =>
    onClock(small, (adjust) =>
      Effect.gen(function*() {
        yield* inject(Faults.cutBefore, { ...post, times: 1 })
        const result = yield* outcome((dm) =>
          dm.send({ user: user(2) }, { text: "Hello" }, { reconcile: { resend: 0 } })
        )(adjust)
        expect(result).toMatchObject({ left: { _tag: "SendOutcomeUnknown" } })
        expect(yield* sends).toBe(1)
      })))
})

describe("send", () => {
  it.live("picks the endpoint", () =>
    onClock(small, (adjust) =>
      Effect.gen(function*() {
        const emulator = yield* Emulator
        yield* outcome((dm) =>
          Effect.all([
            dm.send({ user: user(2) }, { text: "a" }),
            dm.send({ conversation: conversation("1-3") }, { text: "b" }),
            dm.send({ users: [user(4)] }, { text: "c" }),
            dm.send({ users: [user(2), user(3)] }, { text: "d" })
          ])
        )(adjust)
        expect((yield* emulator.requests).map(({ path }) => path)).toEqual([
          "/2/dm_conversations/with/2/messages",
          "/2/dm_conversations/1-3/messages",
          "/2/dm_conversations/with/4/messages",
          "/2/dm_conversations"
        ])
      })))

  const wrong: ReadonlyArray<
    readonly [what: string, send: (dm: Dm) => E.Effect<Created, SendError>, parameter: string]
  > = [
    ["nobody", (dm) => dm.send({ users: [] }, { text: "a" }), "participantIds"],
    ["nothing", (dm) => dm.send({ user: user(2) }, {} as { readonly text: string }), "text"],
    ["no recipient", (dm) => dm.send("2" as never, { text: "a" }), "to"],
    ["no time", (dm) => dm.send({ user: user(2) }, { text: "a" }, { reconcile: { settle: "-5 seconds" } }), "settle"],
    ["no count", (dm) => dm.send({ user: user(2) }, { text: "a" }, { reconcile: { resend: -1 } }), "resend"],
    ["no end", (dm) => dm.send({ user: user(2) }, { text: "a" }, { reconcile: { within: Infinity } }), "within"]
  ]
  for (const [what, send, parameter] of wrong) {
    it.live(`refuses ${what} before any request`, () =>
      onClock(small, (adjust) =>
        Effect.gen(function*() {
          expect(yield* outcome(send)(adjust)).toMatchObject({ left: { _tag: "InvalidInput", parameter } })
          expect(yield* sends).toBe(0)
        })))
  }
})
