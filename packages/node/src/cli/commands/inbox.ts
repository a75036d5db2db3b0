import { DirectMessages, Inbox, type User } from "@effect-xdm/core"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { count, json, whose } from "../Common.js"
import { line, note, styled, table } from "../Printer.js"
import { provided } from "../Session.js"
import { counted, eventJson, nameOf, namesOf, peopleOf, time, userJson, wording } from "../Text.js"
import { written } from "../Who.js"

const options = {
  ...json,
  ...whose,
  events: count("events", 100, "How many of the newest events to look at; X bills each once a day.")
}

/** As much of a text as fits a line. */
const short = (text: string, length: number): string => {
  const flat = [...text.replace(/\s+/g, " ")]
  return flat.length <= length ? flat.join("") : `${flat.slice(0, length - 1).join("")}…`
}

export const inbox = Command.make("inbox", options, (options) =>
  Effect.gen(function*() {
    const dm = yield* DirectMessages
    const me = yield* dm.getMe()
    const people = new Map<string, User.User>([[me.id, me]])
    let events = 0
    const found = yield* dm.events.hydrated.all({ limit: options.events }).pipe(
      Stream.runFold(Inbox.empty(me.id), (inbox, hydrated) => {
        events++
        for (const person of peopleOf(hydrated)) people.set(person.id, person)
        return Inbox.add(inbox, hydrated.event)
      })
    )
    const names = namesOf(people)
    const list = Inbox.list(found)
    const others = (conversation: Inbox.Conversation) => conversation.participants.filter((id) => id !== me.id)

    if (options.json) {
      for (const each of list) {
        yield* line(JSON.stringify({
          id: each.id,
          participants: each.participants.map((id) => {
            const person = people.get(id)
            return person === undefined ? { id } : userJson(person)
          }),
          unread: each.unread,
          messages: each.messages,
          ...(Option.isSome(each.lastMessage) ? { last_message: eventJson(each.lastMessage.value) } : undefined)
        }))
      }
      return
    }
    if (list.length === 0) return yield* line("There are no messages in the last 30 days.")
    const width = Math.max(20, (process.stdout.columns ?? 100) - 60)
    yield* line(table(list.map((each) => {
      const last = Option.getOrUndefined(each.lastMessage)
      const group = !each.id.includes("-")
      const who = group ? written(each.id) : names(others(each)[0] ?? each.id)
      const unread = each.unread === 0 ? "" : styled("bold", `${each.unread} new`)
      const from = last?.senderId === undefined
        ? ""
        : last.senderId === me.id
        ? "you: "
        : group
        ? `${names(last.senderId)}: `
        : ""
      return [
        last === undefined ? "" : styled("dim", time(last.createdAt)),
        styled("cyan", who),
        unread,
        last === undefined ? "" : short(from + wording(last, names), width)
      ]
    })))
    yield* note(
      `\n${counted(list.length, "conversation")} of ${nameOf(me)} in the newest ${counted(events, "event")}.` +
        (events < options.events ? "" : " --events looks further back.") +
        ` Read one: xdm ${options.emulator ? "--emulator " : ""}read WHO`
    )
  }).pipe(provided(options))).pipe(
    Command.withDescription("List the conversations, each with its last message. The newest comes first.")
  )
