/** Writes tokens into a file without end: FILE. */
import { TokenStore } from "@effect-xdm/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TokenFile from "../../src/TokenFile.js"

const [file = ""] = process.argv.slice(2)

const program = Effect.gen(function*() {
  const store = yield* TokenStore
  for (let i = 0;; i++) {
    const tokens = { accessToken: Redacted.make(`access-${i}`), scopes: Array.from({ length: 200 }, () => "dm.read") }
    yield* store.withLock("mina")(store.set("mina", tokens))
    if (i === 0) console.log("begun")
  }
})

await Effect.runPromise(Effect.provide(program, TokenFile.layer(file)))
