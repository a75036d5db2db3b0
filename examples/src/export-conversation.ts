/**
 * A conversation as a page that a browser shows, as Markdown, as a table and as
 * lines that another archive takes in.
 *
 *     npm run build && node examples/dist/export-conversation.js
 */
import { ConversationId } from "@effect-xdm/core"
import { Fixtures } from "@effect-xdm/core/testing"
import { Archive, toFile } from "@effect-xdm/node/Archive"
import { Console, Effect } from "effect"
import { EmulatedInbox, run } from "./emulated.js"

const program = Effect.gen(function*() {
  const archive = yield* Archive
  // As far back as is needed, and no page more.
  yield* archive.sync({ until: "7 days" })
  const filter = { conversation: ConversationId.make(Fixtures.conversations.launch), since: "7 days" } as const
  const exports = {
    "launch.html": archive.exportHtml(filter),
    "launch.md": archive.exportMarkdown({ ...filter, timeZone: "UTC" }),
    "launch.csv": archive.exportCsv(filter),
    "launch.jsonl": archive.exportJsonl(filter)
  }
  for (const [path, text] of Object.entries(exports)) {
    yield* Console.log(`${path}: ${yield* toFile(text, path)} bytes`)
  }
})

run(program.pipe(Effect.provide(Archive.layer({ file: "archive.db" })), Effect.provide(EmulatedInbox)))
