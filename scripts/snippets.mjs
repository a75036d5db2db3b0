// Takes the TypeScript blocks of the README, of the site and of the doc comments out into test/snippets, a file each, so
// that the compiler reads them as a user's program would be read. A block marked `ts ignore` is passed over.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { blocksOf } from "./blocks.mjs"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(root, "test", "snippets")

const sources = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  "packages/core/README.md",
  "packages/node/README.md",
  ...readdirSync(join(root, "site"), { recursive: true })
    .filter((path) => path.endsWith(".md") && !/^(api|node_modules|dist)\b/.test(path))
    .map((path) => join("site", path)),
  ...["core", "node"].flatMap((name) => {
    const folder = join(root, "packages", name, "src")
    return readdirSync(folder, { recursive: true })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => relative(root, join(folder, path)))
  })
]

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
writeFileSync(
  join(target, "tsconfig.json"),
  JSON.stringify({ extends: "../tsconfig.json", compilerOptions: { noUnusedLocals: false }, include: ["*.ts"] })
)
// What the programs of the site run on.
copyFileSync(join(root, "examples", "src", "emulated.ts"), join(target, "emulated.ts"))

let count = 0
for (const source of sources) {
  const isDoc = source.endsWith(".ts")
  const text = readFileSync(join(root, source), "utf8")
  const blocks = isDoc
    ? [...text.matchAll(/^ *\* ```ts\n([^]*?)^ *\* ```/gm)].map(([, block]) => block.replace(/^ *\* ?/gm, ""))
    : blocksOf(text)
      .filter(({ language, marks }) => language === "ts" && !marks.includes("ignore"))
      .map(({ code }) => code)
  for (const [i, code] of blocks.entries()) {
    const name = source.replace(/[\\/]/g, "_").replace(/\.(ts|md)$/, "")
    writeFileSync(join(target, `${name}_${i + 1}.ts`), `// ${source}\n${code}`)
    count++
  }
}
console.log(`${count} code blocks of the README, the site and the docs`)
