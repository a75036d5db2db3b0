import { ConversationId, UserId, Username } from "@effect-xdm/core"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Archive, type ArchiveFailed, type ArchiveService, toFile } from "../../archive/Archive.js"
import * as Archived from "../Archived.js"
import { archive, json, whose } from "../Common.js"
import { Usage } from "../Exit.js"
import { show } from "../Printer.js"
import * as Progress from "../Progress.js"
import { optional, untilOf } from "../When.js"

const formats = ["html", "md", "csv", "jsonl"] as const
type Format = (typeof formats)[number]

const options = {
  ...json,
  ...whose,
  ...archive,
  who: Options.text("who").pipe(
    Options.withDescription("Only one conversation: @name, a user's id, or a conversation's id. Default: all."),
    Options.optional
  ),
  format: Options.choice("format", formats).pipe(
    Options.withDescription(
      "How to write: html, a page to read; md, Markdown; csv, a table; or jsonl, all there is, to import again. Default: by the " +
        "end of the file's name, or html."
    ),
    Options.optional
  ),
  out: Options.text("out").pipe(
    Options.withAlias("o"),
    Options.withPseudoName("file"),
    Options.withDescription("The file to write. Default: standard output."),
    Options.optional
  ),
  pictures: Options.boolean("pictures").pipe(
    Options.withDescription("Show the pictures that `xdm sync --media` has kept within the page. With html.")
  ),
  since: Options.text("since").pipe(
    Options.withPseudoName("when"),
    Options.withDescription("Nothing older than this: an event's id, a date, or a time ago like \"2 days\"."),
    Options.optional
  )
}

const formatOf = (asked: Option.Option<Format>, out: Option.Option<string>): Effect.Effect<Format, Usage> => {
  if (Option.isSome(asked)) return Effect.succeed(asked.value)
  const file = Option.getOrElse(out, () => "")
  const ending = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase()
  const format = ending === undefined ? "html" : formats.find((format) => format === ending)
  return format === undefined
    ? Effect.fail(
      new Usage({ problem: `"${file}" ends in none of ${formats.join(", ")}: --format says how to write it.` })
    )
    : Effect.succeed(format)
}

/** The conversation of someone, among those of the archive. */
const conversationOf = (
  archive: ArchiveService,
  text: string
): Effect.Effect<ConversationId, Usage | ArchiveFailed> =>
  Effect.gen(function*() {
    const none = new Usage({
      problem: `the archive has no conversation with "${text}". \`xdm sync\` brings what is new.`
    })
    const given = text.replace(/^group:/, "")
    const user = /^[0-9]+$/.test(given)
      ? Option.some({ id: UserId.make(given) })
      : /^@?\w{1,15}$/.test(given)
      ? yield* archive.userByName(Username.make(given.replace(/^@/, "")))
      : Option.none()
    const found = yield* archive.conversations.pipe(
      Stream.filter(({ id }) =>
        id === given || (Option.isSome(user) && id.includes("-") && id.split("-").includes(user.value.id))
      ),
      Stream.runHead
    )
    return Option.isSome(found) ? found.value.id : yield* none
  })

export const exports = Command.make("export", options, (options) =>
  Effect.gen(function*() {
    const format = yield* formatOf(options.format, options.out)
    const archive = yield* Archive
    const filter = {
      conversation: yield* optional(options.who, (text) => conversationOf(archive, text)),
      since: yield* optional(options.since, untilOf)
    }
    const text = {
      html: archive.exportHtml,
      md: archive.exportMarkdown,
      csv: archive.exportCsv,
      jsonl: archive.exportJsonl
    }[format]({ ...filter, ...(format === "html" ? { pictures: options.pictures } : undefined) })
    if (Option.isNone(options.out)) {
      return yield* Stream.runForEach(text, (part) => Effect.sync(() => void process.stdout.write(part)))
    }
    const file = options.out.value
    let characters = 0
    const bytes = yield* Progress.during((progress) =>
      toFile(
        Stream.tap(text, (part) => {
          characters += part.length
          return progress.show(`${Math.round(characters / 1_000).toLocaleString("en-US")} kB written`)
        }),
        file
      )
    )
    yield* show(options, { file, format, bytes }, () => `The export is in ${file}.`)
  }).pipe(Effect.provide(Archived.layer(options, true)))).pipe(
    Command.withDescription("Write the messages of the archive to a file that others can read.")
  )
