// Writes the reference pages of the site from the sections of the README, so that each table is told in one place.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(root, "site", "reference")
const readme = readFileSync(join(root, "README.md"), "utf8")

/** The text below a heading, up to the next one. */
const section = (heading) => {
  const [, text] = readme.split(`\n## ${heading}\n`)
  if (text === undefined) throw new Error(`The README has no section "${heading}"`)
  return text.split("\n## ")[0].replace("\nMIT licensed.\n", "").trim()
}

/** What of the README's links has a page of the site; the others lead to files that are not in it, and stay as text. */
const pages = { "packages/node/README.md#the-archive": "/guides/archive", "#telemetry": "/reference/telemetry" }
const linked = (text) =>
  text.replace(
    /\[([^\]]+)\]\(([^)]+)\)/g,
    (link, label, to) => /^https?:/.test(to) ? link : pages[to] === undefined ? label : `[${label}](${pages[to]})`
  )

/** A table of errors as a heading each, so that other pages can lead to one of them. */
const unrolled = (text) =>
  text.split("\n").flatMap((line) => {
    if (!line.startsWith("|")) return [line]
    const [error, when, done, advice] = line.split("|").slice(1, -1).map((cell) => cell.trim())
    if (!error.startsWith("`")) return []
    return [
      `## ${error}`,
      "",
      `- **When:** ${when}.`,
      `- **What the library has done:** ${done}.`,
      `- **What you do:** ${advice}.`,
      ""
    ]
  }).join("\n")

const reference = {
  errors: ["Every error", "Every error"],
  limits: ["Limits", "Limits of X, and of this library"],
  telemetry: ["Telemetry", "Telemetry"]
}

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const [page, [heading, title]] of Object.entries(reference)) {
  const text = linked(section(heading))
  writeFileSync(join(target, `${page}.md`), `# ${title}\n\n${page === "errors" ? unrolled(text) : text}\n`)
}
