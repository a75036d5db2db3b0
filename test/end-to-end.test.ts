import { type Dialect, DirectMessages, EventId, UserId, Username } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer } from "@effect-xdm/node"
import { NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"

const { conversations, people, tokens } = Fixtures

/** The library over real sockets, against a server of its own for each test. */
const over = (dialect: Dialect, token: string = tokens.owner) =>
  Layer.unwrapEffect(
    Effect.map(EmulatorServer, ({ url }) =>
      DirectMessages.layer({ accessToken: Redacted.make(token), baseUrl: url, dialect, timeout: "2 seconds" }))
  ).pipe(
    Layer.provide(NodeHttpClient.layerUndici),
    Layer.provideMerge(EmulatorServer.layer()),
    Layer.provideMerge(Emulator.layer({ dialect }))
  )

for (const dialect of ["post", "tweet"] as const) {
  describe(`every endpoint over HTTP, in the ${dialect} dialect`, () => {
    it.live("reads", () =>
      Effect.gen(function*() {
        const dm = yield* DirectMessages
        const emulator = yield* Emulator
        const truth = yield* emulator.events()

        expect((yield* dm.getMe({ userFields: ["created_at", "public_metrics"] })).id).toBe(people.me.id)
        expect((yield* dm.getUserByUsername({ username: Username.make(people.salma.username) })).name).toBe(
          people.salma.name
        )

        const newest = yield* dm.getEvents({ maxResults: 7 })
        expect(newest.events.map(({ id }) => id)).toEqual(truth.slice(0, 7).map(({ id }) => id))
        const next = yield* dm.getEvents({ maxResults: 7, paginationToken: newest.meta.nextToken })
        expect(next.events.map(({ id }) => id)).toEqual(truth.slice(7, 14).map(({ id }) => id))

        const group = yield* dm.getEventsByConversationId({
          conversationId: conversations.launch,
          expansions: ["sender_id", "attachments.media_keys"],
          mediaFields: ["url", "width"],
          userFields: ["verified"]
        })
        expect(group.events.every((event) => event.dmConversationId === conversations.launch)).toBe(true)
        expect(group.includes.users.length).toBeGreaterThan(2)
        expect(group.includes.media.length).toBeGreaterThan(0)

        const withNoa = yield* dm.getEventsByParticipantId({
          participantId: people.noa.id,
          eventTypes: ["MessageCreate"]
        })
        expect(new Set(withNoa.events.map((event) => event.dmConversationId))).toEqual(new Set([conversations.noa]))

        const one = yield* dm.getEventsById({ eventId: withNoa.events[0]!.id })
        expect(one.event).toEqual(withNoa.events[0])
      }).pipe(Effect.provide(over(dialect))))

    it.live("sends and deletes", () =>
      Effect.gen(function*() {
        const dm = yield* DirectMessages
        const toPerson = yield* dm.createByParticipantId({ participantId: people.noa.id, text: "שלום 👋" })
        expect(toPerson.dmConversationId).toBe(conversations.noa)
        const group = yield* dm.createConversation({
          participantIds: [people.noa.id, people.kenji.id],
          message: { text: "both of you" }
        })
        const inGroup = yield* dm.createByConversationId({ conversationId: group.dmConversationId, text: "and again" })
        const page = yield* dm.getEventsByConversationId({
          conversationId: group.dmConversationId,
          eventTypes: ["MessageCreate"]
        })
        expect(page.events.map((event) => event.id)).toEqual([inGroup.dmEventId, group.dmEventId])
        expect(yield* dm.deleteEvents({ eventId: inGroup.dmEventId })).toEqual({ deleted: true })
        expect((yield* Effect.flip(dm.getEventsById({ eventId: inGroup.dmEventId })))._tag).toBe("NotFound")
        expect((yield* dm.getEventsById({ eventId: toPerson.dmEventId })).event).toMatchObject({ text: "שלום 👋" })
      }).pipe(Effect.provide(over(dialect))))
  })
}

describe("what X refuses and what breaks, over HTTP", () => {
  it.live("comes as the error that it is", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const emulator = yield* Emulator
      const strange = yield* Effect.flip(dm.createByParticipantId({ participantId: UserId.make("1"), text: "x" }))
      expect(strange._tag).toBe("NotFound")
      expect((yield* Effect.flip(dm.getEventsByConversationId({ conversationId: conversations.notMine })))._tag).toBe(
        "Forbidden"
      )
      expect((yield* Effect.flip(dm.deleteEvents({ eventId: EventId.make("1") })))._tag).toBe("NotFound")

      for (
        const [fault, reason] of [
          [Faults.cutAfter, "Unreachable"],
          [Faults.stall, "TimedOut"],
          [Faults.failAfterProcessing(503), "ServerFailure"]
        ] as const
      ) {
        yield* emulator.resetRequests
        yield* emulator.inject(fault, { method: "POST", times: 1 })
        const error = yield* Effect.flip(dm.createByParticipantId({ participantId: people.noa.id, text: "once" }))
        expect(error).toMatchObject({ _tag: "SendOutcomeUnknown", reason: { _tag: reason } })
        expect(yield* emulator.requestCount()).toBe(1)
      }

      yield* emulator.inject(Faults.cutBefore, { method: "GET", times: 1 })
      expect((yield* dm.getMe()).id).toBe(people.me.id)
    }).pipe(Effect.provide(over("post"))), 15_000)

  it.live("a token without the scope is told which it needs", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const error = yield* Effect.flip(dm.createByParticipantId({ participantId: people.noa.id, text: "x" }))
      expect(error).toMatchObject({ _tag: "Forbidden", reason: "MissingScope" })
      expect(error.message).toContain("dm.write")
    }).pipe(Effect.provide(over("post", tokens.readOnly))))
})
