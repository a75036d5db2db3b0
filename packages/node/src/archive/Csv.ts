/** A table of events, by RFC 4180. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ArchivedEvent, Filter } from "./ArchiveModel.js"
import type { Database } from "./Database.js"
import * as Read from "./Read.js"
import { mediumOf } from "./Telling.js"

const columns = [
  "id",
  "created_at",
  "conversation_id",
  "type",
  "sender_id",
  "sender_username",
  "sender_name",
  "text",
  "media",
  "post_ids",
  "participant_ids",
  "deleted_at"
]

/** What spreadsheets take for the beginning of a formula, which could call out or run something. */
const formula = /^[=+\-@\t\r\n]/

const field = (value: string): string => {
  const harmless = formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll("\"", "\"\"")}"` : harmless
}

const line = (values: ReadonlyArray<string>): string => `${values.map(field).join(",")}\r\n`

const row = ({ deletedAt, event, media, sender }: ArchivedEvent): string => {
  const message = event._tag === "MessageCreate" ? event : undefined
  return line([
    event.id,
    DateTime.formatIso(event.createdAt),
    event.dmConversationId ?? "",
    event._tag === "UnknownEvent" ? event.eventType ?? "" : event._tag,
    event.senderId ?? "",
    Option.match(sender, { onNone: () => "", onSome: ({ username }) => username }),
    Option.match(sender, { onNone: () => "", onSome: ({ name }) => name }),
    message?.text ?? "",
    (message?.attachments?.mediaKeys ?? []).map((key) => {
      const known = media.find(({ mediaKey }) => mediaKey === key)
      return known === undefined ? key : `${key} ${mediumOf(known)}`
    }).join("; "),
    (message?.referencedPosts ?? []).map(({ id }) => id).join(" "),
    event._tag === "UnknownEvent" ? "" : (event.participantIds ?? []).join(" "),
    Option.match(deletedAt, { onNone: () => "", onSome: DateTime.formatIso })
  ])
}

/** A row an event, oldest first, after one of names. */
export const rows = (database: Database, filter: Filter = {}) =>
  Stream.concat(
    Stream.succeed(line(columns)),
    Stream.map(Read.events(database, { ...filter, order: "oldest" }), row)
  )
