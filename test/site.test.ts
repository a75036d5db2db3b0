import * as Core from "@effect-xdm/core"
import * as Node from "@effect-xdm/node"
import * as Archive from "@effect-xdm/node/Archive"
import { build } from "esbuild"
import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { blocksOf } from "../scripts/blocks.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const site = join(root, "site")
const read = (page: string) => readFileSync(join(site, page), "utf8")

const pages = readdirSync(site, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md") && !/^(api|node_modules|dist)\b/.test(path))

const programs = pages.flatMap((page) =>
  blocksOf(read(page))
    .filter(({ marks }) => marks.includes("run"))
    .map((block) => ({ name: `${page}:${block.line}`, ...block }))
)

/** What a program is said to print: `…` stands for any text, and in a line of its own for any lines. */
const pattern = (output: string): RegExp => {
  const escaped = output.trimEnd().replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replace(/^…$/gm, "[^]*?").replace(/…/g, ".*?")}$`)
}

describe("the programs of the site", () => {
  // Within the workspace, where the packages are found.
  const folder = join(root, "test", "dist", "site")

  beforeAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it("are there, each with what it prints", () => {
    expect(programs.length).toBeGreaterThan(10)
    expect(programs.filter(({ output }) => output === undefined).map(({ name }) => name)).toEqual([])
  })

  it.each(programs)("$name prints what it says", async ({ code, output = "" }) => {
    const own = await mkdtemp(join(folder, "program-"))
    const program = join(own, "program.mjs")
    await build({
      stdin: { contents: code, loader: "ts", resolveDir: join(root, "examples", "src"), sourcefile: "program.ts" },
      outfile: program,
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm"
    })
    const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: own, timeout: 25_000 })
    if (!pattern(output).test(stdout.trimEnd())) expect(stdout).toBe(output)
  })
})

describe("the reference of errors", () => {
  /** The names of all errors that a module gives, by whatever way. */
  const errorsOf = (module: object): ReadonlyArray<string> =>
    Object.values(module).flatMap((value: unknown) =>
      typeof value === "function" && value.prototype instanceof Error
        ? [String(value.prototype.name)]
        : typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null
        ? errorsOf(value)
        : []
    )
  const errors = [...new Set([Core, Node, Archive].flatMap(errorsOf))].toSorted()

  it("has every error, and no other", () => {
    const [, section = ""] = readFileSync(join(root, "README.md"), "utf8").split("\n## Every error\n")
    const told = [...section.split("\n## ")[0]!.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
    expect(errors.length).toBeGreaterThan(30)
    expect(told.toSorted()).toEqual(errors)
  })
})
