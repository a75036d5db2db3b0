/** The last part of the demo: what is merged and followed. */
import { DirectMessages, DmEvent, Merge } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { Effect, Fiber, Stream } from "effect"
import { entry, heading } from "./terminal.js"

const { conversations, people } = Fixtures

const shown = (message: DmEvent.MessageCreate) =>
  entry(message.dmConversationId ?? "", message.text ?? "(an attachment)")

/** Conversations as one timeline, and one that is followed while another fiber writes in it. */
export const live = Effect.gen(function*() {
  const dm = yield* DirectMessages
  const emulator = yield* Emulator

  yield* emulator.resetRequests
  const newest = yield* Merge.conversations(dm, [conversations.jonas, conversations.salma, conversations.launch]).pipe(
    Stream.filter(DmEvent.isMessageCreate),
    Stream.take(4),
    Stream.runCollect
  )
  yield* heading("Three conversations as one", `Merge.conversations: ${yield* emulator.requestCount()} requests`)
  yield* Effect.forEach([...newest].toReversed(), shown)

  yield* heading("Following one while somebody writes", "events.followConversation")
  const following = yield* dm.events.followConversation(conversations.kenji, { every: "200 millis" }).pipe(
    Stream.filter(DmEvent.isMessageCreate),
    Stream.take(2),
    Stream.runForEach(shown),
    Effect.fork
  )
  yield* Effect.sleep("300 millis")
  yield* emulator.arrive({
    from: people.kenji.id,
    in: conversations.kenji,
    text: "The third panel tells the truth now."
  })
  yield* dm.createByConversationId({ conversationId: conversations.kenji, text: "Never doubted it." })
  yield* Fiber.join(following)
})
