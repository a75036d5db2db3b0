import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Archive, type SyncProgress } from "../../archive/Archive.js"
import * as Archived from "../Archived.js"
import { archive, json, whose } from "../Common.js"
import { note, show } from "../Printer.js"
import * as Progress from "../Progress.js"
import * as Session from "../Session.js"
import { counted, time } from "../Text.js"
import { lasting, optional, untilOf } from "../When.js"

const options = {
  ...json,
  ...whose,
  ...archive,
  until: Options.text("until").pipe(
    Options.withPseudoName("when"),
    Options.withDescription("How far back: an event's id, a date, or a time ago like \"2 days\". Default: 30 days."),
    Options.optional
  ),
  media: Options.boolean("media").pipe(
    Options.withDescription("Keep pictures, GIFs and videos as well, as files in a folder beside the archive.")
  ),
  follow: Options.boolean("follow").pipe(
    Options.withDescription("Go on with what is new as it comes, until Ctrl-C.")
  ),
  every: Options.text("every").pipe(
    Options.withPseudoName("time"),
    Options.withDescription("With --follow: how long from one look to the next. Default: a minute."),
    Options.optional
  ),
  recheck: Options.text("recheck").pipe(
    Options.withPseudoName("when"),
    Options.withDescription("Read this far back once more, and mark as deleted what X has no more. X bills it again."),
    Options.optional
  )
}

/** How much of the way back is done: the way from now to where it wants to go. */
const partOf = ({ reached, until }: SyncProgress): number | undefined =>
  Option.match(reached, {
    onNone: () => undefined,
    onSome: (at) => {
      const [now, goal] = [Date.now(), DateTime.toEpochMillis(until)]
      return (now - DateTime.toEpochMillis(at)) / Math.max(1, now - goal)
    }
  })

const textOf = (progress: SyncProgress): string => {
  const { added, failure, files, phase, reached, read } = progress
  if (Option.isSome(failure)) return `trying again: ${failure.value.reason.message}`
  if (phase === "media") return `${counted(files, "file")} fetched`
  const back = Option.match(reached, { onNone: () => "", onSome: (at) => `, back to ${time(at)}` })
  return phase === "follow" ? `${added} new, waiting for more` : `${counted(read, "event")}, ${added} new${back}`
}

export const sync = Command.make("sync", options, (options) =>
  Effect.gen(function*() {
    const [until, recheck] = [yield* optional(options.until, untilOf), yield* optional(options.recheck, untilOf)]
    const every = yield* optional(options.every, lasting)
    const archive = yield* Archive
    const done = yield* Progress.during((progress) =>
      archive.sync({
        until,
        recheck,
        every,
        follow: options.follow,
        media: options.media,
        onProgress: (now) =>
          progress.show(textOf(now), now.phase === "follow" || now.phase === "media" ? undefined : partOf(now))
      })
    )
    const { events } = yield* archive.stats
    yield* show(
      options,
      {
        file: archive.file,
        requests: done.requests,
        read: done.read,
        added: done.added,
        deleted: done.deleted,
        ...(options.media ? { files: done.files, missing_files: done.missingFiles } : undefined),
        events
      },
      () =>
        `${counted(done.added, "new event")} of ${done.read} that were read, in ${
          counted(done.requests, "request")
        }. ` +
        `The archive has ${counted(events, "event")}: ${archive.file}` +
        (done.deleted === 0 ? "" : `\nDeleted at X: ${counted(done.deleted, "event")}.`) +
        (options.media ? `\nFetched: ${counted(done.files, "file")}.` : "") +
        (done.missingFiles === 0 ? "" : ` Not given by X: ${done.missingFiles}.`)
    )
  }).pipe(
    Effect.onInterrupt(() => note("\nStopped. All that was read is kept; the next sync goes on there.")),
    Effect.provide(Layer.merge(Archived.layer(options), Session.layer(options)))
  )).pipe(
    Command.withDescription(
      "Keep all messages in an archive on this machine. X forgets after 30 days, the archive does not."
    )
  )
