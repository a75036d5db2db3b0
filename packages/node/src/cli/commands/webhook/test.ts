import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as App from "../../App.js"
import { json } from "../../Common.js"
import * as Exit from "../../Exit.js"
import { show } from "../../Findings.js"
import { reachable, urlOf, usual } from "../../Webhooks.js"

const options = {
  ...json,
  emulator: Options.boolean("emulator").pipe(
    Options.withDescription("Sign as the emulator does, for a server that listens for it.")
  ),
  url: Args.text({ name: "url" }).pipe(
    Args.withDescription(
      `The URL to try, http or https. Default: ${urlOf(usual)}, where \`xdm webhook serve\` listens.`
    ),
    Args.withDefault(urlOf(usual))
  )
}

export const test = Command.make("test", options, (options) =>
  Effect.gen(function*() {
    const url = yield* reachable(options.url)
    const secret = yield* App.secret(options.emulator)
    const { check } = yield* Effect.promise(() => import("../../Checking.js"))
    const findings = yield* check(url, secret)
    yield* Effect.forEach(findings, (finding) => show(finding, { json: options.json, width: 9 }))
    if (findings.some(({ ok }) => !ok)) return yield* new Exit.Ended({ code: 1 })
  })).pipe(
    Command.withDescription(
      "Try a server as X would: a challenge, a delivery, and two that are not X's and must be refused. Exit code 1 if " +
        "one of them goes wrong. The server gets one message, marked as a test, from a user @xdm_test who does not exist."
    )
  )
