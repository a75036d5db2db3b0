/** Events as lines to read. */
import { DmEvent, type HydratedEvent } from "@effect-xdm/core"
import { Array as Arr, DateTime, Option } from "effect"

const names = (people: HydratedEvent["participants"], otherwise: number): string =>
  people.length === 0 ? `${otherwise} people` : people.map(({ name }) => name).join(", ")

const what = ({ event, media, participants, posts }: HydratedEvent): string => {
  switch (event._tag) {
    case "MessageCreate":
      return [
        event.text ?? "",
        ...media.map(({ type }) => `[${type}]`),
        ...posts.map(({ text }) => `[post: ${text}]`)
      ].filter((part) => part !== "").join(" ")
    case "ParticipantsJoin":
      return `→ ${names(participants, event.participantIds?.length ?? 0)} joined`
    case "ParticipantsLeave":
      return `← ${names(participants, event.participantIds?.length ?? 0)} left`
    case "UnknownEvent":
      return `(${event.eventType ?? "an event"} of a kind that is new to this version)`
  }
}

const clock = (time: DateTime.Utc): string =>
  DateTime.formatUtc(time, { hour: "2-digit", minute: "2-digit", hour12: false, locale: "en-GB" })

/** A hydrated event as a line: when and who, and what. */
export const line = (hydrated: HydratedEvent): readonly [label: string, text: string] => {
  const { event, participants, sender } = hydrated
  const left = event._tag === "ParticipantsLeave" ? Option.fromNullable(participants[0]) : Option.none()
  const who = Option.match(Option.orElse(sender, () => left), {
    onNone: () => event.senderId ?? "",
    onSome: ({ name }) => name
  })
  return [`${clock(event.createdAt)}  ${who}`, what(hydrated)]
}

/** The newest events, in the order in which one reads them. */
export const oldestFirst = <A>(events: Iterable<A>): ReadonlyArray<A> => [...events].toReversed()

/** The newest message among events that are newest first. */
export const newestMessage = (events: Iterable<HydratedEvent>): Option.Option<DmEvent.MessageCreate> =>
  Arr.findFirst(events, ({ event }) => DmEvent.isMessageCreate(event) ? Option.some(event) : Option.none())
