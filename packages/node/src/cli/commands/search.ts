import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Archive, type Hit } from "../../archive/Archive.js"
import * as Archived from "../Archived.js"
import { archive, count, json, whose } from "../Common.js"
import { harmless, line, note, styled } from "../Printer.js"
import { counted, hydratedJson, namesOf, peopleOf, placedLine } from "../Text.js"
import { optional, untilOf } from "../When.js"

const options = {
  ...json,
  ...whose,
  ...archive,
  words: Args.text({ name: "words" }).pipe(
    Args.withDescription("What to look for: all of the words, \"a phrase\" in quotes, or the begin* of a word."),
    Args.atLeast(1)
  ),
  limit: count("limit", 20, "How many messages at most."),
  newest: Options.boolean("newest").pipe(
    Options.withDescription("The newest first, in place of those that fit best.")
  ),
  since: Options.text("since").pipe(
    Options.withPseudoName("when"),
    Options.withDescription("Nothing older than this: an event's id, a date, or a time ago like \"2 days\"."),
    Options.optional
  )
}

/** The snippet with what was found in bold. */
const marked = ({ marks, snippet }: Hit): string => {
  let text = ""
  let at = 0
  for (const { end, start } of marks) {
    text += harmless(snippet.slice(at, start)) + styled("bold", harmless(snippet.slice(start, end)))
    at = end
  }
  return text + harmless(snippet.slice(at))
}

const hitLine = (hit: Hit): string => {
  const names = namesOf(new Map(peopleOf(hit).map((user) => [user.id, user])))
  const deleted = Option.isSome(hit.deletedAt) ? styled("dim", "  (deleted)") : ""
  return placedLine(hit.event, names, hit.media, `${marked(hit)}${deleted}`)
}

export const search = Command.make("search", options, (options) =>
  Effect.gen(function*() {
    const archive = yield* Archive
    const since = yield* optional(options.since, untilOf)
    let found = 0
    const order = options.newest ? "newest" : "relevance"
    // One more than is shown, to see whether there are more.
    yield* archive.search(options.words.join(" "), { limit: options.limit + 1, order, since }).pipe(
      Stream.runForEach((hit) => {
        if (++found > options.limit) {
          return options.json ? Effect.void : note(`There are more than these ${options.limit}: --limit shows them.`)
        }
        return line(
          options.json
            // An event is an object in X's JSON.
            ? JSON.stringify({ ...hydratedJson(hit) as object, snippet: hit.snippet, marks: hit.marks })
            : hitLine(hit)
        )
      })
    )
    if (options.json || found > 0) return
    const { events } = yield* archive.stats
    yield* note(
      events === 0
        ? `The archive is empty: fill it with \`xdm ${options.emulator ? "--emulator " : ""}sync\`.`
        : `Nothing of that is in the ${counted(events, "event")} of the archive.`
    )
  }).pipe(Effect.provide(Archived.layer(options, true)))).pipe(
    Command.withDescription("Search all messages of the archive. Asks X nothing, and costs nothing.")
  )
