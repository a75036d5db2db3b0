/** Full-text search: the words of a person in, marked snippets out. */
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArchiveFailed } from "./ArchiveFailed.js"
import type { Hit, Range, SearchOptions } from "./ArchiveModel.js"
import type { Database } from "./Database.js"
import * as Read from "./Read.js"

/** What words ask for: an expression of FTS5, and parts of the text that FTS5 does not know, such as emoji. */
export interface Asked {
  readonly expression: string | undefined
  readonly literals: ReadonlyArray<string>
}

/** A phrase in quotes, or what stands between spaces; a star behind either asks for what begins so. */
const part = /"([^"]*)"?(\*?)|([^\s"]+)/g

/** What the tokenizer makes words of; all else separates them. */
const wordCharacter = /[\p{L}\p{N}\p{Co}]/u
const emoji = /\p{Extended_Pictographic}(?:[\p{Emoji_Modifier}\uFE0F]|\u200D\p{Extended_Pictographic})*|\p{RI}\p{RI}/gu

/**
 * Reads the words of a search. Each must be in a message, in any order. All
 * that FTS5 has a meaning for (`AND`, `NEAR`, `-`, `:`, `(`) is a word like any
 * other, because each goes in as a string.
 */
export const ask = (words: string): Asked => {
  const terms: Array<string> = []
  const literals: Array<string> = []
  for (const [, phrase, phraseStar, bare] of words.matchAll(part)) {
    const text = (phrase ?? bare?.replace(/\*+$/, "") ?? "").trim()
    const star = phrase === undefined ? bare?.endsWith("*") === true : phraseStar === "*"
    if (text === "") continue
    if (wordCharacter.test(text)) {
      terms.push(`"${text.replaceAll("\0", "")}"${star ? "*" : ""}`)
      literals.push(...text.match(emoji) ?? [])
    } else literals.push(text)
  }
  return { expression: terms.length === 0 ? undefined : terms.join(" "), literals }
}

/** FTS5 puts these around what it found; texts do not hold them, for they are no characters. */
const [open, close] = ["\uFDD0", "\uFDD1"]

/** The places that FTS5 has marked, and those of the literals, in order and apart. */
const marksOf = (text: string, highlighted: string, literals: ReadonlyArray<string>): ReadonlyArray<Range> => {
  const found: Array<Range> = []
  let at = 0
  let start = 0
  for (const character of highlighted) {
    if (character === open && text[at] !== open) start = at
    else if (character === close && text[at] !== close) found.push({ start, end: at })
    else at += character.length
  }
  for (const literal of literals) {
    for (let from = text.indexOf(literal); from !== -1; from = text.indexOf(literal, from + literal.length)) {
      found.push({ start: from, end: from + literal.length })
    }
  }
  return joined(found.toSorted((a, b) => a.start - b.start))
}

const joined = (ranges: ReadonlyArray<Range>): ReadonlyArray<Range> => {
  const apart: Array<Range> = []
  for (const range of ranges) {
    const last = apart.at(-1)
    if (last === undefined || range.start > last.end) apart.push(range)
    else apart[apart.length - 1] = { start: last.start, end: Math.max(last.end, range.end) }
  }
  return apart
}

/** About how many characters a snippet has, and how many of them stand before the first mark. */
const [width, before] = [160, 40]

const isSpace = (character: string | undefined): boolean => character === undefined || /\s/.test(character)

/** The part of a text around its first mark, cut between words. */
export const snippet = (text: string, marks: ReadonlyArray<Range>): Pick<Hit, "snippet" | "marks"> => {
  const first = marks[0]?.start ?? 0
  let start = Math.max(0, first - before)
  while (start > 0 && start < first && !isSpace(text[start - 1])) start++
  let end = Math.min(text.length, Math.max(start + width, marks[0]?.end ?? 0))
  const atLeast = Math.max(marks[0]?.end ?? 0, start + width / 2)
  if (end < text.length) {
    let cut = end
    while (cut > atLeast && !isSpace(text[cut])) cut--
    if (isSpace(text[cut])) end = cut
    // Not through the middle of a character of two units.
    else if (/[\uDC00-\uDFFF]/.test(text[end]!)) end++
  }
  const head = start > 0 ? "…" : ""
  const shift = head.length - start
  return {
    // Each space is one unit, so that the marks stay where they are.
    snippet: head + text.slice(start, end).replace(/\s/g, " ") + (end < text.length ? "…" : ""),
    marks: marks.flatMap((mark) =>
      mark.start < end ? [{ start: mark.start + shift, end: Math.min(mark.end, end) + shift }] : []
    )
  }
}

