// Writes the `exports` of @effect-xdm/core: the barrel, `testing`, and each module that the barrel exports, by its own
// name (`@effect-xdm/core/GetEvents`). Run after adding a module to the barrel; a test checks that it was.
import { readFileSync, writeFileSync } from "node:fs"

const entry = (path) => ({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` })

export const exportsOf = (barrel) => {
  const modules = [...new Set([...barrel.matchAll(/from "\.\/(.+)\.js"/g)].map(([, path]) => path))].sort()
  return {
    ".": entry("index"),
    "./testing": entry("testing/index"),
    ...Object.fromEntries(modules.map((path) => [`./${path.split("/").at(-1)}`, entry(path)]))
  }
}

const core = new URL("../packages/core/", import.meta.url)
export const manifest = new URL("package.json", core)
export const barrel = readFileSync(new URL("src/index.ts", core), "utf8")

if (process.argv.includes("--write")) {
  const json = JSON.parse(readFileSync(manifest, "utf8"))
  writeFileSync(manifest, `${JSON.stringify({ ...json, exports: exportsOf(barrel) }, null, 2)}\n`)
}
