/**
 * Everything new, as it comes, and after a restart from where it left off: the
 * follower here is stopped after three messages, two more come while nobody
 * follows, and the next follower begins with those.
 *
 * The checkpoint is a file in `checkpoints`; `CheckpointStore.layerMemory`
 * would keep it as long as the process lives.
 *
 *     npm run build && node examples/dist/follow.js
 */
import { CheckpointStore, DirectMessages, DmEvent } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { KeyValueStore } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Clock, Console, Effect, Fiber, Layer, Stream } from "effect"
import { EmulatedInbox, run } from "./emulated.js"

const write = (text: string) =>
  Effect.flatMap(
    Emulator,
    (emulator) => emulator.arrive({ from: Fixtures.people.jonas.id, in: Fixtures.conversations.jonas, text })
  )

const followThree = (checkpoint: string) =>
  Effect.flatMap(DirectMessages, (dm) =>
    dm.events.follow({
      checkpoint,
      // Against X, leave it out: once a minute is what the rate limit allows.
      every: "500 millis",
      onHealth: (health) => health._tag === "Looked" ? Effect.void : Console.error(health._tag, health.lag)
    }).pipe(
      Stream.filter(DmEvent.isMessageCreate),
      Stream.take(3),
      // An event may come again after a crash: deal with it by its id, and twice is as once.
      Stream.runForEach((message) => Console.log(`${message.id}  ${message.text ?? "(an attachment)"}`))
    ))

const program = Effect.gen(function*() {
  // A name of this run, for the emulator forgets its inbox with each; against X it would be the same for ever.
  const checkpoint = `example-${yield* Clock.currentTimeMillis}`
  const first = yield* Effect.fork(followThree(checkpoint))
  yield* Effect.sleep("200 millis")
  yield* Effect.forEach(["one", "two", "three"], write)
  yield* Fiber.join(first)
  yield* Console.log("Nobody follows now.")
  yield* Effect.forEach(["four", "five"], write)
  yield* Effect.fork(Effect.delay(write("six"), "1 second"))
  yield* followThree(checkpoint)
})

const Checkpoints = CheckpointStore.layerKeyValueStore.pipe(
  Layer.provide(KeyValueStore.layerFileSystem("checkpoints")),
  Layer.provide(NodeContext.layer)
)

run(Effect.provide(program, Layer.merge(EmulatedInbox, Checkpoints)))
