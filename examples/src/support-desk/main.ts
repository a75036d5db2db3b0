/**
 * The desk, as a program of its own, for X and for the emulator alike. For X,
 * each account logs in once, and then:
 *
 *     export X_CLIENT_ID=… X_BEARER_TOKEN=…
 *     npm run xdm -- login --account lumen_help
 *     npm run xdm -- login --account lumen_shop
 *     DESK_ACCOUNTS=lumen_help,lumen_shop node examples/dist/support-desk/main.js
 *
 * `Settings.ts` has all of the settings. Ctrl-C or SIGTERM ends it in good
 * order, and SIGKILL does no harm: the next run goes on where this one was.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { Accounts } from "./Accounts.js"
import { Agents } from "./Agents.js"
import { desk } from "./Desk.js"
import { Settings } from "./Settings.js"
import { Telemetry } from "./Telemetry.js"
import { Tickets } from "./Tickets.js"

const Live = Layer.mergeAll(Accounts.Live, Agents.Scripted, Tickets.Default).pipe(
  // Below the others, so that it is closed last, and has what they do in closing.
  Layer.provideMerge(Telemetry),
  Layer.provideMerge(Settings.Live)
)

desk.pipe(
  Effect.provide(Live),
  Effect.ensuring(Console.log("The desk is closed.")),
  NodeRuntime.runMain
)
