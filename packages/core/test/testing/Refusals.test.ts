import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Emulator, Fixtures } from "../../src/testing/index.js"
import { against, type Asked, call, type Json, list, unlimited } from "./support.js"

const { conversations, media, people, tokens } = Fixtures

const mediaId = media.photo.media_key.split("_")[1]!
const toJonas = `/2/dm_conversations/with/${people.jonas.id}/messages`

const refusal = (method: "GET" | "POST" | "DELETE", path: string, asked: Asked = {}) =>
  Effect.map(call<Json & { readonly errors?: unknown }>(method, path, asked), ({ headers, json, status }) => ({
    status,
    contentType: headers["content-type"],
    json
  }))

describe("who may", () => {
  it.effect("an unknown token gets 401, in both of X's forms", () =>
    Effect.gen(function*() {
      expect(yield* refusal("GET", "/2/dm_events", { token: "nobody's" })).toEqual({
        status: 401,
        contentType: "application/json; charset=utf-8",
        json: {
          code: 32,
          message: "Could not authenticate you",
          title: "Unauthorized",
          detail: "Unauthorized",
          type: "about:blank",
          status: 401
        }
      })
    }).pipe(unlimited))

  const cases: ReadonlyArray<readonly ["GET" | "POST" | "DELETE", string, { readonly [token: string]: number }]> = [
    ["GET", "/2/dm_events", { owner: 200, readOnly: 200, noDirectMessages: 403, other: 200 }],
    ["POST", toJonas, { owner: 201, readOnly: 403, noDirectMessages: 403 }],
    ["DELETE", "/2/dm_events/1", { owner: 404, readOnly: 403, noDirectMessages: 403 }],
    ["GET", "/2/users/me", { owner: 200, readOnly: 200, noDirectMessages: 200 }]
  ]
  for (const [method, path, expected] of cases) {
    it.effect(`${method} ${path} takes the scopes that X names`, () =>
      Effect.gen(function*() {
        for (const [name, token] of Object.entries(tokens)) {
          if (expected[name] === undefined) continue
          const answer = yield* refusal(method, path, { token, ...(method === "POST" ? { body: { text: "hi" } } : {}) })
          expect([name, answer.status]).toEqual([name, expected[name]])
          if (answer.status === 403) expect(answer.json).toMatchObject({ title: "Forbidden", detail: "Forbidden" })
        }
      }).pipe(unlimited))
  }

  it.effect("a conversation of others is forbidden, an unknown one is not found", () =>
    Effect.gen(function*() {
      const about = (id: string) => `/2/dm_conversations/${id}/dm_events`
      const others = yield* refusal("GET", about(conversations.notMine))
      expect(others).toMatchObject({ status: 403, contentType: "application/problem+json; charset=utf-8" })
      expect(others.json["type"]).toBe("https://api.x.com/2/problems/not-authorized-for-resource")
      expect((yield* refusal("GET", about("8800000000000000099"))).status).toBe(404)
      const body = { text: "may I?" }
      expect((yield* refusal("POST", `/2/dm_conversations/${conversations.notMine}/messages`, { body })).status).toBe(
        403
      )
      expect((yield* refusal("POST", "/2/dm_conversations/8800000000000000099/messages", { body })).status).toBe(404)
      expect((yield* refusal("GET", "/2/dm_conversations/with/404/dm_events")).status).toBe(404)
      expect((yield* refusal("POST", "/2/dm_conversations/with/404/messages", { body })).status).toBe(404)
    }).pipe(unlimited))

  it.effect("an event of others is not found, and who left cannot send", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const [theirs] = yield* emulator.events({ user: people.priya.id, conversation: conversations.notMine })
      expect((yield* refusal("GET", `/2/dm_events/${theirs!.id}`)).status).toBe(404)
      yield* emulator.arrive({ left: [people.me.id], in: conversations.launch })
      const path = `/2/dm_conversations/${conversations.launch}/messages`
      expect((yield* refusal("POST", path, { body: { text: "bye" } })).status).toBe(403)
    }).pipe(unlimited))

  it.effect("a path that X does not have is not found", () =>
    Effect.gen(function*() {
      expect((yield* refusal("GET", "/2/dm_event")).json).toMatchObject({ code: 34, status: 404 })
      expect((yield* refusal("DELETE", "/2/dm_events")).status).toBe(404)
    }).pipe(unlimited))
})

