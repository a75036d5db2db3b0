import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Emulator, Fixtures } from "../../src/testing/index.js"
import { against, call, everyPage, type Json, list, now, type Page, unlimited } from "./support.js"

const { conversations, media, people, posts } = Fixtures

const tweets = against({ rateLimits: "off", dialect: "tweet" })

const events = (query: Readonly<Record<string, string>>) =>
  Effect.map(everyPage(query), (pages) => pages.flatMap((page: Page) => page.data ?? []))

describe("fields of an event", () => {
  it.effect("are few by default", () =>
    Effect.gen(function*() {
      const keys = new Map((yield* events({})).map((event) => [event["event_type"], Object.keys(event)]))
      expect(keys.get("MessageCreate")).toEqual(["id", "event_type", "text"])
      expect(keys.get("ParticipantsLeave")).toEqual(["id", "event_type", "participant_ids"])
      expect(keys.get("MessageReactionCreate")).toEqual(["id", "event_type"])
    }).pipe(unlimited))

  it.effect("are those that were asked for", () =>
    Effect.gen(function*() {
      const [event] = yield* events({ "dm_event.fields": "created_at,dm_conversation_id" })
      expect(event).toEqual({
        id: event!.id,
        event_type: "MessageCreate",
        created_at: "2026-08-01T11:58:00.000Z",
        dm_conversation_id: conversations.launch
      })
    }).pipe(unlimited))

  it.effect("come by expansions in the post dialect: sender, participants and referenced posts", () =>
    Effect.gen(function*() {
      const found = yield* events({ expansions: "sender_id,participant_ids,referenced_posts" })
      const join = found.find(({ event_type }) => event_type === "ParticipantsJoin")!
      expect(join).toMatchObject({ sender_id: people.jonas.id, participant_ids: [people.salma.id] })
      const leave = found.find(({ event_type }) => event_type === "ParticipantsLeave")!
      expect(Object.keys(leave)).toEqual(["id", "event_type", "participant_ids"])
      const shared = found.find((event) => event["referenced_posts"] !== undefined)!
      expect(shared).toMatchObject({ sender_id: people.tomas.id, referenced_posts: [{ id: posts.trail.id }] })
    }).pipe(unlimited))

  it.effect("are fields all of them in the tweet dialect, under its names", () =>
    Effect.gen(function*() {
      const found = yield* events({ "dm_event.fields": "sender_id,participant_ids,referenced_tweets" })
      expect(found.find((event) => event["referenced_tweets"] !== undefined)).toMatchObject({
        sender_id: people.tomas.id,
        referenced_tweets: [{ id: posts.trail.id }]
      })
      expect(found.find(({ event_type }) => event_type === "ParticipantsJoin")).toMatchObject({
        sender_id: people.jonas.id,
        participant_ids: [people.salma.id]
      })
    }).pipe(tweets))

  for (const dialect of ["post", "tweet"] as const) {
    it.effect(`hold entities ${dialect === "post" ? "within `entities`" : "on the event itself"} (${dialect})`, () =>
      Effect.gen(function*() {
        const emulator = yield* Emulator
        yield* emulator.arrive({
          from: people.jonas.id,
          in: conversations.jonas,
          text: "🎉 #launch with @priya_nair: https://example.com/a. And $LMN"
        })
        const { json } = yield* list({ max_results: "1", "dm_event.fields": "text,entities" })
        const event = json.data![0]!
        const text = event["text"] as string
        const holder = (dialect === "post" ? event["entities"] : event) as {
          readonly [name: string]: ReadonlyArray<Json & { readonly start: number; readonly end: number }>
        }
        const marked = (name: string) => {
          const { end, start } = holder[name]![0]!
          return [...text].slice(start, end).join("")
        }
        expect(marked("hashtags")).toBe("#launch")
        expect(marked("mentions")).toBe("@priya_nair")
        expect(marked("cashtags")).toBe("$LMN")
        expect(marked("urls")).toMatch(/^https:\/\/t\.co\/\w{10}$/)
        expect(holder["urls"]![0]).toMatchObject({
          expanded_url: "https://example.com/a",
          display_url: "example.com/a"
        })
        expect(holder["mentions"]![0]).toMatchObject({ username: "priya_nair", id: people.priya.id })
        expect("entities" in event).toBe(dialect === "post")
      }).pipe(against({ rateLimits: "off", dialect })))
  }
})

