/**
 * The lossless form of an archive: a JSON object a line. A line is
 * `{"user":…,"seen_at":…}`, the same with `media` or `post`, or
 * `{"event":…,"deleted_at":…}`, with X's own JSON in it; a first line,
 * `{"archive":…,"owner":…}`, says whose it is.
 */
import { Ids, type UserId } from "@effect-xdm/core"
import type { SqlError } from "@effect/sql/SqlError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { isRecord } from "effect/Predicate"
import * as Stream from "effect/Stream"
import { ArchiveFailed } from "./ArchiveFailed.js"
import type { Added, Filter } from "./ArchiveModel.js"
import * as Batch from "./Batch.js"
import * as Database from "./Database.js"
import * as EventJson from "./EventJson.js"
import * as Read from "./Read.js"
import * as Spans from "./Spans.js"
import * as Write from "./Write.js"

/** What a line may hold besides an event: the tables, and where the id of a thing is. */
const kinds = {
  user: { table: "users", id: "id" },
  media: { table: "media", id: "media_key" },
  post: { table: "posts", id: "id" }
} as const

type Kind = keyof typeof kinds
const kindNames: ReadonlyArray<Kind> = ["user", "media", "post"]

const iso = (millis: number): string => new Date(millis).toISOString()

const eventLine = ({ deleted_at, json }: Read.EventRow): string =>
  `{"event":${json}${deleted_at === null ? "" : `,"deleted_at":"${iso(deleted_at)}"`}}\n`

interface ThingRow {
  readonly id: string
  readonly json: string
  readonly seen_at: number
}

const thingLine = (kind: Kind) => ({ json, seen_at }: ThingRow): string =>
  `{"${kind}":${json},"seen_at":"${iso(seen_at)}"}\n`

/** All things of a kind. */
const allThings = ({ sql }: Database.Database, kind: Kind) =>
  Read.paged<ThingRow, string>(
    Infinity,
    (count, after) =>
      sql`SELECT id, json, seen_at FROM ${sql(kinds[kind].table)} WHERE id > ${after?.id ?? ""}
        ORDER BY id LIMIT ${count}`,
    (rows) => Effect.succeed(rows.map(thingLine(kind)))
  )

/** Those things of a kind that have these ids. */
const thingsOf = ({ sql }: Database.Database, kind: Kind, ids: Iterable<string>) =>
  Effect.map(
    sql<ThingRow>`SELECT id, json, seen_at FROM ${sql(kinds[kind].table)}
      WHERE id IN (SELECT value FROM json_each(${JSON.stringify([...new Set(ids)])})) ORDER BY id`,
    (rows) => rows.map(thingLine(kind))
  )

/** What events refer to, before these events. */
const withThings = (database: Database.Database, rows: ReadonlyArray<Read.EventRow>) =>
  Effect.gen(function*() {
    const events = rows.flatMap(({ json }) => EventJson.decode(JSON.parse(json)) ?? [])
    const all = events.map(Read.mentioned)
    const senders = events.flatMap(({ senderId }) => senderId ?? [])
    return [
      ...yield* thingsOf(database, "user", [...senders, ...all.flatMap(({ users }) => users)]),
      ...yield* thingsOf(database, "media", all.flatMap(({ media }) => media)),
      ...yield* thingsOf(database, "post", all.flatMap(({ posts }) => posts)),
      ...rows.map(eventLine)
    ]
  })

/** The lines of an archive: of all that it has, or of what a filter lets through and what that refers to. */
export const lines = (
  database: Database.Database,
  filter: Filter = {}
): Stream.Stream<string, SqlError | ArchiveFailed> => {
  const isAll = Object.values(filter).every((value) => value === undefined)
  const head = Effect.map(
    Spans.owner(database.sql),
    (owner) => `${JSON.stringify({ archive: 1, owner: Option.getOrUndefined(owner) })}\n`
  )
  const query = { ...filter, order: "oldest" } as const
  return Stream.concat(
    head,
    isAll
      ? Stream.concat(
        Stream.flatMap(Stream.fromIterable(kindNames), (kind) => allThings(database, kind)),
        Stream.map(Read.rows(database, query), eventLine)
      )
      : Read.queried(database, query, (rows) => withThings(database, rows))
  )
}

