import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Emulator, Fixtures } from "../../src/testing/index.js"
import { against, call, list, unlimited } from "./support.js"

const { conversations, media, people } = Fixtures

interface Created {
  readonly data: { readonly dm_conversation_id: string; readonly dm_event_id: string }
}

const post = (path: string, body: unknown, token: string = Fixtures.tokens.owner) =>
  call<Created>("POST", `/2/dm_conversations${path}`, { body, token })

const fields = { "dm_event.fields": "text,dm_conversation_id,attachments,created_at", expansions: "sender_id" }

describe("a send", () => {
  it.effect("to a conversation makes the newest event of it", () =>
    Effect.gen(function*() {
      const answer = yield* post(`/${conversations.jonas}/messages`, { text: "Shall we? 🎉" })
      expect(answer.status).toBe(201)
      expect(answer.json.data.dm_conversation_id).toBe(conversations.jonas)
      const { json } = yield* list({ max_results: "1", ...fields })
      expect(json.data).toEqual([{
        id: answer.json.data.dm_event_id,
        event_type: "MessageCreate",
        text: "Shall we? 🎉",
        sender_id: people.me.id,
        dm_conversation_id: conversations.jonas,
        created_at: "2026-08-01T12:00:00.000Z"
      }])
    }).pipe(unlimited))

  it.effect("to a user opens their conversation, and both see it", () =>
    Effect.gen(function*() {
      const { json } = yield* post(`/with/${people.stranger.id}/messages`, { text: "Hello Ines" })
      const conversation = `${people.me.id}-${people.stranger.id}`
      expect(json.data.dm_conversation_id).toBe(conversation)
      const emulator = yield* Emulator
      const seen = yield* emulator.events({ user: people.stranger.id })
      expect(seen.map(({ id }) => id)).toEqual([json.data.dm_event_id])
      expect((yield* list({}, `/2/dm_conversations/${conversation}/dm_events`)).json.meta.result_count).toBe(1)
    }).pipe(unlimited))

  it.effect("of an attachment alone has no text", () =>
    Effect.gen(function*() {
      const [, mediaId] = media.photo.media_key.split("_")
      yield* post(`/with/${people.jonas.id}/messages`, { attachments: [{ media_id: mediaId }] })
      const { json } = yield* list({ max_results: "1", ...fields })
      expect(json.data![0]).toMatchObject({ attachments: { media_keys: [media.photo.media_key] } })
      expect(json.data![0]).not.toHaveProperty("text")
    }).pipe(unlimited))

  it.effect("keeps links as X's short ones", () =>
    Effect.gen(function*() {
      yield* post(`/with/${people.jonas.id}/messages`, { text: "see https://example.com/x?y=1" })
      const { json } = yield* list({ max_results: "1", "dm_event.fields": "text,entities" })
      const event = json.data![0]!
      expect(event["text"]).toMatch(/^see https:\/\/t\.co\/\w{10}$/)
      expect(event["entities"]).toMatchObject({ urls: [{ expanded_url: "https://example.com/x?y=1" }] })
    }).pipe(unlimited))
})

describe("a new group", () => {
  const body = {
    conversation_type: "Group",
    participant_ids: [people.jonas.id, people.priya.id],
    message: { text: "Welcome" }
  }

  it.effect("is another one each time, begins with a join, and all its members see it", () =>
    Effect.gen(function*() {
      const first = (yield* post("", body)).json.data
      const second = (yield* post("", body)).json.data
      expect(first.dm_conversation_id).toMatch(/^[0-9]{15,19}$/)
      expect(second.dm_conversation_id).not.toBe(first.dm_conversation_id)
      const emulator = yield* Emulator
      for (const user of [people.me.id, people.jonas.id, people.priya.id]) {
        const seen = yield* emulator.events({ user, conversation: first.dm_conversation_id })
        expect(seen.map(({ event_type }) => event_type)).toEqual(["MessageCreate", "ParticipantsJoin"])
        expect(seen[0]!.id).toBe(first.dm_event_id)
      }
      expect(yield* emulator.events({ user: people.noa.id, conversation: first.dm_conversation_id })).toEqual([])
    }).pipe(unlimited))

  it.effect("can be made in an empty world, on a clock that starts in 1970", () =>
    Effect.gen(function*() {
      const { json, status } = yield* post("", body)
      expect(status).toBe(201)
      expect(json.data.dm_conversation_id).toMatch(/^[0-9]{15,19}$/)
    }).pipe(Effect.provide(Emulator.layerHttpClient), Effect.provide(Emulator.layer({ world: Fixtures.empty }))))
})

describe("a delete", () => {
  it.effect("takes one's own event away for good", () =>
    Effect.gen(function*() {
      const { json } = yield* post(`/with/${people.jonas.id}/messages`, { text: "oops" })
      const path = `/2/dm_events/${json.data.dm_event_id}`
      expect((yield* call("GET", path)).status).toBe(200)
      const deleted = yield* call("DELETE", path)
      expect({ status: deleted.status, json: deleted.json }).toEqual({ status: 200, json: { data: { deleted: true } } })
      expect((yield* call("GET", path)).status).toBe(404)
      expect((yield* call("DELETE", path)).status).toBe(404)
      const emulator = yield* Emulator
      expect((yield* emulator.events({ user: people.jonas.id })).map(({ id }) => id)).not.toContain(
        json.data.dm_event_id
      )
    }).pipe(unlimited))

  it.effect("is refused of someone else's event", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const theirs = (yield* emulator.events({ conversation: conversations.jonas }))
        .find(({ sender_id }) => sender_id === people.jonas.id)!
      const { json, status } = yield* call("DELETE", `/2/dm_events/${theirs.id}`)
      expect(status).toBe(403)
      expect(json).toMatchObject({
        type: "https://api.x.com/2/problems/not-authorized-for-resource",
        detail: expect.stringContaining("not owned by the authenticated user")
      })
      expect((yield* call("GET", `/2/dm_events/${theirs.id}`)).status).toBe(200)
    }).pipe(unlimited))

  it.effect("says the tweet dialect's host in that dialect", () =>
    Effect.gen(function*() {
      expect((yield* call("DELETE", "/2/dm_events/1")).json).toMatchObject({
        type: "https://api.twitter.com/2/problems/resource-not-found"
      })
    }).pipe(against({ dialect: "tweet" })))
})
