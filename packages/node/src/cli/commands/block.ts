import { DirectMessages } from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { json, whose } from "../Common.js"
import { show } from "../Printer.js"
import { provided } from "../Session.js"
import * as Who from "../Who.js"

const options = {
  ...json,
  ...whose,
  who: Args.text({ name: "who" }).pipe(Args.withDescription("Whom: @name, or a user's id."))
}

const command = <Name extends "block" | "unblock">(name: Name, description: string) =>
  Command.make(name, options, (options) =>
    Effect.gen(function*() {
      const asked = yield* Who.parseUser(options.who)
      const { blocked, user } = yield* Effect.gen(function*() {
        const dm = yield* DirectMessages
        const { user } = yield* Who.resolveUser(asked)
        const { blocked } = yield* (name === "block" ? dm.blockDms : dm.unblockDms)({ userId: user })
        return { blocked, user }
      }).pipe(provided(options))
      yield* show(options, { user_id: user, blocked }, () =>
        blocked
          ? `${options.who} can send you no more messages. \`xdm unblock ${options.who}\` undoes it.`
          : `${options.who} can send you messages.`)
    })).pipe(Command.withDescription(description))

export const block = command("block", "Take no more messages from someone. They are not told.")

export const unblock = command("unblock", "Take messages again from someone who was blocked.")
