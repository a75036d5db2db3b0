import { Credentials, DirectMessages } from "@effect-xdm/core"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json, whose } from "../Common.js"
import { show } from "../Printer.js"
import { provided } from "../Session.js"
import { nameOf, userJson } from "../Text.js"

export const whoami = Command.make("whoami", { ...json, ...whose }, (options) =>
  Effect.gen(function*() {
    const dm = yield* DirectMessages
    const credentials = yield* Credentials
    const me = yield* dm.getMe()
    const scopes = Option.getOrUndefined(yield* credentials.scopes)
    yield* show(options, { ...userJson(me), account: credentials.account, ...(scopes && { scopes }) }, () =>
      `${nameOf(me)} (${me.name}), id ${me.id}, as the account "${credentials.account}"` +
      (scopes === undefined ? "" : `\nmay: ${scopes.join(", ")}`))
  }).pipe(provided(options))).pipe(
    Command.withDescription("Show who is logged in, and what the log-in may do.")
  )