interface FoundRow extends Read.EventRow {
  readonly highlighted: string | null
}

/** The messages that hold the words. */
export const search = (
  database: Database,
  words: string,
  { limit = Infinity, order = "relevance", ...filter }: SearchOptions = {}
): Stream.Stream<Hit, SqlError | ArchiveFailed> => {
  const { sql } = database
  const { expression, literals } = ask(words)
  if (expression === undefined && literals.length === 0) return Stream.empty
  const toHits = (rows: ReadonlyArray<FoundRow>) =>
    Effect.map(Read.hydrated(database, rows), (events) =>
      events.map((found, i): Hit => {
        const text = found.event._tag === "MessageCreate" ? found.event.text ?? "" : ""
        return { ...found, ...snippet(text, marksOf(text, rows[i]!.highlighted ?? text, literals)) }
      }))
  return Stream.unwrap(Effect.map(Read.conditions(database, filter), (conditions) => {
    const asked = [
      ...conditions,
      ...literals.map((literal) => sql`instr(events.text, ${literal}) > 0`)
    ]
    const below = (asked: ReadonlyArray<Fragment>, after: FoundRow | undefined) =>
      after === undefined ? asked : [...asked, sql`events.id < CAST(${after.id} AS INTEGER)`]
    const columns = sql.literal("CAST(events.id AS TEXT) AS id, events.json, events.deleted_at")
    if (expression === undefined) {
      return Read.paged<FoundRow, Hit>(
        limit,
        (count, after) =>
          sql`SELECT ${columns}, NULL AS highlighted FROM events WHERE ${sql.and(below(asked, after))}
          ORDER BY events.id DESC LIMIT ${count}`,
        toHits
      )
    }
    const matching = sql`words MATCH ${expression}`
    // Without a condition on the event, the index of words alone knows the answer.
    const source = asked.length === 0 ? sql`words` : sql`words JOIN events ON events.id = words.rowid`
    const ids = (order: "newest" | "relevance", count: number, after: FoundRow | undefined, given: number) =>
      order === "newest"
        ? sql<{ id: string }>`SELECT CAST(words.rowid AS TEXT) AS id FROM ${source} WHERE ${
          sql.and([matching, ...asked, ...after === undefined ? [] : [sql`words.rowid < CAST(${after.id} AS INTEGER)`]])
        } ORDER BY words.rowid DESC LIMIT ${count}`
        : sql<{ id: string }>`SELECT CAST(words.rowid AS TEXT) AS id FROM ${source} WHERE ${
          sql.and([matching, ...asked])
        }
          ORDER BY words.rank, words.rowid DESC LIMIT ${count} OFFSET ${given}`
    // The places are marked in those that are given, and not in all that match.
    const marked = (found: ReadonlyArray<{ readonly id: string }>) =>
      Effect.map(
        sql<FoundRow>`SELECT ${columns}, highlight(words, 0, ${open}, ${close}) AS highlighted
          FROM words JOIN events ON events.id = words.rowid
          WHERE ${matching} AND words.rowid IN (
            SELECT CAST(value AS INTEGER) FROM json_each(${JSON.stringify(found.map(({ id }) => id))}))`,
        (rows) => {
          const byId = new Map(rows.map((row) => [row.id, row]))
          return found.flatMap(({ id }) => byId.get(id) ?? [])
        }
      )
    return Read.paged<FoundRow, Hit>(
      limit,
      (count, after, given) => Effect.flatMap(ids(order, count, after, given), marked),
      toHits
    )
  }))
}
