/**
 * Everything new, as it comes, and after a restart from where it left off. The
 * checkpoint is a file here; delete `checkpoints` to begin anew.
 *
 *     node examples/dist/follow.js
 */
import { CheckpointStore, DirectMessages, DmEvent } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { KeyValueStore } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Console, Effect, Layer, Schedule, Stream } from "effect"
import { EmulatedInbox, run } from "./emulated.js"

/** Somebody who writes every half second, so that there is something to follow. */
const somebody = Effect.flatMap(
  Emulator,
  (emulator) =>
    emulator.arrive({ from: Fixtures.people.jonas.id, in: Fixtures.conversations.jonas, text: "Are you there?" }).pipe(
      Effect.schedule(Schedule.spaced("500 millis"))
    )
)

const program = Effect.gen(function*() {
  const dm = yield* DirectMessages
  yield* Effect.fork(somebody)
  yield* dm.events.follow({
    checkpoint: "example",
    // Against X, leave it out: once a minute is what the rate limit allows.
    every: "1 second",
    onHealth: (health) => health._tag === "Looked" ? Effect.void : Console.error(health)
  }).pipe(
    Stream.filter(DmEvent.isMessageCreate),
    Stream.take(5),
    // An event may come again after a crash: deal with it by its id, and twice is as once.
    Stream.runForEach((message) => Console.log(`${message.id}  ${message.text ?? "(an attachment)"}`))
  )
})

const Checkpoints = CheckpointStore.layerKeyValueStore.pipe(
  Layer.provide(KeyValueStore.layerFileSystem("checkpoints")),
  Layer.provide(NodeContext.layer)
)

run(Effect.provide(program, Layer.merge(EmulatedInbox, Checkpoints)))
