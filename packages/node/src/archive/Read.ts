/** Reading from an archive: events page by page, and what belongs to them. */
import { Decoder, type DmEvent, Media, Post, User } from "@effect-xdm/core"
import type { SqlClient } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { ArchiveFailed } from "./ArchiveFailed.js"
import type { ArchivedEvent, Filter, Query } from "./ArchiveModel.js"
import type { Database } from "./Database.js"
import * as EventJson from "./EventJson.js"
import { pointOf } from "./Points.js"

/** How many events are read at once: what a stream holds in memory. */
export const pageSize = 200

/** A row of events. */
export interface EventRow {
  readonly id: string
  readonly json: string
  readonly deleted_at: number | null
}

const knownTypes = ["MessageCreate", "ParticipantsJoin", "ParticipantsLeave"]

const id = (sql: SqlClient, value: string): Fragment => sql`CAST(${value} AS INTEGER)`

/** What a filter asks of a row of `events`. */
export const conditions = ({ file, sql }: Database, filter: Filter): Effect.Effect<Array<Fragment>, ArchiveFailed> =>
  Effect.gen(function*() {
    const { conversation, deleted, sender, since, types, until } = filter
    const now = yield* Clock.currentTimeMillis
    const asked: Array<Fragment> = []
    if (conversation !== undefined) asked.push(sql`events.conversation = ${conversation}`)
    if (sender !== undefined) asked.push(sql`events.sender = ${sender}`)
    if (since !== undefined) asked.push(sql`events.id >= ${id(sql, yield* pointOf(file, "since", since, now))}`)
    if (until !== undefined) asked.push(sql`events.id < ${id(sql, yield* pointOf(file, "until", until, now))}`)
    if (deleted !== undefined) asked.push(deleted ? sql`events.deleted_at IS NOT NULL` : sql`events.deleted_at IS NULL`)
    if (types !== undefined) {
      const named = sql.in("events.type", types)
      asked.push(
        types.includes("UnknownEvent") ? sql`(${named} OR ifnull(events.type, '') NOT IN ${sql.in(knownTypes)})` : named
      )
    }
    return asked
  })

const decoders = {
  users: Decoder.compile(User.User),
  media: Decoder.compile(Media.Media),
  posts: Decoder.compile(Post.Post)
}

type Thing = { readonly users: User.User; readonly media: Media.Media; readonly posts: Post.Post }

/** Those of the users, media or posts that are known, by their ids. */
export const things = <Table extends keyof Thing>(sql: SqlClient, table: Table, ids: Iterable<string>) => {
  const wanted = JSON.stringify([...new Set(ids)])
  if (wanted === "[]") return Effect.succeed(new Map<string, Thing[Table]>())
  // The decoder of a table gives what the table is named for, which a look-up by name does not say.
  const decode = decoders[table] as (json: unknown) => Either.Either<Thing[Table], unknown>
  return Effect.map(
    sql<{ id: string; json: string }>`SELECT id, json FROM ${sql(table)}
      WHERE id IN (SELECT value FROM json_each(${wanted}))`,
    (rows) => {
      const found = new Map<string, Thing[Table]>()
      for (const { id, json } of rows) {
        const thing = decode(JSON.parse(json))
        if (Either.isRight(thing)) found.set(id, thing.right)
      }
      return found
    }
  )
}

/** The ids of what an event refers to, but for its sender. */
export const mentioned = (event: DmEvent.DmEvent) => ({
  users: event._tag === "UnknownEvent" ? [] : event.participantIds ?? [],
  media: event._tag === "MessageCreate" ? event.attachments?.mediaKeys ?? [] : [],
  posts: event._tag === "MessageCreate" ? (event.referencedPosts ?? []).map(({ id }) => id) : []
})

