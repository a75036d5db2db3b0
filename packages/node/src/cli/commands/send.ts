import { DirectMessages } from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json, whose } from "../Common.js"
import * as Input from "../Input.js"
import { show } from "../Printer.js"
import { provided } from "../Session.js"
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
    Args.withDescription("The message. Default: what comes from standard input."),
    Args.optional
  ),
  reconcile
}

/** What X has made of a message. */
export const createdJson = (created: { readonly dmEventId: string; readonly dmConversationId: string }) => ({
  dm_conversation_id: created.dmConversationId,
  dm_event_id: created.dmEventId
})

export const send = Command.make("send", options, (options) =>
  Effect.gen(function*() {
    const asked = yield* Who.parse(options.who)
    const text = Option.isSome(options.text) ? options.text.value : yield* Input.text("the text of the message")
    const created = yield* Effect.flatMap(DirectMessages, (dm) =>
      Effect.flatMap(Who.resolve(asked), (whom) => dm.send(whom, { text }, { reconcile: options.reconcile }))).pipe(
        Effect.tapErrorTag("NotFound", () =>
          Who.hint(options.who)),
        provided(options)
      )
    yield* show(options, createdJson(created), () => `Sent to ${options.who}, as the event ${created.dmEventId}.`)
  })).pipe(
    Command.withDescription("Send a message, at most once; with --reconcile exactly once, as far as anyone can know.")
  )
