// Puts numbered letters into an outbox that is kept in files, and sends them: the program that is killed in the middle.
import { DirectMessages, Outbox, OutboxStore, UserId } from "@effect-xdm/core"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { Effect, Layer, Redacted } from "effect"

const [url, token, folder, recipients, count] = process.argv.slice(2)
const users = recipients.split(",").map((id) => UserId.make(id))

const live = Outbox.layer({ reconcile: { settle: "150 millis" }, keepSent: 10_000 }).pipe(
  Layer.provide(OutboxStore.layerKeyValueStore()),
  Layer.provide(KeyValueStore.layerFileSystem(folder)),
  Layer.provide(DirectMessages.layer({ accessToken: Redacted.make(token), baseUrl: url })),
  Layer.provide(NodeHttpClient.layerUndici),
  Layer.provide(NodeContext.layer)
)

const program = Effect.gen(function*() {
  const outbox = yield* Outbox
  process.stdout.write("started\n")
  for (let i = 0; i < Number(count); i++) {
    // Every third one says the same as others, on purpose.
    const text = i % 3 === 0 ? "Are you there?" : `message ${i}`
    yield* outbox.put({ key: `letter-${i}`, to: { user: users[i % users.length] }, message: { text } })
  }
  yield* outbox.empty
  const dead = yield* outbox.dead
  process.stdout.write(dead.length === 0 ? "done\n" : `dead: ${JSON.stringify(dead)}\n`)
})

await Effect.runPromise(Effect.provide(program, live))
