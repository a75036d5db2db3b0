/** Has the lock at a path until it is killed: PATH. */
import * as Effect from "effect/Effect"
import * as FileLock from "../../src/FileLock.js"

const [path = ""] = process.argv.slice(2)

const held = Effect.zipRight(Effect.sync(() => console.log("held")), Effect.never)

setInterval(() => {}, 1000) // an Effect that waits for ever keeps no process alive by itself
await Effect.runPromise(FileLock.withLock(path, 10_000)(held))
