/** A program of a user who has the archive's packages too: all messages into SQLite, and words found there. */
import { DirectMessages } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { Archive } from "@effect-xdm/node/Archive"
import { Effect, Layer, Redacted, Stream } from "effect"

const program = Effect.gen(function*() {
  const archive = yield* Archive
  const { added } = yield* archive.sync()
  const hits = yield* Stream.runCount(archive.search("invoice"))
  return added > 1000 && hits > 0 ? "synced and found" : `${added} events, ${hits} hits`
})

const Emulated = DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner) }).pipe(
  Layer.provide(Emulator.layerHttpClient),
  Layer.provide(Emulator.layer())
)

console.log(
  await Effect.runPromise(Effect.provide(program, Layer.merge(Archive.layer({ file: ":memory:" }), Emulated)))
)
