/** The second part of the demo: what is sent, against the emulator alone. */
import { DirectMessages, Username } from "@effect-xdm/core"
import { Effect } from "effect"
import { entry, heading, paragraph } from "./terminal.js"

/** Sending, and what it says when X refuses: for the emulator, where it does no harm. */
export const write = Effect.gen(function*() {
  const dm = yield* DirectMessages
  const jonas = yield* dm.getUserByUsername({ username: Username.make("jonas_lind") })
  const priya = yield* dm.getUserByUsername({ username: Username.make("priya_nair") })

  yield* heading("Writing")
  const sent = yield* dm.createByParticipantId({ participantId: jonas.id, text: "Thank you. Cake at four?" })
  yield* entry("to a person", `sent as ${sent.dmEventId}`)
  const group = yield* dm.createConversation({
    participantIds: [jonas.id, priya.id],
    message: { text: "Cake at four, both of you?" }
  })
  yield* entry("a new group", `is ${group.dmConversationId}`)
  const more = yield* dm.createByConversationId({ conversationId: group.dmConversationId, text: "Lemon or poppy?" })
  yield* entry("into the group", `sent as ${more.dmEventId}`)
  const { deleted } = yield* dm.deleteEvents({ eventId: more.dmEventId })
  yield* entry("taken back", deleted ? `${more.dmEventId} is deleted` : "it is still there")

  yield* heading("When X says no", "a typed error, and what to do")
  const gone = yield* Effect.flip(dm.getEventsById({ eventId: more.dmEventId }))
  yield* paragraph(gone._tag, gone.message)
  const wrong = yield* Effect.flip(dm.getEvents({ maxResults: 500 }))
  yield* paragraph(wrong._tag, wrong.message)
})
