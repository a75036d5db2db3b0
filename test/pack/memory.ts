/** A program of a user who has core alone: three conversations as one timeline, from the emulator in memory. */
import { DirectMessages, DmEvent, Merge } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { Effect, Layer, Redacted, Stream } from "effect"

const { jonas, launch, salma } = Fixtures.conversations

const program = Effect.gen(function*() {
  const dm = yield* DirectMessages
  const texts = yield* Merge.conversations(dm, [jonas, launch, salma]).pipe(
    Stream.filter(DmEvent.isMessageCreate),
    Stream.take(20),
    Stream.runCollect
  )
  const emulator = yield* Emulator
  return `${texts.length} messages in ${yield* emulator.requestCount()} requests`
})

const Emulated = DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner) }).pipe(
  Layer.provide(Emulator.layerHttpClient),
  Layer.provideMerge(Emulator.layer())
)

console.log(await Effect.runPromise(Effect.provide(program, Emulated)))
