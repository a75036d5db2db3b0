/**
 * A bot that answers every question once, whatever is killed in between: it
 * follows with a checkpoint, so that no question is missed, and answers through
 * an outbox whose letters have the question's id as their key, so that one that
 * comes again after a crash is not answered again.
 *
 *     npm run build && node examples/dist/auto-reply-bot.js
 */
import { CheckpointStore, DirectMessages, type DmEvent, Listing, Outbox, OutboxStore } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { Console, Effect, Layer, Option, Schedule, Stream } from "effect"
import { EmulatedInbox, run } from "./emulated.js"

/** What the bot knows to say. */
const answerTo = (text: string): Option.Option<string> =>
  /\bopen(ing)?\b/i.test(text)
    ? Option.some("We are open from 9 to 17, Monday to Friday.")
    : text.endsWith("?")
    ? Option.some("Thank you for asking. One of us will write to you today.")
    : Option.none()

/** Answers a message, unless it is the bot's own, or no question. */
const reply = (me: string) => (event: DmEvent.DmEvent) =>
  Effect.gen(function*() {
    if (event._tag !== "MessageCreate" || event.senderId === me || event.dmConversationId === undefined) return
    const text = Option.getOrUndefined(answerTo(event.text ?? ""))
    if (text === undefined) return
    const outbox = yield* Outbox
    yield* outbox.put({ key: `reply-${event.id}`, to: { conversation: event.dmConversationId }, message: { text } })
  })

const bot = Effect.gen(function*() {
  const dm = yield* DirectMessages
  // A single call gives up after a few seconds of trouble; a follower does not.
  const me = yield* Effect.retry(dm.getMe(), { while: Listing.mayPass, schedule: Schedule.spaced("1 minute") })
  // Against X, leave `every` out: as often as the rate limit allows.
  yield* Stream.runForEach(dm.events.follow({ checkpoint: "bot", every: "300 millis" }), reply(me.id))
})

/** In place of customers, and of a person who watches. */
const scene = Effect.gen(function*() {
  const emulator = yield* Emulator
  const { conversations, people } = Fixtures
  const ask = (from: string, to: string, text: string) => emulator.arrive({ from, in: to, text })
  yield* Effect.sleep("500 millis")
  yield* ask(people.jonas.id, conversations.jonas, "When do you open tomorrow?")
  yield* ask(people.kenji.id, conversations.kenji, "Good morning!")
  yield* ask(people.salma.id, conversations.salma, "Did my parcel leave?")
  yield* Effect.sleep("2 seconds")
  const names = new Map<string, string>(Object.values(people).map(({ id, username }) => [id, username]))
  for (const { sender_id = "", text } of (yield* emulator.events()).slice(0, 5).toReversed()) {
    yield* Console.log(`@${names.get(sender_id)}: ${text}`)
  }
})

const Live = Outbox.layer().pipe(
  // Files, in a bot that outlives its process: OutboxStore.layerKeyValueStore, CheckpointStore.layerKeyValueStore.
  Layer.provide(OutboxStore.layerMemory),
  Layer.merge(CheckpointStore.layerMemory),
  Layer.provideMerge(EmulatedInbox)
)

// The bot runs for ever; here, until the scene is over.
run(Effect.provide(Effect.raceFirst(bot, scene), Live))
