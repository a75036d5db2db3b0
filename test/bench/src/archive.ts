import { DirectMessages, Snowflake } from "@effect-xdm/core"
import { Archive } from "@effect-xdm/node/Archive"
import { HttpClient, HttpClientResponse } from "@effect/platform"
import { Effect, Layer, Redacted, Stream } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { alternating, type Group, heapUsed, median } from "./measure.js"
import { page, pageOfToken } from "./pages.js"

const pages = 1_000
const events = pages * 100

/** A page of the last 23 days whose media and posts are its own; the same eight people are in all of them. */
const body = (n: number, now: number): string => {
  const { data, includes, meta } = page(n, { last: n === pages - 1 })
  const dated = data.map((event, i) => {
    const at = now - (n * 100 + i) * 20_000
    return {
      ...event,
      id: Snowflake.fromMillis(at),
      created_at: new Date(at).toISOString(),
      text: event.text === "Thanks" ? `Thanks for ticket ${n}` : event.text
    }
  })
  const own = (_: string, id: string) => `"${id}${String(n).padStart(4, "0")}"`
  return JSON.stringify({ data: dated, includes, meta }).replace(/"(3_\d+|18000\d+)"/g, own)
}

/** The same inbox, at once and in memory. */
const client = () => {
  const now = Date.now()
  const bodies = Array.from({ length: pages }, (_, n) => body(n, now))
  return HttpClient.make((request, url) =>
    Effect.succeed(HttpClientResponse.fromWeb(
      request,
      new Response(
        url.pathname === "/2/users/me"
          ? "{\"data\":{\"id\":\"2244994900\",\"name\":\"Me\",\"username\":\"me\"}}"
          : bodies[pageOfToken(url.searchParams.get("pagination_token"))]!,
        { headers: { "content-type": "application/json" } }
      )
    ))
  )
}

/** The little of better-sqlite3 that a loop of one's own needs. */
interface Sqlite {
  readonly exec: (sql: string) => void
  readonly prepare: (sql: string) => { readonly run: (...values: ReadonlyArray<unknown>) => void }
  readonly close: () => void
}

const sqlite = (file: string): Sqlite => {
  const from = createRequire(fileURLToPath(import.meta.resolve("@effect-xdm/node/Archive")))
  const Database: new(file: string) => Sqlite = createRequire(from.resolve("@effect/sql-sqlite-node"))("better-sqlite3")
  return new Database(file)
}

const hydrating = {
  expansions: ["sender_id", "participant_ids", "attachments.media_keys", "referenced_posts"]
} as const

const bare =
  `CREATE TABLE events (id INTEGER PRIMARY KEY, conversation TEXT, sender TEXT, type TEXT, text TEXT, json TEXT);
CREATE TABLE users (id TEXT PRIMARY KEY, username TEXT, json TEXT, seen_at INTEGER);
CREATE TABLE media (id TEXT PRIMARY KEY, json TEXT, seen_at INTEGER);
CREATE TABLE posts (id TEXT PRIMARY KEY, json TEXT, seen_at INTEGER);`

