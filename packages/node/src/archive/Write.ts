/** Writing a batch, in one transaction: what is known already changes nothing, what is richer enriches. */
import { type DmEvent, Snowflake } from "@effect-xdm/core"
import type { SqlClient } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { ArchiveFailed } from "./ArchiveFailed.js"
import type { Added } from "./ArchiveModel.js"
import * as Batch from "./Batch.js"
import type { Database } from "./Database.js"
import * as Enrich from "./Enrich.js"
import type { Json } from "./EventJson.js"

interface KnownEvent {
  readonly id: string
  readonly json: string
  readonly deleted_at: number | null
}

const idList = (ids: Iterable<string>): string => JSON.stringify([...ids])

const knownEvents = (sql: SqlClient, ids: Iterable<string>) =>
  sql<KnownEvent>`SELECT CAST(id AS TEXT) AS id, json, deleted_at FROM events
    WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(${idList(ids)}))`

/**
 * Rows in one statement, out of a list in JSON: faster than a statement each.
 * They are in the order of their ids, because FTS5 makes a segment of its own
 * of each row that comes before the last one.
 */
const writeEvents = (sql: SqlClient, events: ReadonlyArray<Json>) =>
  sql`INSERT INTO events (id, conversation, sender, type, text, json)
    SELECT CAST(value ->> '$.id' AS INTEGER), value ->> '$.dm_conversation_id', value ->> '$.sender_id',
      value ->> '$.event_type', value ->> '$.text', value
    FROM json_each(${JSON.stringify(events)}) WHERE true
    ON CONFLICT (id) DO UPDATE SET conversation = excluded.conversation, sender = excluded.sender,
      type = excluded.type, text = excluded.text, json = excluded.json`

const writeMarks = (sql: SqlClient, marks: ReadonlyArray<readonly [id: string, at: number]>) =>
  sql`UPDATE events SET deleted_at = mark.value ->> 1 FROM json_each(${JSON.stringify(marks)}) AS mark
    WHERE events.id = CAST(mark.value ->> 0 AS INTEGER) AND events.deleted_at IS NULL`

const writeConversations = (sql: SqlClient, changes: ReadonlyArray<Batch.Change>) =>
  sql`INSERT INTO conversations (id, events, messages, oldest, newest, last_message)
    SELECT value ->> 'id', value ->> 'events', value ->> 'messages', CAST(value ->> 'oldest' AS INTEGER),
      CAST(value ->> 'newest' AS INTEGER), CAST(value ->> 'lastMessage' AS INTEGER)
    FROM json_each(${JSON.stringify(changes)}) WHERE true
    ON CONFLICT (id) DO UPDATE SET
      events = events + excluded.events,
      messages = messages + excluded.messages,
      oldest = min(oldest, excluded.oldest),
      newest = max(newest, excluded.newest),
      last_message = max(ifnull(last_message, excluded.last_message), ifnull(excluded.last_message, last_message))`

const writeParticipants = (sql: SqlClient, changes: ReadonlyArray<Batch.Change>) => {
  const rows = changes.flatMap(({ id, signs }) => [...signs].map(([user, { at, present }]) => [id, user, present, at]))
  return sql`INSERT INTO participants (conversation, user, present, at)
    SELECT value ->> 0, value ->> 1, value ->> 2, CAST(value ->> 3 AS INTEGER)
    FROM json_each(${JSON.stringify(rows)}) WHERE true
    ON CONFLICT (conversation, user) DO UPDATE SET present = excluded.present, at = excluded.at
    WHERE excluded.at >= participants.at`
}

interface KnownThing {
  readonly id: string
  readonly json: string
  readonly seen_at: number
}

