import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Either, FastCheck as fc, Schema } from "effect"
import type { Dialect } from "../../src/model/Dialect.js"
import * as Fields from "../../src/model/Fields.js"

const ask = (selection: Fields.DmEventSelection, dialect: Dialect) =>
  Either.getOrThrow(Fields.dmEventQuery(selection, dialect))
const askUser = (selection: Fields.UserSelection, dialect: Dialect) =>
  Either.getOrThrow(Fields.userQuery(selection, dialect))

const everything = "id,event_type,text,created_at,dm_conversation_id,attachments,entities"

describe("dmEventQuery", () => {
  it("asks for all of an event by default", () => {
    expect(ask({}, "post")).toEqual({
      "dm_event.fields": everything,
      expansions: "sender_id,participant_ids,referenced_posts"
    })
    expect(ask({}, "tweet")).toEqual({
      "dm_event.fields": `${everything},sender_id,participant_ids,referenced_tweets`
    })
  })

  it("always asks for what an event cannot be read without", () => {
    expect(ask({ dmEventFields: ["text"] }, "post")).toEqual({ "dm_event.fields": "id,event_type,text" })
    expect(ask({ dmEventFields: ["event_type"] }, "tweet")).toEqual({ "dm_event.fields": "id,event_type" })
  })

  it("brings sender, participants and posts by expansions in the post dialect", () => {
    const dmEventFields = ["sender_id", "participant_ids", "referenced_tweets"] as const
    expect(ask({ dmEventFields }, "post")).toEqual({
      "dm_event.fields": "id,event_type",
      expansions: "sender_id,participant_ids,referenced_posts"
    })
    expect(ask({ dmEventFields }, "tweet")).toEqual({
      "dm_event.fields": "id,event_type,sender_id,participant_ids,referenced_tweets"
    })
  })

  it("says each name once, in the words of the dialect", () => {
    const selection = {
      dmEventFields: ["text", "text", "referenced_posts", "referenced_tweets"],
      expansions: ["referenced_posts", "referenced_tweets.id", "attachments.media_keys"],
      postFields: ["note_post"],
      tweetFields: ["note_tweet", "lang"],
      userFields: ["pinned_post_id"],
      mediaFields: ["url", "url"]
    } as const
    expect(ask(selection, "tweet")).toEqual({
      "dm_event.fields": "id,event_type,text,referenced_tweets",
      expansions: "referenced_tweets.id,attachments.media_keys",
      "tweet.fields": "note_tweet,lang",
      "user.fields": "pinned_tweet_id",
      "media.fields": "url"
    })
    const { userFields: _, ...rest } = selection
    expect(ask(rest, "post")).toEqual({
      "dm_event.fields": "id,event_type,text",
      expansions: "referenced_posts,attachments.media_keys",
      "post.fields": "note_post,lang",
      "media.fields": "url"
    })
  })

  it.each(
    [
      [{ postFields: ["author_id"] }, "post", "postFields", "author_id"],
      [{ tweetFields: ["lang", "author_id"] }, "post", "tweetFields", "author_id"],
      [{ userFields: ["pinned_post_id"] }, "post", "userFields", "pinned_post_id"],
      [{ userFields: ["subscribes_to_you"] }, "tweet", "userFields", "subscribes_to_you"],
      [{ postFields: ["article_title"] }, "tweet", "postFields", "article_title"]
    ] as const
  )("says that %j cannot go out in the %s dialect", (selection, dialect, parameter, value) => {
    expect(Fields.dmEventQuery(selection, dialect)).toEqual(Either.left({
      parameter,
      value,
      rule: expect.stringContaining(`"${dialect}" dialect`)
    }))
  })
})

describe("userQuery", () => {
  it("asks for nothing by default", () => {
    expect(askUser({}, "post")).toEqual({})
    expect(askUser({}, "tweet")).toEqual({})
  })

  it("turns fields into the expansions that bring them", () => {
    const userFields = ["name", "pinned_tweet_id", "most_recent_post_id", "affiliation"] as const
    expect(askUser({ userFields }, "post")).toEqual({
      "user.fields": "name",
      expansions: "pinned_post_id,most_recent_post_id,affiliation"
    })
    expect(askUser({ userFields }, "tweet")).toEqual({
      "user.fields": "name,pinned_tweet_id,most_recent_tweet_id,affiliation"
    })
  })

  it("says the expansions in the words of the dialect", () => {
    const expansions = ["affiliation", "affiliation.user_id", "pinned_tweet_id"] as const
    expect(askUser({ expansions }, "post")).toEqual({ expansions: "affiliation,pinned_post_id" })
    expect(askUser({ expansions }, "tweet")).toEqual({ expansions: "affiliation.user_id,pinned_tweet_id" })
  })
})

describe("names", () => {
  const lists = {
    dmEventFields: Fields.DmEventFields,
    dmEventExpansions: Fields.DmEventExpansions,
    mediaFields: Fields.MediaFields,
    userFields: Fields.UserFields,
    userExpansions: Fields.UserExpansions,
    postFields: Fields.PostFields
  }

  it.each(Object.entries(lists))("of %s: those of both dialects and no others, at least one", (key, schema) => {
    const is = Schema.is(schema as Schema.Schema<unknown>)
    for (const dialect of ["post", "tweet"] as const) {
      for (const name of Fields.inDialect(dialect)[key as keyof typeof lists]) expect(is([name])).toBe(true)
    }
    for (const value of [[], ["nonsense"], ["constructor"], [""], [1], "id", null, {}]) expect(is(value)).toBe(false)
  })

  it("asked for in either dialect are names of that dialect, or are refused", () => {
    const arbitrary = fc.record({
      dmEventFields: Arbitrary.make(Fields.DmEventFields),
      expansions: Arbitrary.make(Fields.DmEventExpansions),
      mediaFields: Arbitrary.make(Fields.MediaFields),
      userFields: Arbitrary.make(Fields.UserFields),
      postFields: Arbitrary.make(Fields.PostFields),
      tweetFields: Arbitrary.make(Fields.PostFields)
    }, { requiredKeys: [] })
    fc.assert(
      fc.property(arbitrary, fc.constantFrom<Dialect>("post", "tweet"), (selection, dialect) => {
        const asked = Fields.dmEventQuery(selection as Fields.DmEventSelection, dialect)
        if (Either.isLeft(asked)) return
        const names = Fields.inDialect(dialect)
        const allowed: { readonly [parameter: string]: ReadonlyArray<string> } = {
          "dm_event.fields": names.dmEventFields,
          expansions: names.dmEventExpansions,
          "media.fields": names.mediaFields,
          "user.fields": names.userFields,
          [`${dialect}.fields`]: names.postFields
        }
        for (const [parameter, value] of Object.entries(asked.right)) {
          const said = value.split(",")
          expect(new Set(said).size).toBe(said.length)
          expect(allowed[parameter]).toEqual(expect.arrayContaining(said))
        }
      }),
      { numRuns: 500 }
    )
  })
})