describe("includes", () => {
  it.effect("hold what the page refers to, each once, with X's default fields", () =>
    Effect.gen(function*() {
      const { json } = yield* list({ expansions: "sender_id,participant_ids,attachments.media_keys,referenced_posts" })
      const { includes } = json
      const users = includes!["users"]!
      expect(new Set(users.map(({ id }) => id)).size).toBe(users.length)
      expect(users).toContainEqual({ id: people.jonas.id, name: "Jonas Lind", username: "jonas_lind" })
      expect(includes!["media"]).toContainEqual({ media_key: media.gif.media_key, type: "animated_gif" })
      expect(includes!["posts"]).toEqual([
        { id: posts.trail.id, text: posts.trail.text, edit_history_post_ids: [posts.trail.id] }
      ])
      expect((yield* list({})).json.includes).toBeUndefined()
    }).pipe(unlimited))

  it.effect("have the fields that were asked for, in the names of the dialect", () =>
    Effect.gen(function*() {
      const { json } = yield* list({
        expansions: "sender_id,attachments.media_keys,referenced_tweets.id",
        "user.fields": "verified,public_metrics",
        "media.fields": "url,width",
        "tweet.fields": "author_id,public_metrics"
      })
      const includes = json.includes!
      expect(includes["users"]).toContainEqual({
        id: people.me.id,
        name: people.me.name,
        username: people.me.username,
        verified: true,
        public_metrics: expect.objectContaining({ tweet_count: 345 })
      })
      expect(includes["media"]).toContainEqual({
        media_key: media.photo.media_key,
        type: "photo",
        url: media.photo["url"],
        width: 2048
      })
      expect(includes["posts"]).toBeUndefined()
      expect(includes["tweets"]).toEqual([{
        id: posts.trail.id,
        text: posts.trail.text,
        edit_history_tweet_ids: [posts.trail.id],
        author_id: people.tomas.id,
        public_metrics: expect.objectContaining({ retweet_count: 12 })
      }])
    }).pipe(tweets))

  it.effect("leave out who is gone, and say so beside the data", () =>
    Effect.gen(function*() {
      const { json } = yield* list({ expansions: "sender_id" })
      expect(json.data).toHaveLength(1)
      expect(json.includes).toBeUndefined()
      expect(json.errors).toEqual([{
        title: "Not Found Error",
        detail: expect.any(String),
        type: "https://api.x.com/2/problems/resource-not-found",
        resource_type: "user",
        resource_id: "3",
        parameter: "sender_id",
        value: "3"
      }])
    }).pipe(against({
      world: Fixtures.world({
        users: [Fixtures.user("1", "me")],
        conversations: [{ id: "1-3", members: ["1", "3"] }],
        events: [{ at: now - 1000, in: "1-3", from: "3", text: "my last words" }]
      })
    })))
})

describe("users", () => {
  it.effect("me, and anyone by name in any case", () =>
    Effect.gen(function*() {
      const me = yield* call("GET", "/2/users/me")
      expect(me.json).toEqual({
        data: { id: people.me.id, name: people.me.name, username: people.me.username }
      })
      const other = yield* call("GET", "/2/users/by/username/Jonas_LIND")
      expect(other.json).toEqual({ data: { id: people.jonas.id, name: "Jonas Lind", username: "jonas_lind" } })
      expect((yield* call("GET", "/2/users/by/username/nobody")).status).toBe(404)
      expect((yield* call("GET", "/2/users/me", { token: Fixtures.tokens.other })).json).toMatchObject({
        data: { id: people.jonas.id }
      })
    }).pipe(unlimited))

  it.effect("bring their pinned post by its expansion", () =>
    Effect.gen(function*() {
      const { json } = yield* call("GET", "/2/users/me", {
        query: { expansions: "pinned_post_id", "post.fields": "lang" }
      })
      expect(json).toEqual({
        data: expect.objectContaining({ pinned_post_id: posts.pinned.id }),
        includes: { posts: [expect.objectContaining({ id: posts.pinned.id, lang: "en" })] }
      })
    }).pipe(unlimited))
})
