import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { json, port } from "../Common.js"
import { FileProblem } from "../Exit.js"
import { show } from "../Printer.js"

/** Where `--emulator` looks. */
const usual = 8724

const options = {
  ...json,
  port: port(usual, "The port of this machine to listen on; --emulator looks at the usual one."),
  limits: Options.boolean("limits").pipe(
    Options.withDescription("Allow no more calls than X does: 15 reads in 15 minutes. Default: as many as one likes.")
  ),
  empty: Options.boolean("empty").pipe(Options.withDescription("Begin with the same people, and nothing said yet."))
}

export const emulator = Command.make("emulator", options, (options) =>
  Effect.gen(function*() {
    const { EmulatorServer } = yield* Effect.promise(() => import("../../EmulatorServer.js"))
    const { Emulator, Fixtures } = yield* Effect.promise(() => import("@effect-xdm/core/testing"))
    const { world } = yield* Effect.promise(() => import("../Emulated.js"))
    const Server = EmulatorServer.layer({ port: options.port }).pipe(
      Layer.provide(Emulator.layer({
        world: options.empty ? Fixtures.empty : yield* world,
        rateLimits: options.limits ? "x" : "off"
      }))
    )
    const serve = Effect.gen(function*() {
      const { url } = yield* EmulatorServer
      const token = Fixtures.tokens.owner
      const xdm = options.port === usual ? "xdm --emulator" : `X_API_URL=${url} X_ACCESS_TOKEN=${token} xdm`
      yield* show(options, { url, access_token: token, client_id: Fixtures.apps.publicClient.clientId }, () =>
        [
          `X's Direct Messages are emulated at ${url}, with the inbox of Mina Okafor. Ctrl-C ends it.`,
          "",
          "In another terminal:",
          `  ${xdm} follow --every 2s`,
          `  ${xdm} send @jonas_lind Hello`,
          "",
          "To write to her as somebody else:",
          `  X_API_URL=${url} X_ACCESS_TOKEN=${Fixtures.tokens.other} xdm send @mina_builds Hello`,
          "",
          "For any other program:",
          `  export X_API_URL=${url} X_ACCESS_TOKEN=${token}`,
          `or, to try a log-in: X_API_URL=${url} xdm login --client-id ${Fixtures.apps.publicClient.clientId}`
        ].join("\n"))
      return yield* Effect.never
    })
    yield* Effect.provide(serve, Server).pipe(
      Effect.catchTag("ServeError", () =>
        new FileProblem({
          problem: `port ${options.port} is taken: an emulator may run already. Choose another by --port.`
        }))
    )
  })).pipe(
    Command.withDescription("Serve the sample inbox as X would, to try all commands without an account. Keeps running.")
  )
