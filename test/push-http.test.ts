import { ActivityStream, PushEvent, Registration, UserId } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer, NodeClient } from "@effect-xdm/node"
import { FetchHttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Fiber, Layer, Redacted, Stream } from "effect"

const { jonas, me } = Fixtures.people
const bearerToken = Redacted.make<string>(Fixtures.tokens.app)

const Server = EmulatorServer.layer().pipe(Layer.provideMerge(Emulator.layer()))

const streamed = Layer.unwrapEffect(
  Effect.map(EmulatorServer, ({ url }) => ActivityStream.layer({ bearerToken, baseUrl: url }))
)
const registration = Layer.unwrapEffect(
  Effect.map(EmulatorServer, ({ url }) => Registration.layer({ bearerToken, baseUrl: url }))
).pipe(Layer.provide(NodeClient.layer()))

const arrive = (text: string) =>
  Effect.flatMap(
    Emulator,
    (emulator) => emulator.arrive({ from: jonas.id, in: Fixtures.conversations.jonas, text })
  )

const connections = Effect.flatMap(Emulator, (emulator) => emulator.streamConnections)

const until = (count: number) =>
  connections.pipe(
    Effect.delay("10 millis"),
    Effect.repeat({ until: (open) => open === count }),
    Effect.timeout("5 seconds")
  )

describe("the activity stream over real HTTP", () => {
  for (const [name, client] of [["fetch", FetchHttpClient.layer], ["undici", NodeHttpClient.layerUndici]] as const) {
    it.live(`by ${name}: gives what arrives, reconnects, and leaves no connection`, () =>
      Effect.gen(function*() {
        yield* Effect.flatMap(Registration, ({ register }) => register({ userId: UserId.make(me.id) }))
        const { events } = yield* ActivityStream
        const health: Array<string> = []
        const options = {
          backfillMinutes: 5,
          onHealth: (one: { readonly _tag: string }) => Effect.sync(() => void health.push(one._tag))
        }
        const taken = yield* Effect.fork(
          events(options).pipe(Stream.filter(PushEvent.isMessage), Stream.take(3), Stream.runCollect)
        )
        yield* until(1)
        yield* arrive("one 👋")
        yield* Effect.flatMap(Emulator, (emulator) => emulator.inject(Faults.broken, { times: 1 }))
        yield* arrive("two")
        yield* arrive("three")
        const messages = Chunk.toReadonlyArray(yield* Effect.timeout(Fiber.join(taken), "10 seconds"))
        expect(messages.map(({ event }) => event.text)).toEqual(["one 👋", "two", "three"])
        expect(health.filter((tag) => tag !== "KeptAlive")).toEqual(["Connected", "Disconnected", "Connected"])
        yield* until(0)

        const fiber = yield* Effect.fork(Stream.runDrain(events()))
        yield* until(1)
        yield* Fiber.interrupt(fiber)
        yield* until(0)
      }).pipe(
        Effect.provide(Layer.merge(streamed.pipe(Layer.provide(client)), registration).pipe(Layer.provideMerge(Server)))
      ))
  }
})
