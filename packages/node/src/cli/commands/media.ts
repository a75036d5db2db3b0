import { DirectMessages } from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as MediaFile from "../../MediaFile.js"
import { json, whose } from "../Common.js"
import { show } from "../Printer.js"
import * as Progress from "../Progress.js"
import { provided } from "../Session.js"
import { sizeText } from "../Text.js"
import { eventOf } from "../When.js"

const options = {
  ...json,
  ...whose,
  event: Args.text({ name: "event" }).pipe(Args.withDescription("The event's id, as `xdm read --json` shows it.")),
  out: Options.directory("out", { exists: "either" }).pipe(
    Options.withAlias("o"),
    Options.withPseudoName("folder"),
    Options.withDescription("Where to put the files. Default: the working folder."),
    Options.withDefault(".")
  ),
  overwrite: Options.boolean("overwrite").pipe(
    Options.withDescription("Replace files that are there already. Default: they are left, and the command fails.")
  )
}

export const media = Command.make("media", options, (options) =>
  Effect.gen(function*() {
    const eventId = yield* eventOf(options.event)
    const saved = yield* Effect.gen(function*() {
      const dm = yield* DirectMessages
      const { event, includes } = yield* dm.getEventsById({
        eventId,
        expansions: ["attachments.media_keys"],
        mediaFields: ["media_key", "type", "url", "variants"]
      })
      const count = event._tag === "MessageCreate" ? event.attachments?.mediaKeys?.length ?? 0 : 0
      return yield* Progress.during((progress) =>
        Effect.forEach(Array.from({ length: Math.max(1, count) }), (_, index) =>
          Effect.zipRight(
            progress.show(`fetching ${index + 1} of ${Math.max(1, count)}`, index / Math.max(1, count)),
            MediaFile.save({ event, media: includes.media }, {
              folder: options.out,
              index,
              overwrite: options.overwrite
            })
          ))
      )
    }).pipe(provided(options))
    yield* Effect.forEach(saved, ({ path, size, type }) =>
      show(options, { path, type, size }, () => `${path} (${type}, ${sizeText(size)})`), { discard: true })
  })).pipe(Command.withDescription("Fetch the pictures and videos of a message, as files."))
