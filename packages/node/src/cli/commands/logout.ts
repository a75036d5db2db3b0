import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { json, whose } from "../Common.js"
import { place } from "../Logins.js"
import { show } from "../Printer.js"

export const logout = Command.make("logout", { ...json, account: whose.account }, (options) =>
  Effect.gen(function*() {
    const { app, layer } = yield* place({ account: options.account, clientId: undefined })
    const Login = yield* Effect.promise(() => import("../../Login.js"))
    const was = yield* Effect.provide(Login.logout(app), layer)
    const account = app.account ?? "default"
    yield* show(options, { account, logged_out: was }, () =>
      was
        ? `The account "${account}" is logged out, and X takes its tokens no more.`
        : `The account "${account}" was not logged in.`)
  })).pipe(Command.withDescription("Log out: X forgets the tokens, and this machine does."))
