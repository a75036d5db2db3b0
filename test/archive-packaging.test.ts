import { build } from "esbuild"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The files that a program takes in when it starts. */
const loaded = async (contents: string): Promise<ReadonlyArray<string>> => {
  const { metafile } = await build({
    stdin: { contents, resolveDir: source("."), loader: "ts" },
    alias: {
      "@effect-xdm/core/testing": source("../packages/core/src/testing/index.ts"),
      "@effect-xdm/core/Carrier": source("../packages/core/src/protocol/Carrier.ts"),
      "@effect-xdm/core": source("../packages/core/src/index.ts"),
      "@effect-xdm/node/Archive": source("../packages/node/src/archive/Archive.ts"),
      "@effect-xdm/node": source("../packages/node/src/index.ts")
    },
    bundle: true,
    splitting: true,
    outdir: source("."),
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    external: ["better-sqlite3"],
    logLevel: "silent"
  })
  // Beside what is loaded on demand, which has files of its own.
  const start = Object.keys(metafile.outputs).find((path) => path.endsWith("stdin.js"))!
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const each of metafile.outputs[path]?.imports ?? []) {
      if (each.kind === "import-statement" && !each.external) visit(each.path)
    }
  }
  visit(start)
  return [...seen].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}))
}

const database = /@effect[/+]sql|SqliteArchive|Migrations/

describe("the archive as a part of @effect-xdm/node", () => {
  it("is loaded by nobody who does not ask for it", async () => {
    const files = await loaded(
      "import { NodeClient, TokenFile } from \"@effect-xdm/node\"; console.log(NodeClient, TokenFile)"
    )
    expect(files.some((path) => path.endsWith("TokenFile.ts"))).toBe(true)
    expect(files.filter((path) => path.includes("/archive/"))).toEqual([])
    expect(files.filter((path) => database.test(path))).toEqual([])
  })

  it("loads its database when it is opened, and not before", async () => {
    const files = await loaded("import { Archive } from \"@effect-xdm/node/Archive\"; console.log(Archive.layer)")
    expect(files.some((path) => path.endsWith("archive/Archive.ts"))).toBe(true)
    expect(files.filter((path) => database.test(path))).toEqual([])
  })

  it("asks for the database as packages that may be absent", () => {
    const { exports, peerDependencies, peerDependenciesMeta } = JSON.parse(
      readFileSync(source("../packages/node/package.json"), "utf8")
    )
    expect(exports["./Archive"]).toEqual({ types: "./dist/archive/Archive.d.ts", default: "./dist/archive/Archive.js" })
    for (const name of ["@effect/sql", "@effect/sql-sqlite-node", "@effect/experimental"]) {
      expect(peerDependencies).toHaveProperty([name])
      expect(peerDependenciesMeta[name]).toEqual({ optional: true })
    }
  })
})
