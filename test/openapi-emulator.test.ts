import { Emulator, type EmulatorOptions, Faults, Fixtures } from "@effect-xdm/core/testing"
import { describe, expect, it } from "@effect/vitest"
import { Ajv, type ValidateFunction } from "ajv"
import addFormats from "ajv-formats"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const { conversations, media, people, tokens } = Fixtures

const root = Path.resolve(Path.dirname(fileURLToPath(import.meta.url)), "..")
const files = {
  tweet: Path.resolve(root, "../shared/x-api/openapi-dm-2.166.json"),
  post: Path.resolve(root, "../shared/x-api/openapi-dm-2.167.json")
}
const absent = Object.values(files).filter((file) => !Fs.existsSync(file))
if (absent.length > 0) console.log(`Skipped, for want of X's OpenAPI descriptions: ${absent.join(", ")}`)

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

type Dialect = keyof typeof files
type Method = "GET" | "POST" | "DELETE"

/** A description in which JSON Schema can be read: a discriminator needs more than these descriptions say. */
const read = (dialect: Dialect): OpenApi =>
  JSON.parse(Fs.readFileSync(files[dialect], "utf8"), (key, value) => key === "discriminator" ? undefined : value)

const schemas = (dialect: Dialect) => {
  const openApi = read(dialect)
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat("int32", true).addFormat("int64", true)
  ajv.addSchema(openApi, "x")
  const pointer = (part: string) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))
  return (method: Method, route: string, status: number, contentType: string): ValidateFunction => {
    const { responses } = openApi.paths[route]![method.toLowerCase()]!
    const answer = status in responses ? String(status) : "default"
    expect(Object.keys(responses[answer]!.content!)).toContain(contentType)
    const parts = ["paths", route, method.toLowerCase(), "responses", answer, "content", contentType, "schema"]
    return ajv.getSchema(`x#/${parts.map(pointer).join("/")}`)!
  }
}

interface Asked {
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly token?: string
}

const photo = media.photo.media_key.split("_")[1]

/** Everything that can be asked for, by dialect. */
const everything = {
  post: {
    "dm_event.fields": "id,event_type,text,created_at,dm_conversation_id,attachments,entities",
    expansions: "sender_id,participant_ids,referenced_posts,attachments.media_keys",
    "user.fields": "created_at,description,location,public_metrics,verified,verified_type,protected,url",
    "media.fields": "url,width,height,alt_text,duration_ms,preview_image_url,variants,public_metrics",
    "post.fields": "created_at,lang,public_metrics,conversation_id,possibly_sensitive,reply_settings"
  },
  tweet: {
    "dm_event.fields":
      "id,event_type,text,created_at,dm_conversation_id,attachments,entities,sender_id,participant_ids,referenced_tweets",
    expansions: "sender_id,participant_ids,referenced_tweets.id,attachments.media_keys",
    "user.fields": "created_at,description,location,public_metrics,verified,verified_type,protected,url",
    "media.fields": "url,width,height,alt_text,duration_ms,preview_image_url,variants,public_metrics",
    "tweet.fields": "created_at,lang,public_metrics,conversation_id,author_id,edit_history_tweet_ids,reply_settings"
  }
}
const aboutUser = {
  post: { expansions: "pinned_post_id,most_recent_post_id", "user.fields": "created_at,public_metrics,verified" },
  tweet: { expansions: "pinned_tweet_id,most_recent_tweet_id", "user.fields": "created_at,public_metrics,verified" }
}

