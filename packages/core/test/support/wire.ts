/** Arbitraries of what X sends, in both dialects: intact, and damaged in the ways that servers and proxies damage it. */
import * as fc from "effect/FastCheck"
import type { Dialect } from "../../src/model/Dialect.js"

type Json = Record<string, unknown>

const id = fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }).map(String)
const url = fc.constantFrom("https://t.co/a", "https://x.com/i/web/status/1", "https://pbs.twimg.com/é.png")
const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.constantFrom("", "שלום", "👩‍👩‍👧", "a\u2028b"))
const count = fc.nat()
const flag = fc.boolean()

const pad = (value: number, length = 2) => String(value).padStart(length, "0")

/** Any composition of a date's parts, those that no calendar has among them. */
export const oddDate: fc.Arbitrary<string> = fc.tuple(
  fc.oneof(fc.integer({ min: 1965, max: 2105 }), fc.constantFrom(0, 1, 1600, 1900, 1970, 2000, 2024, 2100, 9999)),
  fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 12 }) }, {
    weight: 1,
    arbitrary: fc.constantFrom(0, 2, 13, 19)
  }),
  fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 31 }) }, {
    weight: 2,
    arbitrary: fc.constantFrom(0, 28, 29, 30, 31, 32)
  }),
  fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 23 }) }, {
    weight: 1,
    arbitrary: fc.constantFrom(24, 25, 29)
  }),
  fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 59 }) }, {
    weight: 1,
    arbitrary: fc.constantFrom(60, 61)
  }),
  fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 59 }) }, {
    weight: 1,
    arbitrary: fc.constantFrom(60, 61)
  }),
  fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 999 }).map((ms) => `.${pad(ms, 3)}`) },
    { weight: 2, arbitrary: fc.constantFrom("", ".1", ".12", ".123456", ".", ",123", ".12x") }
  ),
  fc.oneof({ weight: 6, arbitrary: fc.constant("Z") }, {
    weight: 2,
    arbitrary: fc.constantFrom("", "z", "+02:00", "-11:30", "+0000", "+25:00", " Z", "ZZ")
  })
).map(([y, mo, d, h, mi, s, ms, zone]) =>
  `${pad(y, 4)}-${pad(mo)}-${pad(d)}T${pad(h)}:${pad(mi)}:${pad(s)}${ms}${zone}`
)

export const isoDate: fc.Arbitrary<string> = fc.date({
  min: new Date("1960-01-01T00:00:00Z"),
  max: new Date("2200-01-01T00:00:00Z"),
  noInvalidDate: true
}).map((date) => date.toISOString())

/** A record in which each key may be missing, or null, save those that are required. */
const object = (
  required: { [key: string]: fc.Arbitrary<unknown> },
  optional: { [key: string]: fc.Arbitrary<unknown> }
) =>
  fc.record(
    {
      ...required,
      ...Object.fromEntries(
        Object.entries(optional).map(([key, value]) => [
          key,
          fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) })
        ])
      )
    },
    { requiredKeys: Object.keys(required) }
  ) as fc.Arbitrary<Json>

const few = <A>(item: fc.Arbitrary<A>, maxLength = 3) => fc.array(item, { maxLength })

const place = { start: count, end: count }
const tags = few(object({ ...place, tag: text }, {}))
const mentions = few(object(place, { username: text, id }))
const image = object({}, { url, width: count, height: count })
const links = few(object(place, {
  url,
  expanded_url: url,
  display_url: text,
  unwound_url: url,
  media_key: fc.constant("3_1"),
  title: text,
  description: text,
  status: fc.constantFrom(200, 404),
  images: few(image)
}))
const entityParts = { hashtags: tags, cashtags: tags, mentions, urls: links }
const entities = fc.oneof({ weight: 9, arbitrary: object({}, entityParts) }, { weight: 1, arbitrary: fc.constant({}) })
const attachments = object({}, { media_keys: few(id.map((each) => `3_${each}`)), card_ids: few(id) })
const conversation = fc.oneof(id, fc.tuple(id, id).map(([a, b]) => `${a}-${b}`))

const named = (dialect: Dialect, post: string, tweet: string) => dialect === "post" ? post : tweet

export const event = (dialect: Dialect): fc.Arbitrary<Json> =>
  object(
    {
      id,
      event_type: fc.oneof(
        { weight: 4, arbitrary: fc.constant("MessageCreate") },
        { weight: 3, arbitrary: fc.constantFrom("ParticipantsJoin", "ParticipantsLeave") },
        { weight: 1, arbitrary: fc.constantFrom("ReactionCreate", "UnknownEvent", "constructor", "__proto__", "") }
      )
    },
    {
      text,
      created_at: isoDate,
      dm_conversation_id: conversation,
      sender_id: id,
      participant_ids: few(id),
      attachments,
      [named(dialect, "referenced_posts", "referenced_tweets")]: few(object({ id }, {})),
      ...dialect === "post" ? { entities } : entityParts
    }
  )

export const user = (dialect: Dialect): fc.Arbitrary<Json> =>
  object({ id, name: text, username: text }, {
    created_at: isoDate,
    description: text,
    location: text,
    url,
    profile_image_url: url,
    protected: flag,
    verified: flag,
    verified_type: fc.constantFrom("blue", "none", "new kind"),
    connection_status: few(fc.constantFrom("following", "none")),
    affiliation: object({}, { badge_url: url, description: text, user_id: few(id) }),
    subscription: object({ subscribes_to_you: flag }, {}),
    entities: object({}, { url: entities, description: entities }),
    withheld: object({}, { country_codes: few(text), scope: text }),
    [named(dialect, "most_recent_post_id", "most_recent_tweet_id")]: id,
    [named(dialect, "pinned_post_id", "pinned_tweet_id")]: id,
    public_metrics: object({}, {
      followers_count: count,
      following_count: count,
      like_count: count,
      [named(dialect, "post_count", "tweet_count")]: count
    })
  })

