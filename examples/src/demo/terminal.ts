/** How the demo and the support desk look on a terminal. */
import { Console, Effect } from "effect"

/** What fits a terminal of 80 columns. */
const columns = 80

const colored = process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined

const paint = (code: number) => (text: string): string => colored ? `\u001b[${code}m${text}\u001b[0m` : text

export const bold = paint(1)
export const dim = paint(2)
export const red = paint(31)
export const cyan = paint(36)

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" })

/** Emoji and East Asian characters take two columns, marks and joiners none of their own. */
const wide =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]/u

const width = (grapheme: string): number => wide.test(grapheme) ? 2 : 1

/** A text on one line of so many columns, cut with an ellipsis or filled with spaces. */
export const fit = (text: string, room: number, fill = false): string => {
  let used = 0
  let output = ""
  const graphemes = [...segmenter.segment(text.replace(/\s+/g, " "))].map(({ segment }) => segment)
  const total = graphemes.reduce((sum, grapheme) => sum + width(grapheme), 0)
  for (const grapheme of graphemes) {
    if (used + width(grapheme) > room - (total > room ? 1 : 0)) break
    output += grapheme
    used += width(grapheme)
  }
  if (total > room) {
    output += "…"
    used += 1
  }
  // An isolate keeps a right-to-left text from turning the columns around it.
  const isolated = /[\u0590-\u08FF]/.test(output) ? `\u2068${output}\u2069` : output
  return isolated + (fill ? " ".repeat(Math.max(0, room - used)) : "")
}

/** A heading with what it cost. */
export const heading = (title: string, aside = "") =>
  Console.log(`\n${bold(title)}${aside === "" ? "" : dim(`  ${aside}`)}`)

/** A line with a narrow column on the left; what does not fit is cut. */
export const entry = (label: string, text: string) =>
  Console.log(`  ${cyan(fit(label, 21, true))} ${fit(text, columns - 24)}`)

/** As {@link entry}, with what does not fit on further lines. */
export const paragraph = (label: string, text: string) => {
  const lines = [""]
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? ""
    if (line !== "" && line.length + 1 + word.length > columns - 24) lines.push(word)
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`
  }
  return Effect.forEach(lines, (line, i) => entry(i === 0 ? label : "", line), { discard: true })
}
