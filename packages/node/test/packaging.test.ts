import { build } from "esbuild"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))
const manifest = JSON.parse(readFileSync(path("package.json"), "utf8"))

/** The files that come with an entry, save those that are loaded when they are used. */
const loadedWith = async (entry: string): Promise<ReadonlyArray<string>> => {
  const { metafile } = await build({
    entryPoints: [path(entry)],
    alias: {
      "@effect-xdm/core/testing": path("../core/src/testing/index.ts"),
      "@effect-xdm/core/Carrier": path("../core/src/protocol/Carrier.ts"),
      "@effect-xdm/core": path("../core/src/index.ts")
    },
    bundle: true,
    splitting: true,
    write: false,
    outdir: "nowhere",
    metafile: true,
    platform: "node",
    format: "esm",
    external: ["better-sqlite3"],
    logLevel: "silent"
  })
  const outputs = new Map(Object.entries(metafile.outputs))
  const found = new Set<string>()
  const visit = (name: string) => {
    const output = outputs.get(name)
    if (output === undefined || found.has(name)) return
    found.add(name)
    for (const { kind, path } of output.imports) if (kind === "import-statement") visit(path)
  }
  const first = [...outputs].find(([, { entryPoint }]) => entryPoint?.endsWith(entry))?.[0]
  visit(`${first}`)
  return [...found].flatMap((name) => Object.keys(outputs.get(name)?.inputs ?? {}))
}

describe("@effect-xdm/node as a package", () => {
  it("loads no database for those who keep no archive, and none before one is opened", async () => {
    for (const entry of ["src/index.ts", "src/archive/Archive.ts", "src/cli/xdm.ts"]) {
      const inputs = await loadedWith(entry)
      expect(inputs.some((name) => name.endsWith(entry))).toBe(true)
      expect(inputs.filter((name) => /@effect\/sql|better-sqlite3|@effect\/experimental/.test(name))).toEqual([])
    }
    expect(await loadedWith("src/index.ts")).not.toContainEqual(expect.stringContaining("/archive/"))
  }, 60_000)

  it("has the database packages as optional peers, and what it bundles as no dependency", () => {
    const optional = Object.keys(manifest.peerDependenciesMeta)
    expect(optional.sort()).toEqual([
      "@effect/experimental",
      "@effect/sql",
      "@effect/sql-sqlite-node",
      "better-sqlite3"
    ])
    for (const name of optional) expect(manifest.peerDependencies[name]).toBeDefined()
    expect(Object.keys(manifest.dependencies)).toEqual(["oauth4webapi", "open"])
  })

  it("exports files that are there, and the program", () => {
    for (const { default: code, types } of Object.values<{ default: string; types: string }>(manifest.exports)) {
      expect(existsSync(path(code)), code).toBe(true)
      expect(existsSync(path(types)), types).toBe(true)
    }
    expect(existsSync(path(manifest.bin.xdm))).toBe(true)
    expect(Object.keys(manifest.exports)).toEqual([".", "./Archive"])
  })
})
