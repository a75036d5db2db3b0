import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { json, runningEmulator } from "../../Common.js"
import { Usage } from "../../Exit.js"
import { show } from "../../Printer.js"

const options = {
  ...json,
  ...runningEmulator,
  id: Args.text({ name: "id" }).pipe(Args.withDescription("The webhook's id, as `xdm webhook list` shows it."))
}

export const remove = Command.make("remove", options, ({ emulator, id, json }) =>
  Effect.gen(function*() {
    if (!/^[0-9]{1,19}$/.test(id)) {
      return yield* new Usage({ problem: `"${id}" is no webhook's id. \`xdm webhook list\` shows them.` })
    }
    const { layer, remove } = yield* Effect.promise(() => import("../../Registering.js"))
    const { deleted } = yield* Effect.provide(remove(id), layer(emulator))
    yield* show({ json }, { id, deleted }, () =>
      deleted
        ? "X delivers there no more. What was subscribed stays so, for `xdm follow --live` or another webhook."
        : "X says that it has not removed it.")
  })).pipe(
    Command.withDescription("Remove a webhook: X delivers to it no more. Needs X_BEARER_TOKEN.")
  )
