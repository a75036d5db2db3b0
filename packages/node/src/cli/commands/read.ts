import { DirectMessages, type HydratedEvent, type Listing, type User } from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { count, json, whose } from "../Common.js"
import { line, note } from "../Printer.js"
import { provided } from "../Session.js"
import { eventLine, hydratedJson, namesOf, peopleOf } from "../Text.js"
import { eventOf, optional, untilOf } from "../When.js"
import * as Who from "../Who.js"

const options = {
  ...json,
  ...whose,
  who: Args.text({ name: "who" }).pipe(Args.withDescription(`Whose conversation: ${Who.explained}.`)),
  limit: count("limit", 20, "How many events, the newest ones. X bills each once a day."),
  all: Options.boolean("all").pipe(
    Options.withDescription("All that X has, newest first, as they come. Goes 30 days back.")
  ),
  before: Options.text("before").pipe(
    Options.withPseudoName("event"),
    Options.withDescription("Only what is older than this event: to read on, page by page, backward."),
    Options.optional
  ),
  since: Options.text("since").pipe(
    Options.withPseudoName("when"),
    Options.withDescription("Only what is not older: an event's id, a date, or a time ago like \"2 days\"."),
    Options.optional
  )
}

/** Reads on from where a page ended. */
const older = (options: { readonly emulator: boolean; readonly who: string }, oldest: string): string =>
  `Older: xdm ${options.emulator ? "--emulator " : ""}read ${options.who} --before ${oldest}`

export const read = Command.make("read", options, (options) =>
  Effect.gen(function*() {
    const asked = yield* Who.parse(options.who)
    const listing: Listing.ListingOptions = {
      limit: options.all ? undefined : options.limit,
      before: yield* optional(options.before, eventOf),
      until: yield* optional(options.since, untilOf)
    }
    const people = new Map<string, User.User>()
    const names = namesOf(people)
    const write = (hydrated: HydratedEvent) => {
      for (const person of peopleOf(hydrated)) people.set(person.id, person)
      return line(
        options.json ? JSON.stringify(hydratedJson(hydrated)) : eventLine(hydrated.event, names, hydrated.media)
      )
    }

    yield* Effect.gen(function*() {
      const dm = yield* DirectMessages
      const whom = yield* Who.resolve(asked)
      const events = "user" in whom
        ? dm.events.hydrated.participant(whom.user, listing)
        : dm.events.hydrated.conversation(whom.conversation, listing)
      if (options.all) return yield* Stream.runForEach(events, write)
      // As on a page of a book: the newest at the end.
      const found = [...yield* Stream.runCollect(events)].toReversed()
      yield* Effect.forEach(found, write, { discard: true })
      const oldest = found[0]?.event.id
      if (oldest === undefined) yield* Effect.zipRight(note("There is nothing to read here."), Who.hint(options.who))
      else if (!options.json && found.length === options.limit) yield* note(older(options, oldest))
    }).pipe(Effect.tapError(() => Who.hint(options.who)), provided(options))
  })).pipe(Command.withDescription("Read a conversation: its newest events, the newest at the end."))
