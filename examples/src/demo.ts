/**
 * The main job, from end to end: who am I, what was written to me, answer.
 *
 *     npm run demo
 *
 * It runs against an emulator of X on this machine, over real HTTP. With
 * X_ACCESS_TOKEN in the environment or in .env it reads from the real
 * api.x.com (or from X_API_URL) instead, and sends nothing.
 */
import { DirectMessages } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer, NodeClient } from "@effect-xdm/node"
import { PlatformConfigProvider } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Cause, Config, Console, Effect, Layer, Option, Redacted } from "effect"
import { live } from "./demo/live.js"
import { read } from "./demo/read.js"
import { bold, dim, red } from "./demo/terminal.js"
import { write } from "./demo/write.js"

const real = (accessToken: Redacted.Redacted) =>
  Effect.gen(function*() {
    const baseUrl = yield* Config.withDefault(Config.string("X_API_URL"), "https://api.x.com")
    yield* Console.log(`${bold("effect-xdm")} reads your messages from ${baseUrl}, and sends nothing.`)
    yield* Console.log(dim("About 15 events are read; at X's price of a cent each that is $0.15."))
    const Live = DirectMessages.layer({ accessToken, baseUrl }).pipe(Layer.provide(NodeClient.layer()))
    yield* Effect.provide(read, Live)
  })

const emulated = Effect.gen(function*() {
  const { url } = yield* EmulatorServer
  yield* Console.log(`${bold("effect-xdm")} against an emulator of X on ${url}, over HTTP.`)
  const Live = DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner), baseUrl: url })
  const all = Effect.all([read, write, live], { discard: true })
  yield* Effect.provide(all, Layer.provide(Live, NodeClient.layer()))
  yield* Console.log(dim("\nSet X_ACCESS_TOKEN, here or in .env, to read your own messages."))
}).pipe(Effect.provide(EmulatorServer.layer().pipe(Layer.provideMerge(Emulator.layer()))))

const program = Effect.gen(function*() {
  const token = yield* Config.option(Config.redacted("X_ACCESS_TOKEN"))
  const given = Option.filter(token, (value) => Redacted.value(value).trim() !== "")
  yield* Option.match(given, { onNone: () => emulated, onSome: real })
})

program.pipe(
  Effect.provide(Layer.provideMerge(PlatformConfigProvider.layerDotEnvAdd(".env"), NodeContext.layer)),
  Effect.tapErrorCause((cause) =>
    Effect.sync(() => {
      const error = Cause.squash(cause)
      console.error(`\n${red("The demo stopped:")} ${error instanceof Error ? error.message : String(error)}`)
    })
  ),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
