import { DirectMessages } from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json, whose } from "../Common.js"
import { Usage } from "../Exit.js"
import * as Input from "../Input.js"
import { show } from "../Printer.js"
import { provided } from "../Session.js"
import * as Who from "../Who.js"
import { createdJson, reconcile } from "./send.js"

const options = {
  ...json,
  ...whose,
  who: Args.text({ name: "who" }).pipe(
    Args.withDescription("Who is to be in it, besides you: 2 to 49, each by @name or id."),
    Args.atLeast(1)
  ),
  text: Options.text("text").pipe(
    Options.withDescription("Its first message, which X asks for. Default: what comes from standard input."),
    Options.optional
  ),
  reconcile
}

export const group = Command.make("group", options, (options) =>
  Effect.gen(function*() {
    if (options.who.length < 2) {
      return yield* new Usage({
        problem: "a group has two members at least, besides you; to write to one, `xdm send`."
      })
    }
    if (new Set(options.who.map((who) => who.replace(/^@/, "").toLowerCase())).size < options.who.length) {
      return yield* new Usage({ problem: "somebody is named twice; a group has two different members at least." })
    }
    if (options.who.some((who) => who.includes(" "))) {
      return yield* new Usage({
        problem: "the first message of a group is given by --text; all other words are members."
      })
    }
    const asked = yield* Effect.forEach(options.who, Who.parseUser)
    const text = Option.isSome(options.text) ? options.text.value : yield* Input.text("its first message (--text)")
    const created = yield* Effect.gen(function*() {
      const dm = yield* DirectMessages
      const members = yield* Effect.forEach(asked, Who.resolveUser)
      return yield* dm.send({ users: members.map(({ user }) => user) }, { text }, { reconcile: options.reconcile })
    }).pipe(provided(options))
    yield* show(options, createdJson(created), () => `The group is ${Who.written(created.dmConversationId)}.`)
  })).pipe(Command.withDescription("Make a group, with its first message."))