const writeThings = (sql: SqlClient, table: "users" | "media" | "posts", things: ReadonlyMap<string, Batch.Seen>) =>
  Effect.gen(function*() {
    if (things.size === 0) return
    const found = yield* sql<KnownThing>`SELECT id, json, seen_at FROM ${sql(table)}
      WHERE id IN (SELECT value FROM json_each(${idList(things.keys())}))`
    const known = new Map(found.map((thing) => [thing.id, thing]))
    const rows: Array<readonly [id: string, json: string, seenAt: number, username: unknown]> = []
    for (const [id, seen] of things) {
      const before = known.get(id)
      const { json, seenAt } = before === undefined
        ? seen
        : Batch.newest({ json: JSON.parse(before.json), seenAt: before.seen_at }, seen)
      const text = JSON.stringify(json)
      if (text !== before?.json) rows.push([id, text, seenAt, json["username"]])
    }
    if (rows.length === 0) return
    const values = JSON.stringify(rows)
    yield* table === "users"
      ? sql`INSERT OR REPLACE INTO users (id, json, seen_at, username)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(${values})`
      : sql`INSERT OR REPLACE INTO ${sql(table)} (id, json, seen_at)
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${values})`
  })

/** What has to be written of a batch of events, given what is there. */
const compare = (batch: Batch.Batch, known: ReadonlyArray<KnownEvent>) => {
  const before = new Map(known.map((event) => [event.id, event]))
  const changed: Array<Json> = []
  const uncounted: Array<DmEvent.DmEvent> = []
  const marks: Array<readonly [string, number]> = []
  let enriched = 0
  const inOrder = [...batch.events].sort(([a], [b]) => Snowflake.order(a, b))
  for (const [id, { deletedAt, event, json }] of inOrder) {
    const old = before.get(id)
    if (deletedAt !== undefined && (old === undefined || old.deleted_at === null)) marks.push([id, deletedAt])
    const oldJson: Json | undefined = old === undefined ? undefined : JSON.parse(old.json)
    const merged = oldJson === undefined ? json : Enrich.merge(oldJson, json)
    if (old !== undefined && JSON.stringify(merged) === old.json) continue
    changed.push(merged)
    if (old !== undefined) enriched++
    // One that was kept without its conversation was not counted in it.
    if (oldJson?.["dm_conversation_id"] === undefined) uncounted.push(event)
  }
  return { changed, enriched, marks, changes: Batch.changes(uncounted), added: changed.length - enriched }
}

/** Writes a batch, within a transaction of the caller's. */
export const write = (
  { file, sql }: Database,
  batch: Batch.Batch
): Effect.Effect<Omit<Added, "read">, ArchiveFailed | SqlError> =>
  Effect.gen(function*() {
    for (const id of batch.events.keys()) {
      if (Batch.isSnowflake(id)) continue
      const problem = `cannot keep an event whose id, ${JSON.stringify(id.slice(0, 30))}, is no snowflake`
      return yield* new ArchiveFailed({ reason: "Unreadable", file, problem })
    }
    const known = batch.events.size === 0 ? [] : yield* knownEvents(sql, batch.events.keys())
    const { added, changed, changes, enriched, marks } = compare(batch, known)
    if (changed.length > 0) yield* writeEvents(sql, changed)
    if (changes.length > 0) {
      yield* writeConversations(sql, changes)
      yield* writeParticipants(sql, changes)
    }
    if (marks.length > 0) yield* writeMarks(sql, marks)
    yield* writeThings(sql, "users", batch.users)
    yield* writeThings(sql, "media", batch.media)
    yield* writeThings(sql, "posts", batch.posts)
    return { added, enriched }
  })

/** What two writes did together. */
export const plus = (a: Added, b: Added): Added => ({
  read: a.read + b.read,
  added: a.added + b.added,
  enriched: a.enriched + b.enriched
})

/** Marks those that are there and not marked yet; gives how many. Within a transaction of the caller's. */
export const markDeleted = (sql: SqlClient, ids: Iterable<string>, now: number) =>
  Effect.map(
    sql`UPDATE events SET deleted_at = ${now}
      WHERE deleted_at IS NULL AND id IN (SELECT CAST(value AS INTEGER) FROM json_each(${idList(ids)}))
      RETURNING 1`,
    (marked) => marked.length
  )
