/**
 * Messages that are sent once, whatever happens: here the connection breaks
 * after X has taken the first one, which is found and not sent again; then an
 * outbox sends three letters, in order to each, and tells what became of them.
 * In the end, what it all cost, and how the limits stand.
 *
 *     npm run build && node examples/dist/safe-sends.js
 */
import { DirectMessages, type Letter, Outbox, OutboxStore, RateLimits, Usage, UserId } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { Console, Effect, Layer, Stream } from "effect"
import { EmulatedInbox, run } from "./emulated.js"

const jonas = { user: UserId.make(Fixtures.people.jonas.id) }
const salma = { user: UserId.make(Fixtures.people.salma.id) }

const letters: ReadonlyArray<Letter> = [
  { key: "order-4711-shipped", to: jonas, message: { text: "Your order has left." } },
  { key: "order-4712-shipped", to: salma, message: { text: "So has yours." } },
  { key: "order-4711-invoice", to: jonas, message: { text: "And here is the invoice." } }
]

const program = Effect.gen(function*() {
  const dm = yield* DirectMessages
  const emulator = yield* Emulator

  yield* emulator.inject(Faults.cutAfter, { method: "POST", times: 1 })
  const sent = yield* dm.send(jonas, { text: "Sent once." }, {
    // Against X, leave it at `reconcile: true`: it gives X five seconds to show what it has taken.
    reconcile: { settle: "200 millis" }
  })
  const same = (yield* emulator.events()).filter(({ text }) => text === "Sent once.")
  yield* Console.log(`The connection broke, and the message is there ${same.length} time: ${sent.dmEventId}`)

  const outbox = yield* Outbox
  yield* Stream.runForEach(
    outbox.deliver(Stream.fromIterable(letters)),
    ({ key, outcome }) => Console.log(`${key}: ${outcome._tag}`)
  )

  const { dollars, messagesSent, requests } = yield* Effect.flatMap(Usage, (usage) => usage.totals)
  yield* Console.log(`${requests} requests and ${messagesSent} messages, for $${dollars.toFixed(3)}`)
  const { status } = yield* RateLimits
  for (const { bucket, windows } of yield* status) {
    const used = windows.filter(({ limit, remaining }) => remaining < limit)
    for (const { limit, remaining, window } of used) {
      yield* Console.log(`${bucket}: ${remaining} of ${limit} left in ${window}`)
    }
  }
})

// Against X, `OutboxStore.layerKeyValueStore()` over files keeps the letters when the program ends.
const Letters = Outbox.layer().pipe(Layer.provide(OutboxStore.layerMemory))

run(Effect.provide(program, Letters.pipe(Layer.provideMerge(EmulatedInbox))))
