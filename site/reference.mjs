// Writes reference pages of the site from sections of the README, so that each table is told in one place. That of the
// errors is written by hand, for it says more; a test holds both to the errors that there are.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
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

const reference = {
  limits: ["Limits", "Limits of X, and of this library"],
  telemetry: ["Telemetry", "Telemetry"]
}

mkdirSync(target, { recursive: true })
for (const [page, [heading, title]] of Object.entries(reference)) {
  writeFileSync(join(target, `${page}.md`), `# ${title}\n\n${linked(section(heading))}\n`)
}
