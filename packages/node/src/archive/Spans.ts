/**
 * What syncs have covered, in spans: from its newest event down to its oldest,
 * the archive has all that X gave. A span that X has more below has the token
 * of the page that goes on there.
 */
import { type ConversationId, Ids, type PageToken, Snowflake, type UserId } from "@effect-xdm/core"
import type { SqlClient } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Span } from "./ArchiveModel.js"

/** A span, or a page, as a sync works with it: `next` is the token of the page below, absent where X has none. */
export interface Open {
  readonly newest: string
  readonly oldest: string
  readonly next: PageToken | undefined
}

/** A page without events says only where the listing goes on. */
export type Page = Open | Empty

interface Empty {
  readonly newest: undefined
  readonly oldest: undefined
  readonly next: PageToken | undefined
}

/** How far a sync has come. */
export interface Walk {
  /** Newest first. */
  readonly spans: ReadonlyArray<Open>
  /** Whether the first of the spans is the one that the sync extends. */
  readonly begun: boolean
  /** The page to read next; absent before the first and after the last. */
  readonly next: PageToken | undefined
}

/** How to go on where a page reaches what is known. */
export interface Way {
  /** X keeps nothing below this id. */
  readonly horizon: string
  /** Page by page through what is known, instead of on below it. */
  readonly checking: boolean
}

const newer = (a: string, b: string): string => Snowflake.isNewer(a, b) ? a : b
const older = (a: string, b: string): string => Snowflake.isNewer(a, b) ? b : a

const union = (a: Open, b: Open, next: PageToken | undefined): Open => ({
  newest: newer(a.newest, b.newest),
  oldest: older(a.oldest, b.oldest),
  next
})

const extend = (span: Open | undefined, page: Page, { checking }: Way): Open | undefined => {
  if (span === undefined) return page.newest === undefined ? undefined : page
  if (page.newest === undefined) return checking ? span : { ...span, next: page.next }
  // A page in the midst of what is known has a token that leads to less than the span's own.
  const inside = checking && page.next !== undefined && Snowflake.isNewer(page.oldest, span.oldest)
  return union(span, page, inside ? span.next : page.next)
}

/**
 * What is covered after one more page, and which page is next. Where a page
 * reaches a span that was there, the two are one, and the way goes on below it.
 *
 * Where X's listing ends, all spans down to the horizon are one: whatever lay
 * between them is gone from X. What lies below the horizon stays apart.
 */
export const advance = ({ begun, spans }: Walk, page: Page, way: Way): Walk => {
  const extended = extend(begun ? spans[0] : undefined, page, way)
  if (extended === undefined) return { spans, begun, next: page.next }
  let current = extended
  const apart: Array<Open> = []
  for (const span of begun ? spans.slice(1) : spans) {
    const reached = !Snowflake.isNewer(current.oldest, span.newest)
    const ended = page.next === undefined && !Snowflake.isNewer(way.horizon, span.newest)
    if (!reached && !ended) {
      apart.push(span)
      continue
    }
    const above = page.next !== undefined && Snowflake.isNewer(current.oldest, span.oldest)
    current = union(current, span, above ? span.next : current.next)
  }
  return { spans: [current, ...apart], begun: true, next: way.checking ? page.next : current.next }
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

export const saveOwner = (sql: SqlClient, id: UserId): Effect.Effect<void, SqlError> =>
  Effect.asVoid(sql`INSERT INTO facts (name, value) VALUES ('owner', ${id}) ON CONFLICT (name) DO NOTHING`)
