import { build } from "esbuild"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { barrel, exportsOf, manifest } from "../scripts/exports.mjs"

const core = JSON.parse(readFileSync(manifest, "utf8"))

const bundle = async (contents: string) => {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)), loader: "ts" },
    alias: {
      "@effect-xdm/core/testing": fileURLToPath(new URL("../packages/core/src/testing/index.ts", import.meta.url)),
      "@effect-xdm/core/Carrier": fileURLToPath(new URL("../packages/core/src/protocol/Carrier.ts", import.meta.url)),
      "@effect-xdm/core": fileURLToPath(new URL("../packages/core/src/index.ts", import.meta.url))
    },
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    platform: "browser",
    format: "esm",
    logLevel: "silent"
  })
  return { code: outputFiles[0]!.text, inputs: Object.keys(metafile.inputs) }
}

describe("@effect-xdm/core as a package", () => {
  it("needs effect and @effect/platform as peers, and nothing else", () => {
    expect(Object.keys(core.peerDependencies)).toEqual(["@effect/platform", "effect"])
    expect(core.dependencies).toBeUndefined()
  })

  it("exports each module of the barrel by its own name", () => {
    expect(core.exports).toEqual(exportsOf(barrel))
  })

  it("bundles for the browser, without anything of Node's", async () => {
    const { code, inputs } = await bundle(`
      import { DirectMessages, Merge } from "@effect-xdm/core"
      import { Emulator } from "@effect-xdm/core/testing"
      console.log(DirectMessages, Merge, Emulator)
    `)
    expect(inputs.some((path) => path.includes("DirectMessages"))).toBe(true)
    expect(code).not.toMatch(/\bfrom\s*"node:|\brequire\("node:|import\("node:/)
    expect(inputs.filter((path) => path.startsWith("node:"))).toEqual([])
  })

  it("leaves out of a bundle what a program does not use", async () => {
    const { inputs } = await bundle(`
      import { GetMe } from "@effect-xdm/core"
      console.log(GetMe)
    `)
    const { code } = await bundle(`
      import { UserId } from "@effect-xdm/core"
      console.log(UserId)
    `)
    expect(inputs.some((path) => path.includes("/testing/"))).toBe(false)
    expect(code).not.toContain("/2/dm_events")
  })
})
