/** Adds to the number in a file, one by one, in a way that only a lock makes safe: FILE, TIMES. */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as FileLock from "../../src/FileLock.js"

const [file = "", times = "0"] = process.argv.slice(2)

const add = Effect.promise(async () => {
  const before = Number(await Fs.readFile(file, "utf8"))
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
  await Fs.writeFile(file, String(before + 1))
})

await Effect.runPromise(Effect.repeatN(FileLock.withLock(`${file}.lock`, 60_000)(add), Number(times) - 1))
