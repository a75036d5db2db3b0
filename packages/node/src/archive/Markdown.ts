/** Conversations as Markdown. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ArchivedEvent } from "./ArchiveModel.js"
import type { Database } from "./Database.js"
import type { ExportOptions } from "./ExportModel.js"
import * as Telling from "./Telling.js"

/** All that could mean something to a reader of Markdown, of HTML in it or of its extensions. */
const escape = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>#|~&$!]/g, "\\$&")
    // Only at the beginning of a line is each of these the beginning of a list, a line or a heading.
    .replace(/^(\s*)([-+=:]|\d+(?=[.)]))/gm, (_, space: string, mark: string) =>
      /\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`)
    // Four spaces would make a block of code.
    .replace(/^[ \t]+/gm, (space) =>
      "\u00A0".repeat(space.length))
    .replace(/\r\n?/g, "\n")
    // A line of its own within a paragraph; an empty one begins another.
    .replace(/([^\n])\n(?=[^\n])/g, "$1\\\n")

/** An address between pointed brackets may hold all but these. */
const target = (url: string): string => url.replace(/[<>\s]/g, encodeURIComponent)

const part = ({ text, url }: Telling.Part): string =>
  url === undefined ? escape(text) : `[${escape(text)}](<${target(url)}>)`

const deleted = ({ deletedAt }: ArchivedEvent): string =>
  Option.match(deletedAt, { onNone: () => "", onSome: (time) => ` · deleted by ${DateTime.formatIsoDate(time)}` })

const message = (archived: ArchivedEvent, hour: string): string => {
  const { event, media, posts, sender } = archived
  if (event._tag !== "MessageCreate") return `*${hour} · ${escape(Telling.happened(archived))}*\n\n`
  const missing = (event.attachments?.mediaKeys?.length ?? 0) - media.length
  const attached = [
    ...media.map((medium) => {
      const url = Telling.safeUrl(medium.url ?? medium.previewImageUrl)
      return part({ text: Telling.mediumOf(medium), url })
    }),
    ...missing > 0 ? [`${missing} more attached`] : [],
    ...posts.map((post) =>
      part({ text: `Post: ${post.text}`, url: `https://x.com/i/status/${encodeURIComponent(post.id)}` })
    )
  ].map((each) => `\n\n> ${each.replaceAll("\n", "\n> ")}`)
  const text = Telling.partsOf(event).map(part).join("")
  return `**${escape(Telling.nameOf(sender, event.senderId))}** ${hour}${deleted(archived)}\n\n${text}${
    attached.join("")
  }\n\n`
}

const conversation = ({ calendar }: Telling.Story) => ({ events, summary, title }: Telling.Told) =>
  Stream.concat(
    Stream.succeed(`# ${escape(title)}\n\nConversation ${summary.id}, times of ${calendar.zone}\n\n`),
    Stream.mapAccum(events, "", (last, archived) => {
      const millis = DateTime.toEpochMillis(archived.event.createdAt)
      const day = calendar.day(millis)
      return [day, `${day === last ? "" : `## ${day}\n\n`}${message(archived, calendar.hour(millis))}`]
    })
  )

/** All that is asked for, a conversation after the other. */
export const text = (database: Database, options: ExportOptions = {}) =>
  Stream.unwrap(
    Effect.map(Telling.story(database, options), (story) => Stream.flatMap(story.conversations, conversation(story)))
  )
