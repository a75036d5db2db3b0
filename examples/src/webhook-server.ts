/**
 * Messages the moment they arrive: a server that X delivers to, registered
 * with X, and what comes as a stream. Three messages arrive here, one of them
 * delivered twice, and one is sent.
 *
 * The server listens at this machine, where the emulator reaches it. X wants
 * an https URL: put a proxy that speaks TLS before it, and register that.
 *
 *     npm run build && node examples/dist/webhook-server.js
 */
import { DeliveryStore, PushEvent, Registration, UserId } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { WebhookServer } from "@effect-xdm/node"
import { Console, Effect, Fiber, Layer, Redacted, Stream } from "effect"
import { run } from "./emulated.js"

const { jonas, me } = Fixtures.people
const conversation = Fixtures.conversations.jonas

const printFour = Effect.flatMap(WebhookServer, ({ events }) =>
  events.pipe(
    Stream.filter(PushEvent.isMessage),
    Stream.take(4),
    Stream.runForEach(({ direction, event }) => Console.log(`${direction}: ${event.text}`))
  ))

const program = Effect.gen(function*() {
  const { url } = yield* WebhookServer
  const { register } = yield* Registration
  const { subscriptions, webhook } = yield* register({ url, userId: UserId.make(me.id) })
  yield* Console.log(`valid: ${webhook?.valid}, ${subscriptions.map(({ eventType }) => eventType).join(" and ")}`)

  const printed = yield* Effect.fork(printFour)
  const emulator = yield* Emulator
  yield* emulator.inject(Faults.doubled, { times: 1 })
  for (const [from, text] of [[jonas, "one"], [jonas, "two"], [me, "three"], [jonas, "four"]] as const) {
    yield* emulator.arrive({ from: from.id, in: conversation, text })
    yield* Effect.sleep("100 millis")
  }
  yield* Fiber.join(printed)
})

// Against X: the API key secret and the bearer token of your app, and NodeClient.layer() in place of the emulator.
const consumerSecret = Redacted.make<string>(Fixtures.apps.confidentialClient.consumerSecret)
const bearerToken = Redacted.make<string>(Fixtures.tokens.app)

const Live = Layer.merge(
  // DeliveryStore.layerKeyValueStore() would know after a restart what came before.
  WebhookServer.layer({ consumerSecret }).pipe(Layer.provide(DeliveryStore.layerMemory)),
  Registration.layer({ bearerToken }).pipe(Layer.provide(Emulator.layerHttpClient))
).pipe(Layer.provideMerge(Emulator.layer()))

run(Effect.provide(program, Live))
