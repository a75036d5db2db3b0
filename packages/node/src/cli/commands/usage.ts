import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { json, whose } from "../Common.js"
import { Notes } from "../Notes.js"
import { line, note, styled, table } from "../Printer.js"
import { provided } from "../Session.js"

export const usage = Command.make("usage", { ...json, ...whose }, (options) =>
  Effect.gen(function*() {
    const days = yield* Effect.flatMap(Notes, ({ days }) => days)
    if (options.json) {
      return yield* Effect.forEach(days, ([day, { dollars, eventsRead, messagesSent, requests }]) =>
        line(JSON.stringify({ day, requests, events_read: eventsRead, messages_sent: messagesSent, dollars })), {
        discard: true
      })
    }
    if (days.length === 0) {
      return yield* line(
        options.emulator
          ? "The emulator costs nothing, and so nothing is noted."
          : "Nothing was used yet, as far as this machine knows."
      )
    }
    const head = ["DAY (UTC)", "REQUESTS", "READ", "SENT", "COST"].map((title) =>
      styled("bold", title)
    )
    const row = (name: string, used: ReadonlyArray<number>, dollars: number) => [
      name,
      ...used.map(String),
      `$${dollars.toFixed(2)}`
    ]
    const sum = (of: (day: (typeof days)[number][1]) => number) =>
      days.reduce((total, [, day]) => total + of(day), 0)
    yield* line(table([
      head,
      ...days.slice(0, 31).map(([day, used]) =>
        row(day, [used.requests, used.eventsRead, used.messagesSent], used.dollars)
      ),
      row(
        `in ${days.length} ${days.length === 1 ? "day" : "days"}`,
        [sum(({ requests }) => requests), sum(({ eventsRead }) => eventsRead), sum(({ messagesSent }) => messagesSent)],
        sum(({ dollars }) => dollars)
      )
    ]))
    yield* note(
      "\nOf this command on this machine, by X's published prices. X bills an event once a day, so it may cost less."
    )
  }).pipe(provided(options))).pipe(
    Command.withDescription(
      "Show what this command has read and sent on each day, and what that costs. Asks X nothing."
    )
  )
