/**
 * What syncs have covered, in spans: from its newest event down to its oldest,
 * the archive has all that X gave. A span that X has more below has the token
 * of the page that goes on there.
 */
import { type ConversationId, Ids, type PageToken, type UserId } from "@effect-xdm/core"
import type { SqlClient } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Span } from "./ArchiveModel.js"

/** A span as a sync works with it: `next` is the token of the page below, absent where X has nothing more. */
export interface Open {
  readonly newest: string
  readonly oldest: string
  readonly next: PageToken | undefined
}

interface Row {
  readonly scope: string
  readonly newest: string
  readonly oldest: string
  readonly next_token: string | null
}

/** All conversations are one scope, and each of them is one. */
export const scopeOf = (conversation: ConversationId | undefined): string => conversation ?? ""

const rows = (sql: SqlClient) =>
  sql<Row>`SELECT scope, CAST(newest AS TEXT) AS newest, CAST(oldest AS TEXT) AS oldest, next_token
    FROM spans ORDER BY scope, newest DESC`

/** The spans of a scope, newest first. */
export const load = (sql: SqlClient, scope: string): Effect.Effect<ReadonlyArray<Open>, SqlError> =>
  Effect.map(rows(sql), (all) =>
    all.filter((row) => row.scope === scope).map(({ newest, next_token, oldest }) => ({
      newest,
      oldest,
      next: next_token === null ? undefined : Ids.received.PageToken.make(next_token)
    })))

/** Keeps the spans of a scope in place of those that were. */
export const save = (sql: SqlClient, scope: string, spans: ReadonlyArray<Open>) =>
  Effect.gen(function*() {
    const values = JSON.stringify(spans.map(({ newest, next, oldest }) => [newest, oldest, next ?? null]))
    yield* sql`DELETE FROM spans WHERE scope = ${scope}`
    yield* sql`INSERT INTO spans (scope, newest, oldest, next_token)
      SELECT ${scope}, CAST(value ->> 0 AS INTEGER), CAST(value ->> 1 AS INTEGER), value ->> 2
      FROM json_each(${values})`
  })

/** All spans, for people. */
export const covered = (sql: SqlClient) =>
  Effect.map(rows(sql), (all) =>
    all.map(({ newest, next_token, oldest, scope }): Span => ({
      conversation: scope === "" ? undefined : Ids.received.ConversationId.make(scope),
      newest: Ids.received.EventId.make(newest),
      oldest: Ids.received.EventId.make(oldest),
      complete: next_token === null
    })))

/** Whose archive it is, as far as that is known. */
export const owner = (sql: SqlClient): Effect.Effect<Option.Option<UserId>, SqlError> =>
  Effect.map(
    sql<{ value: string }>`SELECT value FROM facts WHERE name = 'owner'`,
    ([row]) => Option.map(Option.fromNullable(row), ({ value }) => Ids.received.UserId.make(value))
  )

export const saveOwner = (sql: SqlClient, id: UserId) =>
  sql`INSERT INTO facts (name, value) VALUES ('owner', ${id}) ON CONFLICT (name) DO NOTHING`