/** The same pages, and each row by a prepared statement, a transaction a page: into tables of rows, or into those of an archive. */
const loop = (file: string, tables: "bare" | "archive") =>
  Effect.gen(function*() {
    if (tables === "archive") yield* Effect.void.pipe(Effect.provide(Archive.layer({ file })))
    const db = sqlite(file)
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${tables === "bare" ? bare : ""}`)
    const event = db.prepare(
      "INSERT INTO events (id, conversation, sender, type, text, json) VALUES (CAST(? AS INTEGER), ?, ?, ?, ?, ?)"
    )
    const user = db.prepare("INSERT OR REPLACE INTO users (id, username, json, seen_at) VALUES (?, ?, ?, ?)")
    const media = db.prepare("INSERT OR REPLACE INTO media (id, json, seen_at) VALUES (?, ?, ?)")
    const post = db.prepare("INSERT OR REPLACE INTO posts (id, json, seen_at) VALUES (?, ?, ?)")
    const dm = yield* DirectMessages
    yield* Stream.runForEach(dm.events.pages.all(hydrating), (page) =>
      Effect.sync(() => {
        db.exec("BEGIN")
        // Oldest first, which FTS5 writes in half the time.
        for (const each of page.events.toReversed()) {
          event.run(
            each.id,
            each.dmConversationId ?? null,
            each.senderId ?? null,
            each._tag,
            each._tag === "MessageCreate" ? each.text ?? null : null,
            JSON.stringify(each)
          )
        }
        const now = Date.now()
        for (const each of page.includes.users) user.run(each.id, each.username, JSON.stringify(each), now)
        for (const each of page.includes.media) media.run(each.mediaKey, JSON.stringify(each), now)
        for (const each of page.includes.posts) post.run(each.id, JSON.stringify(each), now)
        db.exec("COMMIT")
      }))
    db.close()
  })

const sync = Effect.flatMap(Archive, (archive) => archive.sync())

/** A sync beside a prepared loop, what it holds in memory, and searches in what it has written. */
export const archive = async (): Promise<Group> => {
  const folder = await mkdtemp(join(tmpdir(), "effect-xdm-bench-"))
  const http = client()
  const live = Layer.orDie(
    DirectMessages.layer({ accessToken: Redacted.make("token-of-the-bench") }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
    )
  )
  let files = 0
  const newFile = () => join(folder, `${++files}.db`)
  /** The seconds of CPU that a program takes. */
  const seconds = async <E>(program: Effect.Effect<unknown, E, DirectMessages>): Promise<number> => {
    const before = process.cpuUsage()
    await Effect.runPromise(Effect.provide(program, live))
    const { system, user } = process.cpuUsage(before)
    return (system + user) / 1_000_000
  }
  try {
    const found = await alternating(3, {
      bare: () => seconds(loop(newFile(), "bare")),
      loop: () => seconds(loop(newFile(), "archive")),
      sync: () => seconds(Effect.provide(sync, Archive.layer({ file: newFile() })))
    })
    const samples: Array<number> = []
    const file = newFile()
    const sampled = Effect.flatMap(Archive, (archive) =>
      archive.sync({
        onProgress: ({ requests }) =>
          Effect.sync(() => {
            if (requests % 50 === 0) samples.push(heapUsed() / 1024 / 1024)
          })
      }))
    await seconds(Effect.provide(sampled, Archive.layer({ file })))
    const third = samples.length / 3
    const [first, last] = [median(samples.slice(0, third)), median(samples.slice(-third))]

    const searches = await Effect.runPromise(
      Effect.gen(function*() {
        const archive = yield* Archive
        const stats = yield* archive.stats
        if (stats.events !== events) throw new Error(`${stats.events} events were kept of ${events}`)
        const millis = (words: string, order: "relevance" | "newest") =>
          Effect.gen(function*() {
            const started = performance.now()
            const hits = yield* Stream.runCollect(archive.search(words, { limit: 20, order }))
            if (hits.length === 0) throw new Error(`nothing was found for ${words}`)
            return performance.now() - started
          })
        const all: Array<number> = []
        const common: Array<number> = []
        for (let round = 0; round < 40; round++) {
          const words = [
            `ticket ${round * 7}`,
            `"ticket ${round * 11}"`,
            `thanks ${round}`,
            "print* cop*",
            "שלום",
            "👍"
          ]
          all.push(yield* millis(words[round % words.length]!, round % 2 === 0 ? "relevance" : "newest"))
          common.push(yield* millis("notes yesterday", "relevance"))
        }
        return { all, common }
      }).pipe(Effect.provide(Archive.layer({ file, readOnly: true })))
    )
    return {
      title: `An archive of ${events.toLocaleString("en-US")} events`,
      rows: [
        { name: "the same decode, rows by a prepared loop, CPU", value: found.bare, unit: "s", ratio: 1 },
        {
          name: "the same into tables with indexes and full text",
          value: found.loop,
          unit: "s",
          ratio: found.loop / found.bare
        },
        { name: "archive.sync()", value: found.sync, unit: "s", ratio: found.sync / found.bare, limit: 2 },
        { name: "heap in the first third of a sync", value: first, unit: "MB" },
        { name: "heap in the last third", value: last, unit: "MB" },
        { name: "its growth", value: Math.max(0, last - first), unit: "MB", limit: 5 },
        { name: "a search, median", value: median(searches.all), unit: "ms", limit: 50 },
        { name: "one that a third of all messages match, by relevance", value: median(searches.common), unit: "ms" }
      ]
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
