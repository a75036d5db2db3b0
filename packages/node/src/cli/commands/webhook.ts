import * as Command from "@effect/cli/Command"
import { list } from "./webhook/list.js"
import { register } from "./webhook/register.js"
import { remove } from "./webhook/remove.js"
import { serve } from "./webhook/serve.js"
import { test } from "./webhook/test.js"

/** Those of a command come in the order in which one needs them. */
export const webhook = Command.make("webhook").pipe(
  Command.withDescription("Have X deliver messages to a server of yours the moment they arrive. Begin with serve."),
  Command.withSubcommands([serve, test, register, list, remove])
)
