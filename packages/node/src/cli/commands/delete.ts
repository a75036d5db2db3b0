import { DirectMessages } from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { json, whose } from "../Common.js"
import { show } from "../Printer.js"
import { provided } from "../Session.js"
import { eventOf } from "../When.js"

const options = {
  ...json,
  ...whose,
  event: Args.text({ name: "event" }).pipe(Args.withDescription("The event's id, as `xdm read --json` shows it."))
}

export const remove = Command.make("delete", options, (options) =>
  Effect.gen(function*() {
    const eventId = yield* eventOf(options.event)
    const { deleted } = yield* Effect.flatMap(DirectMessages, (dm) => dm.deleteEvents({ eventId })).pipe(
      provided(options)
    )
    yield* show(options, { dm_event_id: eventId, deleted }, () =>
      deleted
        ? `The event ${eventId} is deleted, for you alone: the others still see it.`
        : `X says that the event ${eventId} was not deleted.`)
  })).pipe(Command.withDescription("Delete an event from your side of its conversation."))