const time = (value: unknown): number | undefined => {
  const millis = typeof value === "string" ? Date.parse(value) : Number.NaN
  return Number.isNaN(millis) ? undefined : millis
}

/** What lines hold, so far. */
interface Held {
  readonly batch: Batch.Batch
  owner: UserId | undefined
  events: number
}

/** Takes in a line; says what is wrong with one that is none of ours. */
const take = (held: Held, line: string, now: number): string | undefined => {
  const { batch } = held
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return "is no JSON"
  }
  if (!isRecord(json)) return "is no JSON object"
  if ("archive" in json) {
    if (json["archive"] !== 1) return "is of a later version of this library"
    if (typeof json["owner"] === "string") held.owner = Ids.received.UserId.make(json["owner"])
    return undefined
  }
  const { event } = json
  if (isRecord(event)) {
    const decoded = EventJson.decode(event)
    if (decoded === undefined || !Batch.isSnowflake(decoded.id)) return "holds an event that cannot be read"
    Batch.addEvent(batch, decoded, time(json["deleted_at"]), event)
    held.events++
    return undefined
  }
  for (const kind of kindNames) {
    const thing = json[kind]
    const id = isRecord(thing) ? thing[kinds[kind].id] : undefined
    if (!isRecord(thing) || typeof id !== "string") continue
    Batch.addSeen(batch[kinds[kind].table], id, thing, time(json["seen_at"]) ?? now)
    return undefined
  }
  return "holds neither an event nor a user, a medium or a post"
}

/** Text out of text and bytes, whose characters may be cut in two. */
const decoded = <E, R>(input: Stream.Stream<string | Uint8Array, E, R>): Stream.Stream<string, E, R> =>
  Stream.suspend(() => {
    const decoder = new TextDecoder()
    return Stream.map(input, (part) => typeof part === "string" ? part : decoder.decode(part, { stream: true }))
  })

/** How many lines make a transaction. */
const batchSize = 1_000

/** Adds what lines hold. */
export const read = <E, R>(
  database: Database.Database,
  input: Stream.Stream<string | Uint8Array, E, R>
): Effect.Effect<Added, E | ArchiveFailed, R> => {
  const { file, sql } = database
  const typed = Database.typed(file)
  const failed = (reason: "Unreadable" | "OtherAccount", problem: string) =>
    new ArchiveFailed({ reason, file, problem })
  let number = 0
  const chunk = (lines: Iterable<string>) =>
    Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      const held: Held = { batch: Batch.empty(), owner: undefined, events: 0 }
      let problem: string | undefined
      for (const line of lines) {
        number++
        problem = line.trim() === "" ? undefined : take(held, line, now)
        if (problem !== undefined) break
      }
      const { batch, events, owner } = held
      const known = yield* typed(Spans.owner(sql))
      if (owner !== undefined && Option.exists(known, (id) => id !== owner)) {
        return yield* failed("OtherAccount", `cannot take in the messages of user ${owner}: it is another's`)
      }
      const written = yield* typed(Database.transaction(
        sql,
        Effect.zipRight(
          owner === undefined ? Effect.void : Spans.saveOwner(sql, owner),
          Write.write(database, batch)
        )
      ))
      if (problem !== undefined) {
        return yield* failed("Unreadable", `cannot take in line ${number}, which ${problem}`)
      }
      return { read: events, ...written }
    })
  return decoded(input).pipe(
    Stream.splitLines,
    Stream.rechunk(batchSize),
    Stream.chunks,
    Stream.runFoldEffect(
      { read: 0, added: 0, enriched: 0 },
      (done: Added, lines) => Effect.map(chunk(lines), (added) => Write.plus(done, added))
    )
  )
}