const lists: ReadonlyArray<readonly [route: string, path: string]> = [
  ["/2/dm_events", "/2/dm_events"],
  ["/2/dm_conversations/{id}/dm_events", `/2/dm_conversations/${conversations.launch}/dm_events`],
  ["/2/dm_conversations/with/{participant_id}/dm_events", `/2/dm_conversations/with/${people.noa.id}/dm_events`]
]
const sends: ReadonlyArray<readonly [route: string, path: string, body: object]> = [
  ["/2/dm_conversations/with/{participant_id}/messages", `/2/dm_conversations/with/${people.noa.id}/messages`, {
    text: "hello"
  }],
  ["/2/dm_conversations/{dm_conversation_id}/messages", `/2/dm_conversations/${conversations.noa}/messages`, {
    attachments: [{ media_id: photo }]
  }],
  ["/2/dm_conversations", "/2/dm_conversations", {
    conversation_type: "Group",
    participant_ids: [people.noa.id, people.jonas.id],
    message: { text: "hello" }
  }]
]

describe.skipIf(absent.length > 0).each(["post", "tweet"] as const)("answers in the %s dialect are X's", (dialect) => {
  const schemaOf = absent.length > 0 ? undefined : schemas(dialect)

  /** Asks, expects the status, and holds the answer against X's description of it. */
  const holds = (method: Method, route: string, path: string, status: number, asked: Asked = {}) =>
    Effect.gen(function*() {
      const { handle } = yield* Emulator
      const answer = yield* handle({
        method,
        path,
        query: new URLSearchParams(asked.query),
        headers: { authorization: `Bearer ${asked.token ?? tokens.owner}` },
        body: asked.body === undefined ? "" : JSON.stringify(asked.body)
      })
      expect([path, answer.status, answer.body.slice(0, 300)]).toEqual([path, status, expect.any(String)])
      const json: unknown = JSON.parse(answer.body)
      const validate = schemaOf!(method, route, status, answer.headers["content-type"]!.split(";")[0]!)
      expect({ path, valid: validate(json), errors: validate.errors }).toEqual({ path, valid: true, errors: null })
      return json
    })

  const on = (options: EmulatorOptions = {}) => <A, E>(test: Effect.Effect<A, E, Emulator>) =>
    Effect.zipRight(
      TestClock.setTime(Date.UTC(2026, 7, 1, 12)),
      Effect.provide(test, Emulator.layer({ dialect, ...options }))
    )

  it.effect("pages, with and without fields, full, last and empty", () =>
    Effect.gen(function*() {
      for (const [route, path] of lists) {
        yield* holds("GET", route, path, 200)
        const page = yield* holds("GET", route, path, 200, { query: everything[dialect] })
        // The page must have what makes the check worth its name.
        expect(page).toMatchObject({ data: expect.any(Array), includes: { users: expect.any(Array) } })
        const { meta } = page as { readonly meta: { readonly next_token: string } }
        yield* holds("GET", route, path, 200, { query: { pagination_token: meta.next_token } })
        yield* holds("GET", route, path, 200, { query: { event_types: "ParticipantsLeave", max_results: "1" } })
      }
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.emptyPage)
      yield* holds("GET", lists[0]![0], lists[0]![1], 200)
    }).pipe(on()))

  it.effect("single events of every type", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const byType = new Map((yield* emulator.events()).map((event) => [event.event_type, event]))
      expect(byType.size).toBe(4)
      const more = (yield* emulator.events()).filter((event) => event.attachments ?? event.referenced_posts)
      for (const { id } of [...byType.values(), ...more]) {
        yield* holds("GET", "/2/dm_events/{event_id}", `/2/dm_events/${id}`, 200)
        yield* holds("GET", "/2/dm_events/{event_id}", `/2/dm_events/${id}`, 200, { query: everything[dialect] })
      }
    }).pipe(on({ rateLimits: "off" })))

  it.effect("sends, deletes and users", () =>
    Effect.gen(function*() {
      for (const [route, path, body] of sends) {
        const sent = yield* holds("POST", route, path, 201, { body })
        const { data } = sent as { readonly data: { readonly dm_event_id: string } }
        yield* holds("DELETE", "/2/dm_events/{event_id}", `/2/dm_events/${data.dm_event_id}`, 200)
      }
      for (const query of [{}, aboutUser[dialect]]) {
        yield* holds("GET", "/2/users/me", "/2/users/me", 200, { query })
        yield* holds("GET", "/2/users/by/username/{username}", "/2/users/by/username/noa_peretz", 200, { query })
      }
    }).pipe(on()))

  it.effect("pages with partial errors", () =>
    Effect.gen(function*() {
      const page = yield* holds("GET", lists[0]![0], lists[0]![1], 200, { query: { expansions: "sender_id" } })
      expect(page).toMatchObject({ data: [{ sender_id: "3" }], errors: [{ resource_id: "3" }] })
    }).pipe(on({
      world: Fixtures.world({
        users: [Fixtures.user("1", "me")],
        conversations: [{ id: "1-3", members: ["1", "3"] }],
        events: [{ at: Date.UTC(2026, 7, 1), in: "1-3", from: "3", text: "gone" }]
      })
    })))

  const everyRoute: ReadonlyArray<readonly [Method, string, string, Asked]> = [
    ...lists.map(([route, path]) => ["GET", route, path, {}] as const),
    ...sends.map(([route, path, body]) => ["POST", route, path, { body }] as const),
    ["GET", "/2/dm_events/{event_id}", "/2/dm_events/1", {}],
    ["DELETE", "/2/dm_events/{event_id}", "/2/dm_events/1", {}],
    ["GET", "/2/users/me", "/2/users/me", {}],
    ["GET", "/2/users/by/username/{username}", "/2/users/by/username/noa_peretz", {}]
  ]

  it.effect("400, 401 and 403 of every route", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      for (const [method, route, path, asked] of everyRoute) {
        yield* holds(method, route, path, 400, { ...asked, query: { nonsense: "1" } })
        yield* holds(method, route, path, 401, { ...asked, token: "nobody's" })
        if (!route.startsWith("/2/users")) {
          yield* holds(method, route, path, 403, { ...asked, token: tokens.noDirectMessages })
        }
      }
      const [route, path] = sends[0]!
      yield* holds("POST", route, path, 400)
      yield* holds("POST", route, path, 400, { body: { text: "" } })
      yield* holds("GET", lists[1]![0], `/2/dm_conversations/${conversations.notMine}/dm_events`, 403)
      const theirs = (yield* emulator.events()).find(({ sender_id }) => sender_id === people.jonas.id)!
      yield* holds("DELETE", "/2/dm_events/{event_id}", `/2/dm_events/${theirs.id}`, 403)
    }).pipe(on({ rateLimits: "off" })))

  it.effect("404", () =>
    Effect.gen(function*() {
      yield* holds("GET", "/2/dm_events/{event_id}", "/2/dm_events/1", 404)
      yield* holds("DELETE", "/2/dm_events/{event_id}", "/2/dm_events/1", 404)
      yield* holds("GET", lists[1]![0], "/2/dm_conversations/1-2/dm_events", 404)
      yield* holds("GET", lists[2]![0], "/2/dm_conversations/with/404/dm_events", 404)
      yield* holds("GET", "/2/users/by/username/{username}", "/2/users/by/username/nobody", 404)
      for (const path of ["/2/dm_conversations/404-404/messages", "/2/dm_conversations/with/404/messages"]) {
        const route = path.includes("with") ? sends[0]![0] : sends[1]![0]
        yield* holds("POST", route, path, 404, { body: { text: "hello" } })
      }
    }).pipe(on()))

  it.effect("429 of a full window", () =>
    Effect.gen(function*() {
      yield* holds("GET", "/2/dm_events", "/2/dm_events", 200)
      yield* holds("GET", "/2/dm_events", "/2/dm_events", 429)
    }).pipe(on({ rateLimits: { "GET /2/dm_events": { window: 1 } } })))

  it.effect("402, 403, 404, 429, 500, 502, 503 and 504 that are injected", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      for (const status of [402, 403, 404, 429, 500, 502, 503, 504]) {
        yield* emulator.inject(Faults.status(status))
        for (const [method, route, path, asked] of everyRoute) yield* holds(method, route, path, status, asked)
        yield* emulator.clearFaults
      }
    }).pipe(on()))
})
