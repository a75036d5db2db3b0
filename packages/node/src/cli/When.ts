/** Events and moments, as they are written on a command line. */
import { EventId, type Listing, type Since } from "@effect-xdm/core"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Usage } from "./Exit.js"

const asEvent = Schema.decodeOption(EventId)

export const eventOf = (text: string): Effect.Effect<EventId, Usage> =>
  Option.match(asEvent(text), {
    onNone: () =>
      Effect.fail(new Usage({ problem: `"${text}" is no event's id, which is a number of up to 19 digits.` })),
    onSome: Effect.succeed
  })

/** Texts like "2 days", and shorter ones like "2d" and "90m". */
const durationOf = (text: string): Option.Option<Duration.Duration> => {
  const short = /^([0-9]+) ?(ms|s|m|h|d|w)$/.exec(text)
  const units = { ms: "millis", s: "seconds", m: "minutes", h: "hours", d: "days", w: "weeks" } as const
  return short === null
    ? Duration.decodeUnknown(text)
    // The pattern has no other units.
    : Duration.decodeUnknown(`${short[1]} ${units[short[2] as keyof typeof units]}`)
}

/** How long: `"90 seconds"`, `"2h"`. */
export const lasting = (text: string): Effect.Effect<Duration.Duration, Usage> =>
  Option.match(Option.filter(durationOf(text), Duration.greaterThan(Duration.zero)), {
    onNone: () => Effect.fail(new Usage({ problem: `"${text}" is no time like "90 seconds", "30m" or "2 days".` })),
    onSome: Effect.succeed
  })

/** How far back: an event, a date, or a time ago. */
export const untilOf = (text: string): Effect.Effect<Listing.Until, Usage> => {
  const event = asEvent(text)
  if (Option.isSome(event)) return Effect.succeed(event.value)
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? DateTime.make(text) : Option.none()
  if (Option.isSome(date)) return Effect.succeed(date.value)
  return Option.match(durationOf(text), {
    onNone: () =>
      Effect.fail(
        new Usage({ problem: `"${text}" is no event's id, no date like 2026-08-01, and no time ago like "2 days".` })
      ),
    onSome: Effect.succeed
  })
}

/** What was written, if it was. */
export const optional = <A, E>(
  text: Option.Option<string>,
  read: (text: string) => Effect.Effect<A, E>
): Effect.Effect<A | undefined, E> => Option.isNone(text) ? Effect.succeed(undefined) : read(text.value)

/** Where to begin: now, an event, a date, or a time ago. */
export const sinceOf = (text: string): Effect.Effect<Since, Usage> =>
  text === "now" ?
    Effect.succeed(text) :
    Effect.flatMap(untilOf(text), (until) =>
      typeof until === "string" || DateTime.isDateTime(until)
        // Of the durations only objects are left: `untilOf` reads the texts.
        ? Effect.succeed(until as EventId | DateTime.DateTime)
        : Effect.map(DateTime.now, (now) => DateTime.subtractDuration(now, until)))
