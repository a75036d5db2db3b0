/** What the exports for people have in common: names, days, links, and what happened in words. */
import type { DmEvent, User } from "@effect-xdm/core"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { ArchiveFailed } from "./ArchiveFailed.js"
import type { ArchivedEvent, ConversationSummary, Participant } from "./ArchiveModel.js"
import type { Database } from "./Database.js"
import type { ExportOptions } from "./ExportModel.js"
import * as People from "./People.js"
import * as Read from "./Read.js"
import * as Spans from "./Spans.js"

/** What to call someone of whom perhaps nothing but the id is known. */
export const nameOf = (user: Option.Option<User.User>, id: string | undefined): string =>
  Option.match(user, { onNone: () => id === undefined ? "Someone" : `User ${id}`, onSome: ({ name }) => name })

const list = new Intl.ListFormat("en", { type: "conjunction" })

/** The other people of a conversation: what it is called. */
export const titleOf = (participants: ReadonlyArray<Participant>, owner: string | undefined): string => {
  const others = participants.filter(({ id }) => id !== owner)
  const names = others.map(({ id, user }) => nameOf(user, id))
  return names.length === 0
    ? "A conversation of one"
    : list.format(names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} others`] : names)
}

const usersOf = ({ participants }: ArchivedEvent, ids: ReadonlyArray<string>): string =>
  list.format(ids.map((id) => nameOf(Option.fromNullable(participants.find((user) => user.id === id)), id)))

/** An event that is no message, as a sentence. */
export const happened = (archived: ArchivedEvent): string => {
  const { event, sender } = archived
  switch (event._tag) {
    case "ParticipantsJoin": {
      const ids = event.participantIds ?? []
      const others = ids.filter((id) => id !== event.senderId)
      return event.senderId === undefined || others.length === 0
        ? `${usersOf(archived, ids)} joined`
        : `${nameOf(sender, event.senderId)} added ${usersOf(archived, others)}`
    }
    case "ParticipantsLeave":
      return `${usersOf(archived, event.participantIds ?? [])} left`
    default:
      return `Something of another kind happened: ${
        event._tag === "UnknownEvent" ? event.eventType ?? "?" : event._tag
      }`
  }
}

const kindsOfMedia: { readonly [type: string]: string } = { photo: "Photo", video: "Video", animated_gif: "GIF" }

/** A medium in words: its kind, what it shows, its size and its length. */
export const mediumOf = (medium: ArchivedEvent["media"][number]): string => {
  const { altText, durationMs, height, type, width } = medium
  const size = width === undefined || height === undefined ? [] : [`${width} × ${height}`]
  const length = durationMs === undefined ? [] : [`${Math.round(durationMs / 1000)} s`]
  const details = [...size, ...length]
  return `${kindsOfMedia[type] ?? type}${altText === undefined || altText === "" ? "" : `: ${altText}`}${
    details.length === 0 ? "" : ` (${details.join(", ")})`
  }`
}

/** A part of a text, with where it leads if it is a link. */
export interface Part {
  readonly text: string
  readonly url: string | undefined
}

const link = /https?:\/\/[^\s<>"'`\\^{|}]+/gi
/** What ends a sentence ends no address, and neither does a bracket that was opened before it. */
const trailing = /[.,;:!?…)\]]+$/

/** An address that a reader can follow without harm, as a browser understands it. */
export const safeUrl = (url: string | undefined): string | undefined => {
  if (url === undefined || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined
  return new URL(url).href
}

/**
 * A message as texts and links. X's short links become those that they stand
 * for, and those of the media that are shown beside it are left out.
 */
export const partsOf = (message: DmEvent.MessageCreate): ReadonlyArray<Part> => {
  const { attachments, entities, text = "" } = message
  const parts: Array<Part> = []
  const add = (text: string, url?: string) => text === "" ? 0 : parts.push({ text, url })
  let at = 0
  for (const match of text.matchAll(link)) {
    const url = match[0].replace(trailing, "")
    const found = entities?.urls?.find((each) => each.url === url)
    add(text.slice(at, match.index))
    at = match.index + url.length
    if (found?.mediaKey !== undefined && attachments?.mediaKeys?.includes(found.mediaKey) === true) continue
    const target = safeUrl(found?.expandedUrl) ?? safeUrl(url)
    add(found?.displayUrl ?? found?.expandedUrl ?? url, target)
  }
  add(text.slice(at))
  return parts
}

/** How days and hours are written. */
export interface Calendar {
  readonly zone: string
  readonly day: (millis: number) => string
  readonly hour: (millis: number) => string
}

const calendar = (timeZone: string | undefined): Calendar => {
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "full" })
  const hour = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "short" })
  return {
    zone: day.resolvedOptions().timeZone,
    day: (millis) => day.format(millis),
    hour: (millis) => hour.format(millis)
  }
}

/** A conversation to be told. */
export interface Told {
  readonly summary: ConversationSummary
  readonly title: string
  readonly isGroup: boolean
  /** Oldest first. */
  readonly events: Stream.Stream<ArchivedEvent, SqlError | ArchiveFailed>
}

/** What an export for people tells. */
export interface Story {
  readonly owner: string | undefined
  readonly calendar: Calendar
  /** Each of which something is to be told, the one with the newest event first. */
  readonly conversations: Stream.Stream<Told, SqlError | ArchiveFailed>
}

/** Prepares an export for people. */
export const story = (database: Database, { owner: given, pictures: _pictures, timeZone, ...filter }: ExportOptions) =>
  Effect.gen(function*() {
    const zoned = yield* Effect.try({
      try: () => calendar(timeZone),
      catch: () => {
        const problem = `cannot be exported: ${JSON.stringify(timeZone?.slice(0, 50))} is no time zone`
        return new ArchiveFailed({ reason: "InvalidInput", file: database.file, problem })
      }
    })
    const owner = given ?? Option.getOrUndefined(yield* Spans.owner(database.sql))
    const conversations = People.conversations(database, filter.conversation).pipe(
      Stream.mapEffect((summary) =>
        Effect.gen(function*() {
          const query = { ...filter, conversation: summary.id }
          const some = yield* Stream.runHead(Read.rows(database, { ...query, limit: 1 }))
          if (Option.isNone(some)) return []
          // Those who have left are still those whom it was with.
          const people = yield* People.participants(database, summary.id)
          return [{
            summary,
            title: titleOf(people, owner),
            isGroup: !summary.id.includes("-"),
            events: Read.events(database, { ...query, order: "oldest" })
          }]
        })
      ),
      Stream.mapConcat((told) => told)
    )
    return { owner, calendar: zoned, conversations } satisfies Story
  })
