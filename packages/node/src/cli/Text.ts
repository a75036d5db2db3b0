/** Events and people as lines for a reader. */
import { DmEvent, type HydratedEvent, type User } from "@effect-xdm/core"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { harmless, styled } from "./Printer.js"

/** A moment by the clock on the wall: `2026-08-01 14:05`. */
export const time = (at: DateTime.DateTime): string => {
  const date = new Date(DateTime.toEpochMillis(at))
  const two = (value: number) => String(value).padStart(2, "0")
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** How large a file is: `812 bytes`, `34 kB`, `2.1 MB`. */
export const sizeText = (bytes: number): string =>
  bytes < 1_000
    ? `${bytes} bytes`
    : bytes < 1_000_000
    ? `${Math.round(bytes / 1_000)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`

/** How many of a thing: `1 event`, `2 events`. */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`

/** Names of users by their ids, as far as they are known. */
export type Names = (id: string) => string

export const nameOf = (user: Pick<User.User, "username">): string => `@${harmless(user.username)}`

export const namesOf = (users: ReadonlyMap<string, Pick<User.User, "username">>): Names => (id) => {
  const user = users.get(id)
  return user === undefined ? id : nameOf(user)
}

/** The people that came along with an event. */
export const peopleOf = ({ participants, sender }: HydratedEvent): ReadonlyArray<User.User> =>
  Option.isSome(sender) ? [sender.value, ...participants] : participants

/** What an event says: the text, and what is attached in brackets. */
export const wording = (event: DmEvent.DmEvent, names: Names, media: HydratedEvent["media"] = []): string => {
  const people = (ids: ReadonlyArray<string> = []) => ids.map(names).join(", ")
  switch (event._tag) {
    case "MessageCreate": {
      const attached = media.map(({ altText, type, url }) =>
        `[${[type, altText, url].filter((part) => part !== undefined).join(": ")}]`
      )
      const shared = (event.referencedPosts ?? []).map(({ id }) => `[post ${id}]`)
      const unknown = media.length === 0 && event.attachments?.mediaKeys !== undefined ? ["[an attachment]"] : []
      return harmless([event.text ?? "", ...attached, ...unknown, ...shared].filter((part) => part !== "").join(" "))
    }
    case "ParticipantsJoin":
      return `joined: ${people(event.participantIds)}`
    case "ParticipantsLeave":
      return `left: ${people(event.participantIds)}`
    case "UnknownEvent":
      return `(an event of the type ${harmless(event.eventType ?? "unknown")})`
  }
}

/** A line: when, who, what. Further lines of what was said are set in below the first. */
export const spoken = (at: DateTime.DateTime, who: string, what: string, whoWidth = 16): string => {
  const begin = `${time(at)}  ${who.padEnd(whoWidth)}  `
  const [first = "", ...rest] = what.split("\n")
  const indent = " ".repeat(begin.length)
  const head = `${styled("dim", time(at))}  ${styled("cyan", who)}${" ".repeat(begin.length - 18 - who.length)}`
  return [head + first, ...rest.map((each) => indent + each)].join("\n")
}

const senderOf = ({ senderId }: DmEvent.DmEvent, names: Names): string => senderId === undefined ? "" : names(senderId)

/** An event as a line. */
export const eventLine = (event: DmEvent.DmEvent, names: Names, media?: HydratedEvent["media"]): string =>
  spoken(event.createdAt, senderOf(event, names), wording(event, names, media))

/** Who speaks, and to whom: to a group, or to the other one of two if that name has come along. */
const between = (event: DmEvent.DmEvent, names: Names): string => {
  const { dmConversationId: id = "", senderId } = event
  const other = id.split("-").find((one) => one !== senderId && names(one) !== one)
  const whom = id === "" || id.includes("-") ? other : `group:${id}`
  return whom === undefined ? senderOf(event, names) : `${senderOf(event, names)} → ${names(whom)}`
}

/** An event as a line among those of other conversations. */
export const placedLine = (
  event: DmEvent.DmEvent,
  names: Names,
  media?: HydratedEvent["media"],
  words = wording(event, names, media)
): string => spoken(event.createdAt, between(event, names), words, 32)

const encode = Schema.encodeSync(DmEvent.DmEvent)

/** An event as X's JSON has it. */
export const eventJson = (event: DmEvent.DmEvent): unknown => encode(event)

export const userJson = ({ id, name, username }: Pick<User.User, "id" | "name" | "username">) => ({
  id,
  name,
  username
})

/** An event with who sent it, as JSON. */
export const hydratedJson = ({ event, sender }: HydratedEvent): unknown => ({
  // An event is an object in X's JSON.
  ...eventJson(event) as object,
  ...(Option.isSome(sender) ? { sender: userJson(sender.value) } : undefined)
})
