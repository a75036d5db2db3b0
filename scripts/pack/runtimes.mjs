// The runtimes that the packages are tried in, each from the npm registry, kept in node_modules/.cache.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root, run, skipped } from "./steps.mjs"

const folder = join(root, "node_modules", ".cache", "runtimes")
const platform = process.platform === "win32" ? "win" : process.platform
const ending = process.platform === "win32" ? ".exe" : ""

const node = (version) => ({
  title: `Node ${version.split(".", 1)}`,
  alias: `node-${version}`,
  wanted: `npm:node-${platform}-${process.arch}@${version}`,
  path: join("bin", `node${ending}`),
  args: []
})

// The first is the oldest that the packages say they run in.
const all = [
  node("20.12.0"),
  node("22"),
  node("24"),
  { title: "Bun", alias: "bun", wanted: "1.4.5", path: join("bin", "bun.exe"), args: ["run"] },
  {
    title: "Deno",
    alias: "deno",
    wanted: "2.9.6",
    path: join("..", ".bin", "deno"),
    args: ["run", "--allow-all", "--no-lock"]
  }
]

const install = async ({ alias, wanted }) => {
  const home = join(folder, alias)
  const manifest = JSON.stringify({ private: true, dependencies: { [alias]: wanted } })
  const file = join(home, "package.json")
  const mark = join(home, "installed")
  if (existsSync(mark) && readFileSync(file, "utf8") === manifest) return
  mkdirSync(home, { recursive: true })
  writeFileSync(file, manifest)
  await run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"], { cwd: home })
  writeFileSync(mark, "")
}

/** Those that can be had and run here: `[{ title, version, command, args }]`; of the others it is said why not. */
export const runtimes = async () => {
  const found = []
  for (const each of all) {
    const command = join(folder, each.alias, "node_modules", each.alias, each.path)
    try {
      await install(each)
      const version = /\d+\.\d+\.\d+/.exec(await run(command, ["--version"]))?.[0]
      found.push({
        ...each,
        title: `${each.title.split(" ", 1)} ${version}`,
        isNode: each.title.startsWith("Node"),
        command
      })
    } catch (error) {
      skipped(
        each.title,
        `it cannot be had here (${error.message.split("\n").find((line) => /error/i.test(line)) ?? error.message})`
      )
    }
  }
  if (!found.some(({ isNode }) => isNode)) {
    found.push({ title: `Node ${process.versions.node}`, isNode: true, command: process.execPath, args: [] })
  }
  return found
}
