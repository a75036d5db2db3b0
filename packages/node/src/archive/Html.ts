/** Conversations as one page of HTML, which needs nothing but itself. */
import type { SqlError } from "@effect/sql/SqlError"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import type { ArchivedEvent } from "./ArchiveModel.js"
import type { Database } from "./Database.js"
import type { ExportOptions } from "./ExportModel.js"
import * as Files from "./Files.js"
import { style } from "./HtmlStyle.js"
import * as Telling from "./Telling.js"

const entities: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}

/** Text as text, in an element or in the quotes of an attribute; control characters, which HTML has none of, become U+FFFD. */
const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (found) => entities[found] ?? "").replace(/(?![\t\n\r])\p{Cc}/gu, "\uFFFD")

/** Nothing is loaded, run or sent, whatever a message holds: the one style is known by its hash. */
const policy = (pictures: boolean) =>
  `default-src 'none'; ${pictures ? "img-src data:; " : ""}style-src 'sha256-${
    createHash("sha256").update(style).digest("base64")
  }'; base-uri 'none'; form-action 'none'`

const head = (title: string, pictures: boolean) =>
  `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy(pictures))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
`

const foot = "</main>\n</body>\n</html>\n"

const link = (url: string | undefined, text: string): string =>
  url === undefined
    ? escape(text)
    : `<a href="${escape(url)}" target="_blank" rel="noopener noreferrer nofollow">${escape(text)}</a>`

/** One of eight colours, the same for the same person. */
const colour = (id: string): string => `c${[...id].reduce((sum, digit) => sum + digit.charCodeAt(0), 0) % 8}`

const attached = (text: string, url: string | undefined, label: string): string =>
  `<p class="attached" dir="auto">${escape(text)}${url === undefined ? "" : link(url, label)}</p>`

/** What the event before this one was, so far as it matters to how this one looks. */
interface Before {
  readonly day: string
  readonly sender: string | undefined
  readonly millis: number
}

const nothing: Before = { day: "", sender: undefined, millis: 0 }

/** Messages of one person that follow each other so closely belong together. */
const together = 5 * 60_000

/** Pictures by the keys of their media, as addresses that hold them. */
type Pictures = ReadonlyMap<string, string>

const picture = (source: string, text: string): string => `<img class="picture" src="${source}" alt="${escape(text)}">`

const contentOf = ({ media, posts, event }: ArchivedEvent, pictures: Pictures): string => {
  if (event._tag !== "MessageCreate") return ""
  const text = Telling.partsOf(event).map(({ text, url }) => link(url, text)).join("").trim()
  const missing = (event.attachments?.mediaKeys?.length ?? 0) - media.length
  return [
    text === "" ? "" : `<p class="text" dir="auto">${text}</p>`,
    ...media.map((medium) => {
      const shown = pictures.get(medium.mediaKey)
      return shown !== undefined
        ? picture(shown, Telling.mediumOf(medium))
        : attached(Telling.mediumOf(medium), Telling.safeUrl(medium.url ?? medium.previewImageUrl), "Open at X")
    }),
    missing > 0 ? attached(`${missing} attached that the archive knows nothing more of`, undefined, "") : "",
    ...posts.map(({ id, text }) => attached(text, `https://x.com/i/status/${encodeURIComponent(id)}`, "Post at X"))
  ].join("")
}