describe("400", () => {
  const bad: Readonly<Record<string, readonly [path: string, query: Readonly<Record<string, string>>]>> = {
    "max_results of 0": ["/2/dm_events", { max_results: "0" }],
    "max_results of 101": ["/2/dm_events", { max_results: "101" }],
    "max_results of a word": ["/2/dm_events", { max_results: "ten" }],
    "an unknown parameter": ["/2/dm_events", { since_id: "1" }],
    "a parameter of the other dialect": ["/2/dm_events", { "tweet.fields": "id" }],
    "a field of the other dialect": ["/2/dm_events", { "dm_event.fields": "text,sender_id" }],
    "an expansion of the other dialect": ["/2/dm_events", { expansions: "referenced_tweets.id" }],
    "an unknown user field": ["/2/dm_events", { "user.fields": "shoe_size" }],
    "an empty name": ["/2/dm_events", { "media.fields": "" }],
    "an unknown event type": ["/2/dm_events", { event_types: "MessageReactionCreate" }],
    "a short page token": ["/2/dm_events", { pagination_token: "ABC" }],
    "a page token in other letters": ["/2/dm_events", { pagination_token: "zzzzzzzzzzzzzzzzzzzz" }],
    "a page token of no server": ["/2/dm_events", { pagination_token: "0123456789ABCDEFGHIJ" }],
    "a paging parameter of one event": ["/2/dm_events/1", { max_results: "5" }],
    "a bad event id": ["/2/dm_events/abc", {}],
    "a bad conversation id": ["/2/dm_conversations/12/dm_events", {}],
    "a bad participant id": ["/2/dm_conversations/with/jonas/dm_events", {}],
    "a bad user name": ["/2/users/by/username/not-a-name", {}],
    "an event's parameter of a user": ["/2/users/me", { "dm_event.fields": "id" }]
  }
  for (const [name, [path, query]] of Object.entries(bad)) {
    it.effect(`for ${name}`, () =>
      Effect.gen(function*() {
        const answer = yield* refusal("GET", path, { query })
        expect(answer).toMatchObject({ status: 400, contentType: "application/problem+json; charset=utf-8" })
        expect(answer.json).toMatchObject({
          errors: [{ message: expect.any(String), parameters: expect.any(Object) }],
          type: "https://api.x.com/2/problems/invalid-request"
        })
      }).pipe(unlimited))
  }

  it.effect("names the parameter and its value", () =>
    Effect.gen(function*() {
      const { json } = yield* refusal("GET", "/2/dm_events", { query: { max_results: "101" } })
      expect(json.errors).toMatchObject([{ parameters: { max_results: ["101"] } }])
    }).pipe(unlimited))

  it.effect("for the page token of another listing", () =>
    Effect.gen(function*() {
      const token = (yield* list({ max_results: "1" })).json.meta.next_token!
      const path = `/2/dm_conversations/${conversations.jonas}/dm_events`
      expect((yield* refusal("GET", path, { query: { pagination_token: token } })).status).toBe(400)
    }).pipe(unlimited))

  it.effect("for names of the post dialect in the tweet dialect", () =>
    Effect.gen(function*() {
      for (const query of [{ "post.fields": "id" }, { expansions: "referenced_posts" }]) {
        expect((yield* refusal("GET", "/2/dm_events", { query })).status).toBe(400)
      }
      expect((yield* refusal("GET", "/2/dm_events", { query: { "dm_event.fields": "sender_id" } })).status).toBe(200)
    }).pipe(against({ dialect: "tweet" })))

  const group = {
    conversation_type: "Group",
    participant_ids: [people.jonas.id, people.priya.id],
    message: { text: "x" }
  }
  const badBodies: Readonly<Record<string, readonly [path: string, body: unknown]>> = {
    "a body that is not JSON": [toJonas, "{\"text\":"],
    "no body": [toJonas, undefined],
    "a list": [toJonas, []],
    "no text and no attachment": [toJonas, {}],
    "an empty text": [toJonas, { text: "" }],
    "a text of 10,001 characters": [toJonas, { text: "x".repeat(10_001) }],
    "an unknown property": [toJonas, { text: "x", quick_reply: {} }],
    "no attachment in a list": [toJonas, { attachments: [] }],
    "two attachments": [toJonas, { attachments: [{ media_id: mediaId }, { media_id: mediaId }] }],
    "an unknown medium": [toJonas, { attachments: [{ media_id: "404" }] }],
    "a number for a media id": [toJonas, { attachments: [{ media_id: 404 }] }],
    "another type of conversation": ["/2/dm_conversations", { ...group, conversation_type: "group" }],
    "one participant": ["/2/dm_conversations", { ...group, participant_ids: [people.jonas.id] }],
    "fifty participants": ["/2/dm_conversations", { ...group, participant_ids: Array.from({ length: 50 }, String) }],
    "a participant by name": ["/2/dm_conversations", { ...group, participant_ids: [people.jonas.id, "priya_nair"] }],
    "a group without a message": ["/2/dm_conversations", { ...group, message: undefined }]
  }
  for (const [name, [path, body]] of Object.entries(badBodies)) {
    it.effect(`for ${name}, and nothing is sent`, () =>
      Effect.gen(function*() {
        const emulator = yield* Emulator
        const before = yield* emulator.events()
        const answer = yield* refusal("POST", path, body === undefined ? {} : { body })
        expect(answer).toMatchObject({ status: 400, json: { title: "Invalid Request" } })
        expect(yield* emulator.events()).toEqual(before)
      }).pipe(unlimited))
  }

  it.effect("but not for 10,000 characters, each of them an emoji", () =>
    Effect.gen(function*() {
      expect((yield* refusal("POST", toJonas, { body: { text: "🎉".repeat(10_000) } })).status).toBe(201)
    }).pipe(unlimited))
})
