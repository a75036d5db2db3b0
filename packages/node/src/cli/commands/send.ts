import { DirectMessages, type UploadProgress } from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as MediaFile from "../../MediaFile.js"
import { json, whose } from "../Common.js"
import * as Input from "../Input.js"
import { show } from "../Printer.js"
import * as Progress from "../Progress.js"
import { provided } from "../Session.js"
import { sizeText } from "../Text.js"
import * as Who from "../Who.js"

export const reconcile = Options.boolean("reconcile").pipe(
  Options.withDescription(
    "If the network fails and nobody knows whether it was sent: look for it, and send it again if it is not there."
  )
)

const options = {
  ...json,
  ...whose,
  who: Args.text({ name: "who" }).pipe(Args.withDescription(`To whom: ${Who.explained}.`)),
  text: Args.text({ name: "text" }).pipe(
    Args.withDescription("The message. Default: what comes from standard input, or nothing with --media."),
    Args.optional
  ),
  media: Options.text("media").pipe(
    Options.withPseudoName("file"),
    Options.withDescription("A picture, GIF or video to send along."),
    Options.optional
  ),
  reconcile
}

/** How far an upload has come, in words and as a part. */
const shown = ({ percent, phase, sent, total }: UploadProgress): readonly [text: string, part: number | undefined] =>
  phase === "sending"
    ? [`${sizeText(sent)} of ${sizeText(total)} sent`, sent / total]
    : ["X is processing the file", percent === undefined ? undefined : percent / 100]

/** What X has made of a message. */
export const createdJson = (created: { readonly dmEventId: string; readonly dmConversationId: string }) => ({
  dm_conversation_id: created.dmConversationId,
  dm_event_id: created.dmEventId
})

export const send = Command.make("send", options, (options) =>
  Effect.gen(function*() {
    const asked = yield* Who.parse(options.who)
    const media = Option.isSome(options.media) ? yield* MediaFile.source(options.media.value) : undefined
    const text = Option.isSome(options.text) || media !== undefined
      ? Option.getOrUndefined(options.text)
      : yield* Input.text("the text of the message")
    const created = yield* Effect.flatMap(DirectMessages, (dm) =>
      Effect.flatMap(Who.resolve(asked), (whom) =>
        media === undefined
          ? dm.send(whom, { text: text ?? "" }, { reconcile: options.reconcile })
          : Progress.during((progress) =>
            dm.send(whom, { text, media }, {
              reconcile: options.reconcile,
              upload: {
                onProgress: (now) =>
                  progress.show(...shown(now))
              }
            })
          ))).pipe(
        Effect.tapErrorTag("NotFound", () =>
          Who.hint(options.who)),
        provided(options)
      )
    yield* show(options, createdJson(created), () => `Sent to ${options.who}, as the event ${created.dmEventId}.`)
  })).pipe(
    Command.withDescription("Send a message, at most once; with --reconcile exactly once, as far as anyone can know.")
  )
