/** What X delivers, as lines for a reader and as JSON for programs. */
import type { PushEvent, User } from "@effect-xdm/core"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { harmless } from "./Printer.js"
import { eventJson, eventLine, namesOf, spoken } from "./Text.js"
import { isTest } from "./Webhooks.js"

/** An event as a line, with the people that X told of until now. */
export const make = () => {
  const people = new Map<string, User.User>()
  const names = namesOf(people)
  return (pushed: PushEvent.PushEvent): Effect.Effect<string> =>
    Effect.map(Clock.currentTimeMillis, (millis) => {
      const now = DateTime.unsafeMake(millis)
      const name = (id: string | undefined) => id === undefined ? "" : names(id)
      switch (pushed._tag) {
        case "Message": {
          for (const user of pushed.users) people.set(user.id, user)
          const { event } = pushed
          return eventLine(isTest(pushed) ? { ...event, text: `(a test) ${event.text ?? ""}` } : event, names)
        }
        case "Read": {
          const upTo = pushed.lastReadEventId === undefined ? "" : ` up to ${pushed.lastReadEventId}`
          return spoken(pushed.at ?? now, name(pushed.reader), `(has read${upTo})`)
        }
        case "Typing":
          return spoken(pushed.at ?? now, name(pushed.sender), "(is writing)")
        case "Unknown":
          return spoken(now, "", `(an event of the type ${harmless(pushed.kind)})`)
      }
    })
}

/** An event in X's words: a message as `xdm follow --json` has it, and of others what X sent. */
export const json = (pushed: PushEvent.PushEvent): unknown => {
  const about = {
    ...(pushed.account === undefined ? undefined : { for_user_id: pushed.account }),
    ...(isTest(pushed) ? { test: true } : undefined)
  }
  switch (pushed._tag) {
    case "Message":
      // An event is an object in X's JSON.
      return { ...eventJson(pushed.event) as object, direction: pushed.direction, ...about }
    case "Read":
      return { event_type: "dm.read", ...about, payload: pushed.raw }
    case "Typing":
      return { event_type: "dm.indicate_typing", ...about, payload: pushed.raw }
    case "Unknown":
      return { event_type: pushed.kind, ...about, payload: pushed.raw }
  }
}