const render = (
  { calendar, owner }: Telling.Story,
  isGroup: boolean,
  before: Before,
  archived: ArchivedEvent,
  pictures: Pictures
): readonly [Before, string] => {
  const { deletedAt, event, sender } = archived
  const millis = DateTime.toEpochMillis(event.createdAt)
  const day = calendar.day(millis)
  const time = `<time datetime="${DateTime.formatIso(event.createdAt)}">${calendar.hour(millis)}</time>`
  const separator = day === before.day ? "" : `<h2 class="day">${escape(day)}</h2>\n`
  if (event._tag !== "MessageCreate") {
    const line = `<p class="event">${escape(Telling.happened(archived))} · ${time}</p>\n`
    return [{ day, sender: undefined, millis }, separator + line]
  }
  const mine = event.senderId !== undefined && event.senderId === owner
  const first = separator !== "" || before.sender !== event.senderId || millis - before.millis > together
  const marks = [
    "message",
    ...mine ? ["mine"] : [],
    ...first ? ["first"] : [],
    ...Option.isSome(deletedAt) ? ["deleted"] : []
  ]
  const who = first && !mine && isGroup
    ? `<p class="who ${colour(event.senderId ?? "")}"><bdi>${escape(Telling.nameOf(sender, event.senderId))}</bdi></p>`
    : ""
  const deleted = Option.match(deletedAt, {
    onNone: () => "",
    onSome: (at) => `deleted, noticed ${escape(calendar.day(DateTime.toEpochMillis(at)))} · `
  })
  return [
    { day, sender: event.senderId, millis },
    `${separator}<div class="${marks.join(" ")}">${who}<div class="bubble">${
      contentOf(archived, pictures)
    }<p class="meta">${deleted}${time}</p></div></div>\n`
  ]
}

const people = ({ isGroup, summary }: Telling.Told, { calendar, owner }: Telling.Story): string => {
  const names = summary.participants.filter(({ id }) => id !== owner).flatMap(({ user }) =>
    Option.match(user, { onNone: () => [], onSome: ({ username }) => [`@${username}`] })
  )
  const shown = isGroup ? names.slice(0, 12).join(" ") : names.join(" ")
  return `${shown}${shown === "" ? "" : " · "}${
    summary.messages.toLocaleString("en")
  } messages · times of ${calendar.zone}`
}

type PicturesOf = (archived: ArchivedEvent) => Effect.Effect<Pictures, SqlError>

const noPictures: Pictures = new Map()

const section = (story: Telling.Story, picturesOf: PicturesOf) => (told: Telling.Told) =>
  Stream.concat(
    Stream.succeed(
      `<section id="c${escape(told.summary.id)}">\n<header><h1><bdi>${escape(told.title)}</bdi></h1><p>${
        escape(people(told, story))
      }</p></header>\n`
    ),
    Stream.concat(
      told.events.pipe(
        Stream.mapEffect((archived) => Effect.map(picturesOf(archived), (pictures) => ({ archived, pictures }))),
        Stream.mapAccum(nothing, (before, { archived, pictures }) =>
          render(story, told.isGroup, before, archived, pictures))
      ),
      Stream.succeed("</section>\n")
    )
  )

const contents = (story: Telling.Story) =>
  Stream.concat(
    Stream.succeed("<nav><h1>Messages</h1><ol>\n"),
    Stream.concat(
      Stream.map(story.conversations, ({ summary, title }) =>
        `<li><a href="#c${escape(summary.id)}"><bdi>${escape(title)}</bdi></a></li>\n`),
      Stream.succeed("</ol></nav>\n")
    )
  )

/** One conversation, or all of them after a list of their names. */
export const page = (database: Database, options: ExportOptions = {}) =>
  Stream.unwrap(Effect.gen(function*() {
    const story = yield* Telling.story(database, options)
    const one = options.conversation === undefined ? Option.none() : yield* Stream.runHead(story.conversations)
    const { pictures = false } = options
    const picturesOf: PicturesOf = pictures
      ? (archived) => Files.pictures(database, archived)
      : () => Effect.succeed(noPictures)
    const title = Option.match(one, { onNone: () => "Messages", onSome: ({ title }) => title })
    const parts = [
      Stream.succeed(head(title, pictures)),
      ...options.conversation === undefined ? [contents(story)] : [],
      Stream.flatMap(story.conversations, section(story, picturesOf)),
      Stream.succeed(foot)
    ]
    return Stream.flatten(Stream.fromIterable(parts))
  }))
