/**
 * The state of an inbox that a user interface can subscribe to: folded from
 * the last days once, and kept up to date from then on.
 *
 *     npm run build && node examples/dist/inbox.js
 */
import { DirectMessages, Inbox } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { Console, Effect, Option, Stream, SubscriptionRef } from "effect"
import { EmulatedInbox, run } from "./emulated.js"

const show = (inbox: Inbox.Inbox) =>
  Effect.forEach(Inbox.list(inbox).slice(0, 4), ({ id, lastMessage, messages, unread }) => {
    const last = Option.match(lastMessage, { onNone: () => "", onSome: ({ text }) => text ?? "(an attachment)" })
    return Console.log(`  ${id}  ${unread} unread of ${messages}: ${last}`)
  })

const program = Effect.gen(function*() {
  const dm = yield* DirectMessages
  const emulator = yield* Emulator
  const me = yield* dm.getMe()

  const start = yield* Inbox.fold(dm.events.all({ until: "2 days" }), Inbox.empty(me.id))
  const inbox = yield* SubscriptionRef.make(start)
  yield* Effect.fork(Inbox.update(inbox, dm.events.follow({ every: "1 second" })))

  yield* Effect.fork(Effect.delay(
    emulator.arrive({ from: Fixtures.people.kenji.id, in: Fixtures.conversations.kenji, text: "One more thing …" }),
    "1500 millis"
  ))
  // The state now, and the state after what comes next.
  yield* inbox.changes.pipe(
    Stream.take(2),
    Stream.runForEach((state) => Effect.zipRight(Console.log("The inbox:"), show(state)))
  )
})

run(Effect.provide(program, EmulatedInbox))
