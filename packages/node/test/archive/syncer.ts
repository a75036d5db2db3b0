/** Syncs an archive: the program that is killed in the middle. */
import { DirectMessages } from "@effect-xdm/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Archive } from "../../src/archive/Archive.js"
import * as NodeClient from "../../src/NodeClient.js"

const [url = "", token = "", file = ""] = process.argv.slice(2)

const program = Effect.gen(function*() {
  const archive = yield* Archive
  yield* archive.sync({
    onProgress: ({ requests }) => Effect.sync(() => requests === 1 ? process.stdout.write("started\n") : undefined)
  })
  process.stdout.write("done\n")
}).pipe(
  Effect.catchTag(
    "ArchiveFailed",
    ({ message, reason }) => Effect.sync(() => process.stdout.write(`${reason}: ${message}\n`))
  )
)

const Live = Layer.merge(
  Archive.layer({ file }),
  DirectMessages.layer({ accessToken: Redacted.make(token), baseUrl: url }).pipe(Layer.provide(NodeClient.layer()))
)

process.stdout.write("awake\n")
await Effect.runPromise(Effect.provide(program, Live))
