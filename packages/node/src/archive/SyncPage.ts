/** One page of a sync, written together with what it covers. */
import { type EventsPage, Snowflake } from "@effect-xdm/core"
import type { SqlError } from "@effect/sql/SqlError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { ArchiveFailed } from "./ArchiveFailed.js"
import * as Batch from "./Batch.js"
import * as Database from "./Database.js"
import * as Spans from "./Spans.js"
import * as Write from "./Write.js"

/** Where a sync stands when a page comes. */
export interface Standing extends Spans.Way {
  readonly scope: string
  readonly walk: Spans.Walk
  /** From this event up all was seen in this round; absent at its first page. */
  readonly seen: string | undefined
  readonly owner: string
}

/** What a page did. */
export interface Taken {
  readonly walk: Spans.Walk
  readonly added: number
  readonly enriched: number
  readonly deleted: number
  readonly oldest: string | undefined
}

/** The range of a page's events, in whatever order they came. */
const rangeOf = ({ events, meta }: EventsPage.EventsPage): Spans.Page => {
  const next = meta.nextToken
  const ids = events.map(({ id }) => id).toSorted(Snowflake.order)
  const [oldest, newest] = [ids[0], ids.at(-1)]
  return oldest === undefined || newest === undefined
    ? { newest: undefined, oldest: undefined, next }
    : { newest, oldest, next }
}

/** A one-to-one conversation has the account in it; one that has not is another account's. */
const stranger = ({ events }: EventsPage.EventsPage, owner: string): boolean =>
  events.some(({ dmConversationId: id }) => id?.includes("-") === true && !id.split("-").includes(owner))

/** An event that came in the last minute may be in the archive already and not in the page. */
const graceMillis = 60_000

const markMissing = (
  { sql }: Database.Database,
  page: EventsPage.EventsPage,
  range: Spans.Page,
  { scope, seen }: Standing,
  now: number
) => {
  if (range.newest === undefined) return Effect.succeed(0)
  const ids = JSON.stringify(page.events.map(({ id }) => id))
  const young = Snowflake.fromMillis(now - graceMillis)
  const top = seen ?? (Snowflake.isNewer(young, range.newest) ? young : range.newest)
  const given = sql`id IN (SELECT CAST(value AS INTEGER) FROM json_each(${ids}))`
  return Effect.zipRight(
    sql`UPDATE events SET deleted_at = NULL WHERE deleted_at IS NOT NULL AND ${given}`,
    Effect.map(
      sql`UPDATE events SET deleted_at = ${now}
        WHERE id >= CAST(${range.oldest} AS INTEGER) AND id < CAST(${top} AS INTEGER)
          AND deleted_at IS NULL AND (${scope} = '' OR conversation = ${scope}) AND NOT ${given} RETURNING 1`,
      (marked) => marked.length
    )
  )
}

/** Writes a page: its events, what it covers and where the way goes on, all or nothing. */
export const write = (
  database: Database.Database,
  page: EventsPage.EventsPage,
  standing: Standing
): Effect.Effect<Taken, ArchiveFailed | SqlError> =>
  Effect.gen(function*() {
    const { file, sql } = database
    if (stranger(page, standing.owner)) {
      const problem = `is the archive of user ${standing.owner}, and the account is another's`
      return yield* new ArchiveFailed({ reason: "OtherAccount", file, problem })
    }
    const now = yield* Clock.currentTimeMillis
    const range = rangeOf(page)
    const walk = Spans.advance(standing.walk, range, standing)
    const batch = Batch.empty()
    Batch.add(batch, page, now)
    const written = yield* Database.transaction(
      sql,
      Effect.gen(function*() {
        const { added, enriched } = yield* Write.write(database, batch)
        const deleted = standing.checking ? yield* markMissing(database, page, range, standing, now) : 0
        if (walk.begun) yield* Spans.save(sql, standing.scope, walk.spans)
        return { added, enriched, deleted }
      })
    )
    return { walk, oldest: range.oldest, ...written }
  })
