/** What a command reads from its standard input. */
import * as Effect from "effect/Effect"
import * as Readline from "node:readline"
import { Usage } from "./Exit.js"

const missing = (what: string) =>
  new Usage({ problem: `${what} is missing: write it as an argument, or send it by a pipe.` })

/** All of it, as text; nothing is read from a keyboard. */
export const text = (what: string): Effect.Effect<string, Usage> =>
  process.stdin.isTTY
    ? Effect.fail(missing(what))
    : Effect.promise(async () => {
      const chunks: Array<Buffer> = []
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer) // no encoding is set, so these are bytes
      return Buffer.concat(chunks).toString("utf8").replace(/\r?\n$/, "")
    }).pipe(Effect.filterOrFail((text) => text !== "", () => missing(what)))

/** One line, typed or pasted. */
export const line = (question: string): Effect.Effect<string> =>
  Effect.async((resume) => {
    const reader = Readline.createInterface({ input: process.stdin, output: process.stderr, terminal: false })
    process.stderr.write(question)
    let isDone = false
    const done = (answer: string) => {
      if (isDone) return
      isDone = true
      reader.close()
      resume(Effect.succeed(answer))
    }
    reader.once("line", done)
    reader.once("close", () => done(""))
    return Effect.sync(() => reader.close())
  })