const anyMetrics = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("like_count", "__proto__")), count, {
  maxKeys: 3
})

export const media: fc.Arbitrary<Json> = object({ media_key: id.map((each) => `3_${each}`), type: text }, {
  url,
  alt_text: text,
  width: count,
  duration_ms: count,
  variants: few(object({}, { bit_rate: count, content_type: text, url })),
  public_metrics: anyMetrics,
  organic_metrics: anyMetrics
})

export const post = (dialect: Dialect): fc.Arbitrary<Json> => {
  const metrics = object({}, { like_count: count, [named(dialect, "repost_count", "retweet_count")]: count })
  return object({ id, text }, {
    author_id: id,
    created_at: isoDate,
    conversation_id: id,
    possibly_sensitive: flag,
    attachments: object({}, { media_keys: few(text), poll_ids: few(id), media_source_tweet_id: few(id) }),
    entities,
    [named(dialect, "note_post", "note_tweet")]: object({ text }, { entities }),
    [named(dialect, "edit_history_post_ids", "edit_history_tweet_ids")]: few(id),
    [named(dialect, "referenced_posts", "referenced_tweets")]: few(object({ type: text, id }, {})),
    public_metrics: metrics,
    organic_metrics: metrics,
    geo: fc.jsonValue({ maxDepth: 2 })
  })
}

export const problem: fc.Arbitrary<Json> = object({}, {
  type: fc.constantFrom("about:blank", "https://api.x.com/2/problems/resource-not-found"),
  title: text,
  detail: text,
  status: fc.constantFrom(400, 404, 503),
  code: count,
  value: fc.oneof(text, count),
  parameter: text,
  resource_id: id,
  resource_type: text,
  section: text
})

export const includes = (dialect: Dialect): fc.Arbitrary<Json> =>
  object({}, {
    users: few(user(dialect), 2),
    media: few(media, 2),
    [named(dialect, "posts", "tweets")]: few(post(dialect), 2)
  })

export const page = (dialect: Dialect): fc.Arbitrary<Json> =>
  object({}, {
    data: few(event(dialect), 4),
    includes: includes(dialect),
    meta: object({}, { result_count: count, next_token: text, previous_token: text }),
    errors: few(problem, 2)
  })

export const dialect: fc.Arbitrary<Dialect> = fc.constantFrom("post", "tweet")

export const anyPage: fc.Arbitrary<Json> = fc.oneof(page("post"), page("tweet"))

type Place = readonly [parent: Json | Array<unknown>, key: string]

const placesOf = (value: unknown, found: Array<Place> = []): Array<Place> => {
  if (typeof value !== "object" || value === null) return found
  for (const key of Object.keys(value)) {
    found.push([value as Json, key])
    placesOf((value as Json)[key], found)
  }
  return found
}

const wrong = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  oddDate,
  fc.constantFrom<unknown>(
    null,
    [],
    {},
    "",
    0,
    -1,
    true,
    1146654567674912800,
    "12",
    [null],
    [[]],
    { id: 1 },
    NaN,
    Infinity
  )
)

const damage = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom("delete", "null", "replace", "odd date", "number id", "truncate", "add", "event type"),
  value: wrong,
  date: oddDate,
  key: fc.oneof(
    fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "id", "text", "data", "entities", "raw"),
    fc.constantFrom("tweets", "posts", "hashtags", "referenced_tweets", "referenced_posts", "event_type", "_tag"),
    fc.string()
  )
})

type Damage = typeof damage extends fc.Arbitrary<infer A> ? A : never

const put = (parent: object, key: string, value: unknown) =>
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true })

const inflict = (page: Json, { at, date, key: added, kind, value: shared }: Damage): void => {
  // A later damage may go into what this one puts there.
  const value: unknown = structuredClone(shared)
  const every = placesOf(page)
  const fitting = kind === "odd date"
    ? every.filter(([, key]) => key === "created_at")
    : kind === "number id"
    ? every.filter(([, key]) => key === "id" || key.endsWith("_id"))
    : kind === "event type"
    ? every.filter(([, key]) => key === "event_type")
    : every
  const place = fitting[at % Math.max(1, fitting.length)]
  if (place === undefined) return
  const [parent, key] = place
  const old = (parent as Json)[key]
  switch (kind) {
    case "delete":
      return Array.isArray(parent) ? void parent.splice(Number(key), 1) : void delete parent[key]
    case "null":
      return void put(parent, key, null)
    case "odd date":
      return void put(parent, key, date)
    case "number id":
      return void put(parent, key, Number(old))
    case "truncate":
      return void put(parent, key, Array.isArray(old) || typeof old === "string" ? old.slice(0, at % 3) : value)
    case "add":
      return void (Array.isArray(parent) ? parent.push(value) : put(parent, added, value))
    default:
      return void put(parent, key, value)
  }
}

/** A page after none to four damages; its JSON may no longer be what any schema takes. */
export const damagedPage: fc.Arbitrary<unknown> = fc.tuple(
  anyPage,
  fc.array(damage, { maxLength: 4 }),
  fc.nat(400),
  wrong
)
  .map(([intact, damages, whole, other]) => {
    if (whole === 0) return other
    const page = structuredClone(intact)
    for (const each of damages) inflict(page, each)
    return page
  })
