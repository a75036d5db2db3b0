/**
 * How far long work has come, in a line of stderr that is drawn anew, or in a
 * line of a log now and then. It reads no keys: those of the spinners that
 * there are take Ctrl-C for themselves and end the process.
 */
import * as Effect from "effect/Effect"
import { anew, isPlain } from "./Printer.js"

export interface Progress {
  /** Shows a text, and of how much of the work it speaks: 0 to 1, or nothing if nobody knows. */
  readonly show: (text: string, part?: number) => Effect.Effect<void>
}

/** Milliseconds from one line of a log to the next. */
const logEvery = 5_000

const barWidth = 20

const bar = (part: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, part)) * barWidth)
  return `${"█".repeat(full)}${"░".repeat(barWidth - full)} `
}

const moving: Progress = {
  show: (text, part) =>
    Effect.sync(() => {
      const line = `${part === undefined ? "" : bar(part)}${text}`
      process.stderr.write(anew + line.slice(0, (process.stderr.columns ?? 80) - 1))
    })
}

const logged: Effect.Effect<Progress> = Effect.sync(() => {
  let next = performance.now() + logEvery
  return {
    show: (text) =>
      Effect.sync(() => {
        if (performance.now() < next) return
        next = performance.now() + logEvery
        process.stderr.write(`${text}\n`)
      })
  }
})

/** Runs some work that shows its progress, and leaves the line free for what comes after. */
export const during = <A, E, R>(work: (progress: Progress) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() =>
    isPlain(process.stderr)
      ? Effect.flatMap(logged, work)
      : Effect.ensuring(work(moving), Effect.sync(() => process.stderr.write(anew)))
  )
