/**
 * A bot that answers each message once, the moment it arrives: it listens to
 * the activity stream, and reads behind it what X did not deliver. Here one
 * delivery comes twice, one is lost, and the connection breaks in place of a
 * third.
 *
 *     npm run build && node examples/dist/live-bot.js
 */
import {
  ActivityStream,
  CheckpointStore,
  DirectMessages,
  type DmEvent,
  Listing,
  PushSource,
  Registration
} from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { Console, Effect, Layer, Redacted, Schedule, Stream } from "effect"
import { EmulatedInbox, run } from "./emulated.js"

/** Answers a message, unless it is the bot's own. */
const reply = (me: string) => (event: DmEvent.DmEvent) =>
  Effect.gen(function*() {
    if (event._tag !== "MessageCreate" || event.senderId === me || event.dmConversationId === undefined) return
    const dm = yield* DirectMessages
    // A bot that may be killed answers through an outbox, as auto-reply-bot does.
    yield* dm.send({ conversation: event.dmConversationId }, { text: `Thanks for "${event.text}"` }, {
      reconcile: true
    })
    yield* Console.log(`answered: ${event.text}`)
  })

const bot = Effect.gen(function*() {
  const dm = yield* DirectMessages
  const { register } = yield* Registration
  // A single call gives up after a few seconds of trouble; a follower does not.
  const me = yield* Effect.retry(dm.getMe(), { while: Listing.mayPass, schedule: Schedule.spaced("1 minute") })
  yield* register({ userId: me.id })
  yield* dm.events.live({
    sources: [yield* PushSource.activity()],
    checkpoint: "live-bot",
    onHealth: (health) => Console.log(health._tag === "Looked" ? "read back" : health._tag.toLowerCase())
  }).pipe(Stream.runForEach(reply(me.id)))
})

/** In place of customers, of X on a bad day, and of a person who watches. */
const scene = Effect.gen(function*() {
  const emulator = yield* Emulator
  const { conversations, people: { jonas } } = Fixtures
  const write = (text: string, fault?: Faults.Fault) =>
    Effect.gen(function*() {
      if (fault !== undefined) yield* emulator.inject(fault, { times: 1 })
      yield* emulator.arrive({ from: jonas.id, in: conversations.jonas, text })
      yield* Effect.sleep("400 millis")
    })
  yield* Effect.sleep("1 second")
  yield* write("one")
  yield* write("two, delivered twice", Faults.doubled)
  yield* write("three, lost", Faults.lost)
  yield* write("four")
  yield* write("five, in whose place the connection breaks", Faults.broken)
  yield* Effect.sleep("1 second")
  const texts = (yield* emulator.events({ conversation: conversations.jonas })).map(({ text }) => text ?? "")
  yield* Console.log(`${texts.filter((text) => text.startsWith("Thanks for")).length} answers`)
})

// Against X: the bearer token of your app, and FetchHttpClient.layer in place of the emulator.
const bearerToken = Redacted.make<string>(Fixtures.tokens.app)

const Live = Layer.merge(ActivityStream.layer({ bearerToken }), Registration.layer({ bearerToken })).pipe(
  Layer.provide(Emulator.layerHttpClient),
  Layer.merge(CheckpointStore.layerMemory),
  Layer.provideMerge(EmulatedInbox)
)

// The bot runs for ever; here, until the scene is over.
run(Effect.provide(Effect.raceFirst(bot, scene), Live))
