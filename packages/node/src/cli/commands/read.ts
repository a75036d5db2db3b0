import {
  DirectMessages,
  Hydrated,
  type HydratedEvent,
  type Listings,
  Merge,
  PageToken,
  type User
} from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { count, json, whose } from "../Common.js"
import { Usage } from "../Exit.js"
import { line, note } from "../Printer.js"
import { provided } from "../Session.js"
import { eventLine, hydratedJson, namesOf, peopleOf, placedLine } from "../Text.js"
import { eventOf, optional, untilOf } from "../When.js"
import * as Who from "../Who.js"

const options = {
  ...json,
  ...whose,
  who: Args.text({ name: "who" }).pipe(
    Args.withDescription(`Whose conversation: ${Who.explained}. Several are read as one.`),
    Args.atLeast(1)
  ),
  limit: count("limit", 20, "How many events, the newest ones. X bills each once a day."),
  all: Options.boolean("all").pipe(
    Options.withDescription("All that X has, newest first, as they come. Goes 30 days back.")
  ),
  page: Options.text("page").pipe(
    Options.withPseudoName("token"),
    Options.withDescription("Read on where the last page ended: the token that it gave."),
    Options.optional
  ),
  before: Options.text("before").pipe(
    Options.withPseudoName("event"),
    Options.withDescription("Only what is older than this event. X gives all that is newer first, and bills it."),
    Options.optional
  ),
  since: Options.text("since").pipe(
    Options.withPseudoName("when"),
    Options.withDescription("Only what is not older: an event's id, a date, or a time ago like \"2 days\"."),
    Options.optional
  )
}

/** Reads on from where a page ended. */
const older = (
  { emulator, limit, who }: { readonly emulator: boolean; readonly who: ReadonlyArray<string>; readonly limit: number },
  token: string
) => `Older: xdm ${emulator ? "--emulator " : ""}read ${who.join(" ")} --limit ${limit} --page ${token}`

const tokenOf = (text: string): Effect.Effect<PageToken, Usage> =>
  Option.match(Schema.decodeOption(PageToken)(text), {
    onNone: () => Effect.fail(new Usage({ problem: `"${text}" is no token of a page, which \`xdm read\` gives.` })),
    onSome: Effect.succeed
  })

export const read = Command.make("read", options, (options) =>
  Effect.gen(function*() {
    const asked = yield* Effect.forEach(options.who, Who.parse)
    const isOne = asked.length === 1
    if (!isOne && Option.isSome(options.page)) {
      return yield* Effect.fail(new Usage({ problem: "--page is of one conversation, and takes one <who>." }))
    }
    const listing = Hydrated.expanded({
      limit: options.all ? undefined : options.limit,
      pageSize: options.all ? undefined : Math.min(100, options.limit),
      resumeFrom: yield* optional(options.page, tokenOf),
      before: yield* optional(options.before, eventOf),
      until: yield* optional(options.since, untilOf)
    })
    const people = new Map<string, User.User>()
    const names = namesOf(people)
    const meet = (hydrated: HydratedEvent) => {
      for (const person of peopleOf(hydrated)) people.set(person.id, person)
    }
    const write = (hydrated: HydratedEvent) => {
      meet(hydrated)
      return line(
        options.json
          ? JSON.stringify(hydratedJson(hydrated))
          : (isOne ? eventLine : placedLine)(hydrated.event, names, hydrated.media)
      )
    }

    const hints = Effect.forEach(options.who, Who.hint, { discard: true })

    yield* Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const whom = yield* Effect.forEach(asked, Who.resolve)
      const of = <A>(listings: Listings<A>) =>
        whom.map((who) =>
          "user" in who ? listings.participant(who.user, listing) : listings.conversation(who.conversation, listing)
        )
      const timeline = Stream.mapError(Merge.newestFirst(of(events.hydrated)), ({ reason }) => reason)
      if (options.all) return yield* Stream.runForEach(timeline, write)
      // Whole pages have the token of the next, and no bounds.
      const isWhole = isOne && listing.before === undefined && listing.until === undefined
      const pages = isWhole ? [...yield* Stream.runCollect(Stream.concatAll(Chunk.fromIterable(of(events.pages))))] : []
      const found = isWhole
        ? pages.flatMap((page) => page.events.map((event) => Hydrated.hydrate(event, page.includes)))
        : [...yield* Stream.runCollect(Stream.take(timeline, options.limit))]
      // Whom later lines name, the first ones can name too.
      found.forEach(meet)
      // As on a page of a book: the newest at the end.
      yield* Effect.forEach(found.toReversed(), write, { discard: true })
      const next = pages.at(-1)?.meta.nextToken
      if (found.length === 0) yield* Effect.zipRight(note("There is nothing to read here."), hints)
      else if (!options.json && next !== undefined) yield* note(older(options, next))
    }).pipe(Effect.tapError(() => hints), provided(options))
  })).pipe(Command.withDescription("Read conversations: their newest events, the newest at the end."))
