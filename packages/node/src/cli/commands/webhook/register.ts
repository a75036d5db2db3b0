import { DirectMessages } from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Environment from "../../../Environment.js"
import { json, runningEmulator, whose } from "../../Common.js"
import { Ended } from "../../Exit.js"
import { note, show } from "../../Printer.js"
import type { Done } from "../../Registering.js"
import { environmental, provided } from "../../Session.js"
import { nameOf } from "../../Text.js"
import { deliverable } from "../../Webhooks.js"

const options = {
  ...json,
  ...whose,
  ...runningEmulator,
  url: Args.text({ name: "url" }).pipe(
    Args.withDescription("Where X shall deliver to: an https URL without a port, whose server runs already.")
  )
}

/** Loaded by those who ask for it, for a command must start at once. */
const registering = Effect.promise(() => import("../../Registering.js"))

const words: { readonly [D in Done]: string } = {
  created: "new",
  moved: "was elsewhere before",
  found: "was there already"
}

const afterRefusal = (url: string, emulator: boolean) =>
  note(
    "X asks a server a question before it takes its URL, and takes few URLs. " +
      `\`xdm webhook test ${url}${
        emulator ? " --emulator" : ""
      }\` shows how the server answers, \`xdm webhook list\` what is registered.`
  )

export const register = Command.make("register", options, (options) =>
  Effect.gen(function*() {
    const { baseUrl } = yield* Effect.provide(Environment.means, environmental)
    // Where the API itself has no TLS, it is an emulator's.
    const url = yield* deliverable(options.url, options.emulator || (baseUrl ?? "").startsWith("http:"))
    const { layer, register, subscriptionJson, webhookJson } = yield* registering
    const { me, registered } = yield* Effect.gen(function*() {
      const { getMe } = yield* DirectMessages
      const me = yield* getMe()
      return { me, registered: yield* register({ url, userId: me.id }) }
    }).pipe(
      Effect.tapErrorTag("BadRequest", () => options.json ? Effect.void : afterRefusal(url, options.emulator)),
      Effect.provide(layer(options.emulator)),
      provided(options)
    )
    const { done, subscriptions, webhook } = registered
    const delivers = webhook.valid !== false
    yield* show(options, {
      webhook: { ...webhookJson(webhook), done },
      subscriptions: subscriptions.map((each) => ({ ...subscriptionJson(each.subscription), done: each.done }))
    }, () =>
      [
        `${delivers ? "X delivers to" : "X delivers no more to"} ${url} (webhook ${webhook.id}, ${words[done]})`,
        `what happens in the inbox of ${nameOf(me)}:`,
        ...subscriptions.map((each) => `  ${each.subscription.eventType} (${words[each.done]})`)
      ].join("\n"))
    if (delivers) return
    yield* note(`X asked ${url} its question, and it did not answer rightly. \`xdm webhook test ${url}\` shows why.`)
    return yield* new Ended({ code: 4 })
  })).pipe(
    Command.withDescription(
      "Have X deliver the messages of your account to a URL. Makes the webhook and the subscriptions that are missing, " +
        "and mends those that are wrong. Done twice, it is as done once. Needs the app's bearer token in X_BEARER_TOKEN."
    )
  )
