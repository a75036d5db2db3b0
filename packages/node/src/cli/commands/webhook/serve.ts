import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isIP } from "node:net"
import * as App from "../../App.js"
import { json, port } from "../../Common.js"
import { usual } from "../../Webhooks.js"

/** Whether requests for the path come with just these letters. */
const isPath = (path: string): path is `/${string}` =>
  /^\/(?!\/)[^?#\s]*$/.test(path) && new URL(path, "http://host").pathname === path

const isHost = (host: string): boolean => isIP(host) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)

const options = {
  ...json,
  emulator: Options.boolean("emulator").pipe(
    Options.withDescription("Listen for the emulator in place of X, whose secret it knows. Needs no account.")
  ),
  port: port(usual.port, "The port of this machine to listen on."),
  host: Options.text("host").pipe(
    Options.withSchema(Schema.String.pipe(
      Schema.filter(isHost, { message: () => "--host must be an address of this machine, like 127.0.0.1" })
    )),
    Options.withDescription(
      `The address of this machine to listen at. Default: ${usual.host}, for a proxy on the same machine.`
    ),
    Options.withDefault(usual.host)
  ),
  path: Options.text("path").pipe(
    Options.withSchema(Schema.String.pipe(
      Schema.filter(isPath, {
        message: () => `--path must begin with "/", like ${usual.path}, and hold no space, "?" or "#"`
      })
    )),
    Options.withDescription(`The path to which X delivers; all others are not found. Default: ${usual.path}.`),
    Options.withDefault<`/${string}`>(usual.path)
  )
}

export const serve = Command.make("serve", options, (options) =>
  Effect.gen(function*() {
    const consumerSecret = yield* App.secret(options.emulator)
    // Loaded by those who ask for it, for a command must start at once.
    const { receive } = yield* Effect.promise(() => import("../../Receiving.js"))
    yield* receive({ ...options, consumerSecret })
  })).pipe(
    Command.withDescription(
      "Listen for what X delivers, and print it as it comes, until Ctrl-C. Answers X's challenges, refuses what is not " +
        "signed by the secret in X_CONSUMER_SECRET, and prints nothing twice, also after a restart."
    )
  )
