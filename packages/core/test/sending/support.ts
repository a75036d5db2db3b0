import { Effect } from "effect"
import { received } from "../../src/model/Ids.js"
import { Emulator, type Faults, Fixtures } from "../../src/testing/index.js"
import type { EventJson, World } from "../../src/testing/World.js"

export const user = (id: number | string) => received.UserId.make(String(id))
export const conversation = (id: string) => received.ConversationId.make(id)

/** User 1 with one-to-one conversations with users 2 to `peers` + 1, and nothing said. */
export const people = (peers: number): World =>
  Fixtures.world({
    users: [
      Fixtures.user("1", "me"),
      ...Array.from({ length: peers }, (_, i) => Fixtures.user(String(i + 2), `user${i + 2}`))
    ],
    conversations: Array.from({ length: peers }, (_, i) => ({ id: `1-${i + 2}`, members: ["1", String(i + 2)] }))
  })

export const inject = (fault: Faults.Fault, when?: Faults.When) =>
  Effect.flatMap(Emulator, (emulator) => emulator.inject(fault, when))

/** What the server holds of the account's own messages: conversation and text, in order. */
export const held = Effect.flatMap(
  Emulator,
  (emulator) =>
    Effect.map(
      emulator.events(),
      (events) =>
        events.filter((event: EventJson) => event.sender_id === "1" && event.event_type === "MessageCreate")
          .map(({ dm_conversation_id, id, text }) => ({ conversation: dm_conversation_id, id, text })).toReversed()
    )
)

export const texts = Effect.map(held, (all) => all.map(({ text }) => text))

export const sends = Effect.flatMap(
  Emulator,
  (emulator) => Effect.map(emulator.requests, (all) => all.filter(({ method }) => method === "POST").length)
)
