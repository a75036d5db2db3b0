/** The first part of the demo: what is read, which is all that it does with a real account. */
import { DirectMessages } from "@effect-xdm/core"
import { Console, Effect, Option, Stream } from "effect"
import { dim, entry, heading } from "./terminal.js"
import { line, newestMessage, oldestFirst } from "./timeline.js"

/** What a person looks at first: themselves, the newest messages, one conversation, one message. */
export const read = Effect.gen(function*() {
  const dm = yield* DirectMessages

  const me = yield* dm.getMe()
  yield* heading("Who am I?", "getMe")
  yield* entry(`@${me.username}`, `${me.name}, user ${me.id}`)

  const newest = yield* Stream.runCollect(dm.events.hydrated.all({ limit: 10 }))
  yield* heading("My newest messages", "events.hydrated.all: one page, fetched when it is read")
  if (newest.length === 0) yield* Console.log(dim("  Nothing in the last 30 days."))
  for (const hydrated of oldestFirst(newest)) yield* entry(...line(hydrated))

  const last = newestMessage(newest)
  if (Option.isNone(last)) return
  const event = last.value

  if (event.dmConversationId !== undefined) {
    const conversation = yield* Stream.runCollect(
      dm.events.hydrated.conversation(event.dmConversationId, { limit: 4, eventTypes: ["MessageCreate"] })
    )
    yield* heading("One conversation", "events.hydrated.conversation")
    for (const hydrated of oldestFirst(conversation)) yield* entry(...line(hydrated))
  }

  const one = yield* dm.getEventsById({ eventId: event.id })
  yield* heading("One event", "getEventsById")
  yield* entry(one.event._tag, `${one.event.id} in ${one.event.dmConversationId ?? "an unknown conversation"}`)
})
