// Looks at the built site as a reader's browser would: every link within it leads to a page and a place that are there,
// and no page loads anything from another host.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const dist = join(dirname(fileURLToPath(import.meta.url)), "dist")
const base = process.env.SITE_BASE ?? "/"

const files = readdirSync(dist, { recursive: true }).filter((path) => statSync(join(dist, path)).isFile())
const read = (path) => readFileSync(join(dist, path), "utf8")
const unescaped = (text) => text.replaceAll("&amp;", "&").replaceAll("&quot;", "\"").replaceAll("&#39;", "'")

/** The start tags of a page, each with its attributes. */
const tagsOf = (html) =>
  [...html.matchAll(/<([a-z][a-z0-9-]*)((?:\s+[^\s=>"']+(?:="[^"]*")?)*)\s*\/?>/gi)].map(([, name, attributes]) => ({
    name: name.toLowerCase(),
    attributes: new Map(
      [...attributes.matchAll(/([^\s=]+)="([^"]*)"/g)].map(([, key, value]) => [key, unescaped(value)])
    )
  }))

const pages = new Map(
  files.filter((path) => path.endsWith(".html")).map((path) => {
    const tags = tagsOf(read(path))
    const ids = new Set(tags.flatMap(({ attributes }) => [attributes.get("id")]).filter((id) => id !== undefined))
    return [path, { tags, ids }]
  })
)

/** What is wrong, and on which pages: what stands in the frame of all pages is told once. */
const problems = new Map()
const tell = (page, problem) => problems.set(problem, [...(problems.get(problem) ?? []), page])
const isElsewhere = (url) => /^(https?:)?\/\//.test(url)

/** The file that a link leads to. */
const fileOf = (from, path) => {
  const inside = path.startsWith(base)
    ? path.slice(base.length)
    : path.startsWith("/")
    ? undefined
    : relative(dist, join(dist, dirname(from), path))
  if (inside === undefined) return undefined
  const candidates = inside === "" || inside.endsWith("/") ? [`${inside}index.html`] : [inside, `${inside}.html`]
  return candidates.find((each) => existsSync(join(dist, each)) && statSync(join(dist, each)).isFile())
}

let links = 0
const check = (from, url) => {
  if (url === "" || isElsewhere(url) || /^(mailto|data|javascript):/.test(url)) return
  links++
  const [path, anchor = ""] = url.split("#")
  const to = path === "" ? from : fileOf(from, decodeURI(path.split("?")[0]))
  if (to === undefined) tell(from, `${url} leads nowhere`)
  else if (anchor !== "" && pages.get(to)?.ids.has(decodeURIComponent(anchor)) !== true) {
    tell(from, `${url} leads to a place that is not there`)
  }
}

for (const [path, { tags }] of pages) {
  for (const { attributes, name } of tags) {
    const loaded = [attributes.get("src"), attributes.get("poster"), ...(attributes.get("srcset") ?? "").split(/[ ,]+/)]
    if (name === "link" || name === "use" || name === "image") loaded.push(attributes.get("href"))
    if (name === "object") loaded.push(attributes.get("data"))
    for (const url of loaded.filter((each) => each !== undefined)) {
      if (isElsewhere(url)) tell(path, `<${name}> loads ${url}`)
      else check(path, url)
    }
    if (name === "a" && attributes.has("href")) check(path, attributes.get("href"))
  }
}

for (const path of files.filter((each) => /\.(css|html|svg)$/.test(each))) {
  for (const [, url] of read(path).matchAll(/(?:url\(\s*|@import\s+)["']?((?:https?:)?\/\/[^"')\s]+)/g)) {
    tell(path, `a style loads ${url}`)
  }
}

if (problems.size > 0) {
  for (const [problem, [first, ...others]] of problems) {
    console.error(`${first}${others.length === 0 ? "" : ` and ${others.length} more`}: ${problem}`)
  }
  process.exit(1)
}
console.log(`${pages.size} pages, ${links} links within the site, and nothing loaded from elsewhere`)
