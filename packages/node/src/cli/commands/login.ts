import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { json, port, whose } from "../Common.js"
import { line } from "../Input.js"
import { place } from "../Logins.js"
import { note, show } from "../Printer.js"
import { nameOf, userJson } from "../Text.js"

const options = {
  ...json,
  account: whose.account,
  clientId: Options.text("client-id").pipe(
    Options.withPseudoName("id"),
    Options.withDescription("The client id of your app, from X's developer portal. Default: X_CLIENT_ID."),
    Options.optional,
    Options.map(Option.getOrUndefined)
  ),
  noBrowser: Options.boolean("no-browser").pipe(
    Options.withDescription("Print the address, to be opened on another machine, and ask for where it ended.")
  ),
  port: port(8723, "The port of this machine to which X sends you back; the app's callback URL must name it."),
  scopes: Options.text("scope").pipe(
    Options.withDescription("What the app may do, once for each scope. Default: read and write messages."),
    Options.repeated
  )
}

export const login = Command.make("login", options, (options) =>
  Effect.gen(function*() {
    const { account, clientId, noBrowser, scopes } = options
    const { app, layer, tokenFile } = yield* place({ account, clientId })
    const Login = yield* Effect.promise(() => import("../../Login.js"))
    const paste = (url: URL) =>
      Effect.zipRight(
        note(
          `Open this address in a browser, and allow the app:\n\n${url.href}\n\n` +
            "It ends at an address of 127.0.0.1 that cannot be opened. Copy that address, and paste it here."
        ),
        Effect.filterOrFail(line("> "), (text) => text.trim() !== "", () =>
          new Login.LoginFailed({ reason: "NoBrowser", problem: "Nothing was pasted, so nobody is logged in." }))
      )
    const open = (url: URL) =>
      Effect.zipRight(
        note(`Your browser opens. If it does not, open this address, or use --no-browser:\n\n${url.href}\n`),
        // Whoever has no browser here can open the address by hand.
        Effect.ignore(Login.openBrowser(url))
      )
    const found = yield* Login.login({
      ...app,
      port: options.port,
      scopes: scopes.length === 0 ? undefined : scopes,
      ...(noBrowser ? { paste } : { open })
    }).pipe(Effect.provide(layer))
    const { scopes: granted, user } = found
    const who = Either.getOrUndefined(user)
    const json = { account: found.account, scopes: granted, lasts: found.lasts, ...(who && { user: userJson(who) }) }
    yield* show(options, json, () =>
      `You are logged in${who === undefined ? "" : ` as ${nameOf(who)} (${who.name})`}, and may: ${
        granted.join(", ")
      }` +
      `\nThe log-in is kept in ${tokenFile}, for you alone` +
      (found.lasts ? "." : ", and lasts two hours: the scope offline.access makes it last.") +
      (app.clientId === process.env["X_CLIENT_ID"]
        ? ""
        : `\nFrom now on, set X_CLIENT_ID=${app.clientId}, in the environment or in .env.`))
  })).pipe(
    Command.withDescription(
      "Log in with your browser, by OAuth 2.0. The app's secret, if it has one, is X_CLIENT_SECRET."
    )
  )
