/** A program of a user who has both packages: a listing and a send over real HTTP. */
import { DirectMessages, DmEvent, Username } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer, NodeClient } from "@effect-xdm/node"
import { FetchHttpClient } from "@effect/platform"
import { Chunk, Effect, Layer, Redacted, Stream } from "effect"

const program = Effect.gen(function*() {
  const dm = yield* DirectMessages
  const friend = yield* dm.getUserByUsername({ username: Username.make("jonas_lind") })
  yield* dm.createByParticipantId({ participantId: friend.id, text: "Hello" })
  const events = yield* Stream.runCollect(dm.events.all({ limit: 150 }))
  const newest = Chunk.unsafeHead(events)
  return `${events.length} events, the newest: ${DmEvent.isMessageCreate(newest) ? newest.text : newest._tag}`
})

const Client = Layer.unwrapEffect(
  Effect.map(
    EmulatorServer,
    ({ url }) => DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner), baseUrl: url })
  )
).pipe(
  // Bun has no undici of its own, and its stand-in lacks what NodeClient is built on.
  Layer.provide("Bun" in globalThis ? FetchHttpClient.layer : NodeClient.layer())
)

const Server = EmulatorServer.layer().pipe(Layer.provide(Emulator.layer()))

console.log(await Effect.runPromise(program.pipe(Effect.provide(Client), Effect.provide(Server))))
