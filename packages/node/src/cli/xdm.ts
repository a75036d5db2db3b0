/** The program `xdm`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { main } from "./Main.js"

// A reader that has seen enough, like `head`, closes the pipe; nothing is wrong then.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1))

NodeRuntime.runMain(
  Effect.flatMap(main(process.argv.slice(2)), (code) => Effect.sync(() => process.exitCode = code)),
  {
    disableErrorReporting: true,
    teardown: (exit, end) => end(Exit.isInterrupted(exit) ? 130 : Number(process.exitCode ?? 0))
  }
)
