import { describe, expect, it } from "@effect/vitest"
import { DateTime, FastCheck as fc, Schema } from "effect"
import * as DmEvent from "../../src/model/DmEvent.js"
import * as EventsPage from "../../src/model/EventsPage.js"
import * as Post from "../../src/model/Post.js"
import * as User from "../../src/model/User.js"
import * as wire from "../support/wire.js"

const hashtags = [{ start: 0, end: 4, tag: "fun" }]
const urls = [{ start: 5, end: 28, url: "https://t.co/a", expanded_url: "https://x.com/a" }]

const common = { id: "1146654567674912769", event_type: "MessageCreate", text: "#fun https://t.co/a", sender_id: "1" }

const sent = {
  post: {
    data: [{ ...common, entities: { hashtags, urls }, referenced_posts: [{ id: "7" }] }],
    includes: {
      users: [{
        id: "1",
        name: "A",
        username: "a",
        pinned_post_id: "7",
        public_metrics: { post_count: 3, like_count: 1 }
      }],
      posts: [{
        id: "7",
        text: "hi",
        edit_history_post_ids: ["7"],
        referenced_posts: [{ type: "quoted", id: "6" }],
        note_post: { text: "longer" },
        public_metrics: { repost_count: 2 }
      }]
    }
  },
  tweet: {
    data: [{ ...common, hashtags, urls, referenced_tweets: [{ id: "7" }] }],
    includes: {
      users: [{
        id: "1",
        name: "A",
        username: "a",
        pinned_tweet_id: "7",
        public_metrics: { tweet_count: 3, like_count: 1 }
      }],
      tweets: [{
        id: "7",
        text: "hi",
        edit_history_tweet_ids: ["7"],
        referenced_tweets: [{ type: "quoted", id: "6" }],
        note_tweet: { text: "longer" },
        public_metrics: { retweet_count: 2 }
      }]
    }
  }
}

const decode = Schema.decodeUnknownSync(EventsPage.EventsPage)

describe("the two dialects", () => {
  it("are read to one model", () => {
    expect(decode(sent.tweet)).toStrictEqual(decode(sent.post))
    expect(decode(sent.tweet).events[0]).toMatchObject({
      _tag: "MessageCreate",
      entities: { hashtags, urls: [{ expandedUrl: "https://x.com/a" }] },
      referencedPosts: [{ id: "7" }]
    })
    expect(decode(sent.post).includes).toMatchObject({
      users: [{ pinnedPostId: "7", publicMetrics: { postCount: 3, likeCount: 1 } }],
      posts: [{ editHistoryPostIds: ["7"], notePost: { text: "longer" }, publicMetrics: { repostCount: 2 } }]
    })
  })

  it.each(["post", "tweet"] as const)("are written from one model: %s", (dialect) => {
    const written = Schema.encodeSync(EventsPage.inDialect(dialect))(decode(sent.post))
    expect(written).toMatchObject(sent[dialect])
    expect(JSON.stringify(written)).not.toMatch(dialect === "post" ? /tweet/ : /post|entities/)
  })

  it("may be mixed in one answer", () => {
    expect(decode({ data: sent.tweet.data, includes: sent.post.includes })).toStrictEqual(decode(sent.post))
    expect(decode({ data: [{ ...sent.tweet.data[0], entities: null }], includes: sent.post.includes }))
      .toStrictEqual(decode(sent.post))
  })

  it("the newer name counts where both are there", () => {
    const user = { id: "1", name: "A", username: "a", pinned_post_id: "new", pinned_tweet_id: "old" }
    expect(Schema.decodeUnknownSync(User.User)(user).pinnedPostId).toBe("new")
    const post = { id: "1", text: "", referenced_posts: [], referenced_tweets: [{ type: "quoted", id: "6" }] }
    expect(Schema.decodeUnknownSync(Post.Post)(post).referencedPosts).toEqual([])
  })
})

describe("an event", () => {
  const read = Schema.decodeUnknownSync(DmEvent.DmEvent)

  it("without created_at has the time of its id", () => {
    for (const created_at of [undefined, null]) {
      for (const event_type of ["MessageCreate", "ParticipantsJoin", "ParticipantsLeave", "Later"]) {
        const event = read({ id: "1146654567674912769", event_type, created_at })
        expect(DateTime.formatIso(event.createdAt)).toBe("2019-07-04T05:38:47.402Z")
      }
    }
  })

  it("with created_at has that time", () => {
    const event = read({ id: "1146654567674912769", event_type: "MessageCreate", created_at: "2026-02-28T23:59:59Z" })
    expect(DateTime.formatIso(event.createdAt)).toBe("2026-02-28T23:59:59.000Z")
  })

  it("has no key for what X left out", () => {
    expect(Object.keys(read({ id: "1", event_type: "MessageCreate", text: null, attachments: null })).sort())
      .toEqual(["_tag", "createdAt", "id"])
  })

  it("of an unknown type keeps X's JSON, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom("Later", "UnknownEvent", "toString", 5, null, undefined),
        (x, event_type) => {
          const raw = {
            id: "1146654567674912769",
            event_type,
            sender_id: "1",
            text: 5,
            participant_ids: x,
            entities: x
          }
          const event = read(raw)
          expect(event).toMatchObject({ _tag: "UnknownEvent", id: raw.id, senderId: "1" })
          if (DmEvent.isUnknownEvent(event)) {
            expect(event.raw).toBe(raw)
            expect(event.eventType).toBe(typeof event_type === "string" ? event_type : undefined)
          }
          for (const dialect of ["post", "tweet"] as const) {
            expect(Schema.encodeSync(DmEvent.inDialect(dialect))(event)).toBe(raw)
          }
        }
      )
    )
  })

  it("is told apart by its tag", () => {
    fc.assert(fc.property(wire.event("post"), (json) => {
      const event = read(json)
      const told = [
        DmEvent.isMessageCreate,
        DmEvent.isParticipantsJoin,
        DmEvent.isParticipantsLeave,
        DmEvent.isUnknownEvent
      ]
      expect(told.filter((is) => is(event))).toHaveLength(1)
    }))
  })
})
