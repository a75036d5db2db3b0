/**
 * All messages in a file of one's own, and words found in them: the first sync
 * reads all that X has, the next one only what is new.
 *
 *     npm run build && node examples/dist/archive-and-search.js
 */
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { Archive } from "@effect-xdm/node/Archive"
import { Console, Effect, Option, Stream } from "effect"
import { EmulatedInbox, run } from "./emulated.js"

const search = (words: string) =>
  Effect.gen(function*() {
    const archive = yield* Archive
    yield* Console.log(`\n${words}`)
    yield* archive.search(words, { limit: 3, order: "newest" }).pipe(
      Stream.runForEach(({ marks, sender, snippet }) => {
        const name = Option.match(sender, { onNone: () => "?", onSome: (user) => user.name })
        // From the last mark on, so that the places of those before it stay right.
        const shown = marks.reduceRight(
          (text, { end, start }) => `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`,
          snippet
        )
        return Console.log(`  ${name}: ${shown}`)
      })
    )
  })

const program = Effect.gen(function*() {
  const archive = yield* Archive
  const emulator = yield* Emulator

  const first = yield* archive.sync()
  yield* Console.log(`The first sync: ${first.added} events in ${first.requests} requests`)
  yield* emulator.arrive({
    from: Fixtures.people.jonas.id,
    in: Fixtures.conversations.jonas,
    text: "The café at noon?"
  })
  const second = yield* archive.sync()
  yield* Console.log(`The second: ${second.added} event in ${second.requests} request`)

  yield* search("cafe")
  yield* search("\"bug in the parser\"")
  yield* search("invoic*")
})

// What X does not give any more stays in the file.
run(program.pipe(Effect.provide(Archive.layer({ file: "messages.db" })), Effect.provide(EmulatedInbox)))
