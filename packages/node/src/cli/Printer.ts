/** What is shown: results on stdout, and all else on stderr. */
import * as Effect from "effect/Effect"
import { stripVTControlCharacters, styleText } from "node:util"

/** Whether colours and moving lines would be in the way: in a file, in a pipe, or as the user wishes. */
export const isPlain = (stream: NodeJS.WriteStream): boolean =>
  !stream.isTTY || (process.env["NO_COLOR"] ?? "") !== "" || process.env["TERM"] === "dumb"

/** A text in a style, where the stream can show it. */
export const styled = (
  style: "bold" | "dim" | "red" | "cyan",
  text: string,
  stream: NodeJS.WriteStream = process.stdout
): string => isPlain(stream) ? text : styleText(style, text, { validateStream: false })

/** A text without what makes a terminal do something: messages are other people's words. */
export const harmless = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, "")

export const line = (text: string): Effect.Effect<void> => Effect.sync(() => void process.stdout.write(`${text}\n`))

/** The beginning of the line, with what a progress bar left there wiped away. */
export const anew = "\r\u001B[K"

/** Something that is said along with the results. */
export const note = (text: string): Effect.Effect<void> =>
  Effect.sync(() => void process.stderr.write(`${isPlain(process.stderr) ? "" : anew}${text}\n`))

/** A result, as JSON or for people, as the command was told. */
export const show = (
  { json }: { readonly json: boolean },
  value: unknown,
  text: () => string
): Effect.Effect<void> => Effect.suspend(() => line(json ? JSON.stringify(value) : text()))

/** Columns side by side, as wide as they need; the last one as it is. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ""))))
  return rows
    .map((row) =>
      row.map((cell, i) => i === row.length - 1 ? cell : cell + " ".repeat(widths[i]! - width(cell))).join("  ")
    )
    .join("\n")
}

const width = (text: string): number => [...stripVTControlCharacters(text)].length