/** Rows as events, with what they refer to. */
export const hydrated = ({ file, sql }: Database, rows: ReadonlyArray<EventRow>) =>
  Effect.gen(function*() {
    const events: Array<readonly [DmEvent.DmEvent, EventRow]> = []
    for (const row of rows) {
      const event = EventJson.decode(JSON.parse(row.json))
      if (event === undefined) {
        const problem = `holds an event, ${row.id}, that cannot be read`
        return yield* new ArchiveFailed({ reason: "NotAnArchive", file, problem })
      }
      events.push([event, row])
    }
    const all = events.map(([event]) => ({ event, ...mentioned(event) }))
    const users = yield* things(
      sql,
      "users",
      all.flatMap(({ event, users }) => event.senderId === undefined ? users : [event.senderId, ...users])
    )
    const media = yield* things(sql, "media", all.flatMap(({ media }) => media))
    const posts = yield* things(sql, "posts", all.flatMap(({ posts }) => posts))
    const known = <A>(ids: ReadonlyArray<string>, found: ReadonlyMap<string, A>) =>
      Arr.filterMap(ids, (id) => Option.fromNullable(found.get(id)))
    return events.map(([event, { deleted_at }], i): ArchivedEvent => ({
      id: event.id,
      event,
      sender: Option.fromNullable(event.senderId).pipe(Option.flatMapNullable((id) => users.get(id))),
      participants: known(all[i]!.users, users),
      media: known(all[i]!.media, media),
      posts: known(all[i]!.posts, posts),
      deletedAt: Option.map(Option.fromNullable(deleted_at), (millis) => DateTime.unsafeMake(millis))
    }))
  })

/**
 * The pages that `read` gives, each asked for when it is needed. `read` is told
 * how many rows to give at most, and after which row; fewer than that many are
 * the last.
 */
export const paged = <Row, A>(
  limit: number,
  read: (count: number, after: Row | undefined, given: number) => Effect.Effect<ReadonlyArray<Row>, SqlError>,
  finish: (rows: ReadonlyArray<Row>) => Effect.Effect<ReadonlyArray<A>, SqlError | ArchiveFailed>
): Stream.Stream<A, SqlError | ArchiveFailed> =>
  Stream.paginateChunkEffect({ after: undefined as Row | undefined, given: 0 }, ({ after, given }) => { // none yet
    const count = Math.max(0, Math.min(pageSize, limit - given))
    return Effect.map(
      Effect.flatMap(read(count, after, given), (rows) => Effect.map(finish(rows), (found) => [rows, found] as const)),
      ([rows, found]) => {
        const next = given + rows.length
        return [
          Chunk.unsafeFromArray(found),
          rows.length < count || next >= limit ? Option.none() : Option.some({ after: rows.at(-1), given: next })
        ] as const
      }
    )
  })

/** What a query asks for, page by page, each finished in some way. */
export const queried = <A>(
  database: Database,
  { limit = Infinity, order = "newest", ...filter }: Query,
  finish: (rows: ReadonlyArray<EventRow>) => Effect.Effect<ReadonlyArray<A>, SqlError | ArchiveFailed>
): Stream.Stream<A, SqlError | ArchiveFailed> =>
  Stream.unwrap(Effect.map(conditions(database, filter), (asked) => {
    const { sql } = database
    const direction = sql.literal(order === "newest" ? "DESC" : "ASC")
    const beyond = sql.literal(order === "newest" ? "<" : ">")
    return paged<EventRow, A>(
      limit,
      (count, after) =>
        sql`SELECT CAST(id AS TEXT) AS id, json, deleted_at FROM events
          WHERE ${sql.and(after === undefined ? asked : [...asked, sql`events.id ${beyond} ${id(sql, after.id)}`])}
          ORDER BY events.id ${direction} LIMIT ${count}`,
      finish
    )
  }))

/** The events that a query asks for. */
export const events = (database: Database, query: Query = {}) =>
  queried(database, query, (rows) => hydrated(database, rows))

/** The same events as they are kept. */
export const rows = (database: Database, query: Query = {}) => queried(database, query, Effect.succeed)

/** The one event with this id. */
export const event = (database: Database, eventId: string) =>
  database.sql<EventRow>`SELECT CAST(id AS TEXT) AS id, json, deleted_at FROM events
    WHERE id = ${id(database.sql, eventId)}`.pipe(
    Effect.flatMap((rows) => hydrated(database, rows)),
    Effect.map(Arr.head)
  )
