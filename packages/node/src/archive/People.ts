/** Who and what an archive knows: users, conversations, and how much there is of everything. */
import { type ConversationId, DmEvent, Ids } from "@effect-xdm/core"
import type { SqlClient } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { ArchiveFailed } from "./ArchiveFailed.js"
import type { ConversationSummary, Participant, Stats } from "./ArchiveModel.js"
import type { Database } from "./Database.js"
import { version } from "./Migrations.js"
import * as Read from "./Read.js"
import * as Spans from "./Spans.js"

/** The user with this id. */
export const user = ({ sql }: Database, id: string) =>
  Effect.map(Read.things(sql, "users", [id]), (found) => Option.fromNullable(found.get(id)))

/** The user who was last seen by this name, whatever its case. */
export const userByName = ({ sql }: Database, username: string) =>
  Effect.gen(function*() {
    const [row] = yield* sql<{ id: string }>`SELECT id FROM users WHERE username = ${username}
      ORDER BY seen_at DESC LIMIT 1`
    return row === undefined ? Option.none() : yield* user({ sql, file: "" }, row.id)
  })

interface ParticipantRow {
  readonly conversation: string
  readonly user: string
  readonly present: number
}

const participantsOf = (sql: SqlClient, conversations: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const rows = yield* sql<ParticipantRow>`SELECT conversation, user, present FROM participants
      WHERE conversation IN (SELECT value FROM json_each(${JSON.stringify(conversations)})) ORDER BY at DESC, user`
    const users = yield* Read.things(sql, "users", rows.map(({ user }) => user))
    return Arr.groupBy(
      rows.map(({ conversation, present, user }) => ({
        conversation,
        participant: {
          id: Ids.received.UserId.make(user),
          user: Option.fromNullable(users.get(user)),
          present: present === 1
        }
      })),
      ({ conversation }) => conversation
    )
  })

/** Those who are or were in a conversation. */
export const participants = ({ sql }: Database, conversation: string) =>
  Effect.map(
    participantsOf(sql, [conversation]),
    (found): ReadonlyArray<Participant> => (found[conversation] ?? []).map(({ participant }) => participant)
  )

interface ConversationRow {
  readonly id: string
  readonly events: number
  readonly messages: number
  readonly newest: string
  readonly oldest: string
  readonly last_message: string | null
}

const summaries = (database: Database, rows: ReadonlyArray<ConversationRow>) =>
  Effect.gen(function*() {
    const { sql } = database
    const people = yield* participantsOf(sql, rows.map(({ id }) => id))
    const wanted = JSON.stringify(Arr.filterMap(rows, ({ last_message }) => Option.fromNullable(last_message)))
    const last = yield* Effect.flatMap(
      sql<Read.EventRow>`SELECT CAST(id AS TEXT) AS id, json, deleted_at FROM events
        WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(${wanted}))`,
      (rows) => Read.hydrated(database, rows)
    )
    const messages = new Map(last.map(({ event }) => [event.id as string, event])) // looked up by what the table has
    return rows.map((row): ConversationSummary => ({
      id: Ids.received.ConversationId.make(row.id),
      lastMessage: Option.filter(Option.fromNullable(messages.get(row.last_message ?? "")), DmEvent.isMessageCreate),
      newest: Ids.received.EventId.make(row.newest),
      oldest: Ids.received.EventId.make(row.oldest),
      participants: (people[row.id] ?? []).map(({ participant }) => participant).filter(({ present }) => present),
      events: row.events,
      messages: row.messages
    }))
  })

/** The conversations, or one of them, the one with the newest event first. */
export const conversations = (
  database: Database,
  only?: ConversationId
): Stream.Stream<ConversationSummary, SqlError | ArchiveFailed> => {
  const { sql } = database
  return Read.paged<ConversationRow, ConversationSummary>(
    Infinity,
    (count, after) =>
      sql`SELECT id, events, messages, CAST(newest AS TEXT) AS newest, CAST(oldest AS TEXT) AS oldest,
          CAST(last_message AS TEXT) AS last_message FROM conversations
        WHERE ${
        sql.and([
          ...only === undefined ? [] : [sql`id = ${only}`],
          ...after === undefined ? [] : [sql`(newest, id) < (CAST(${after.newest} AS INTEGER), ${after.id})`]
        ])
      } ORDER BY newest DESC, id DESC LIMIT ${count}`,
    (rows) => summaries(database, rows)
  )
}

interface Counts {
  readonly events: number
  readonly messages: number
  readonly deleted: number
  readonly conversations: number
  readonly users: number
  readonly media: number
  readonly posts: number
  readonly newest: string | null
  readonly oldest: string | null
  readonly bytes: number
}

/** What there is. */
export const stats = (database: Database): Effect.Effect<Stats, SqlError> =>
  Effect.gen(function*() {
    const { sql } = database
    const [counts] = yield* sql<Counts>`SELECT count(*) AS events,
      ifnull(sum(type = 'MessageCreate'), 0) AS messages, count(deleted_at) AS deleted,
      (SELECT count(*) FROM conversations) AS conversations, (SELECT count(*) FROM users) AS users,
      (SELECT count(*) FROM media) AS media, (SELECT count(*) FROM posts) AS posts,
      CAST(max(id) AS TEXT) AS newest, CAST(min(id) AS TEXT) AS oldest,
      (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS bytes FROM events`
    const { newest, oldest, ...rest } = counts! // one row, whatever is in the table
    const eventId = (id: string | null) => Option.map(Option.fromNullable(id), (id) => Ids.received.EventId.make(id))
    return {
      ...rest,
      newest: eventId(newest),
      oldest: eventId(oldest),
      covered: yield* Spans.covered(sql),
      owner: yield* Spans.owner(sql),
      version
    }
  })
