/**
 * Several conversations as one timeline. The newest twenty events of all of
 * them cost one request a conversation, however long the conversations are.
 *
 *     npm run build && node examples/dist/merge-conversations.js
 */
import { DirectMessages, DmEvent, Merge } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { Console, Effect, Stream } from "effect"
import { EmulatedInbox, run } from "./emulated.js"

const { jonas, launch, salma } = Fixtures.conversations

const program = Effect.gen(function*() {
  const dm = yield* DirectMessages
  yield* Merge.conversations(dm, [jonas, salma, launch]).pipe(
    Stream.filter(DmEvent.isMessageCreate),
    Stream.take(20),
    Stream.runForEach((message) => Console.log(`${message.dmConversationId}  ${message.text ?? "(an attachment)"}`))
  )
  const emulator = yield* Emulator
  yield* Console.log(`${yield* emulator.requestCount()} requests`)
})

run(Effect.provide(program, EmulatedInbox))
