import { build } from "esbuild"
import { execFile } from "node:child_process"
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))
const folder = join(root, "test", "dist", "readme")

describe("the README", () => {
  it("has a first program that runs on the emulator as it says", async () => {
    const readme = await readFile(join(root, "README.md"), "utf8")
    const [program = "", layers = ""] = [...readme.matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code]) => code)
    await mkdir(folder, { recursive: true })
    try {
      await writeFile(join(folder, "emulated.ts"), layers)
      await writeFile(
        join(folder, "program.ts"),
        `import { Emulated } from "./emulated.js"\n${program.replace("NodeDirectMessages.layer()", "Emulated")}`
      )
      await build({
        entryPoints: [join(folder, "program.ts")],
        outfile: join(folder, "program.mjs"),
        bundle: true,
        packages: "external",
        platform: "node",
        format: "esm"
      })
      const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "program.mjs")])
      const lines = stdout.trimEnd().split("\n").filter((line) => line.includes("DateTime.Utc("))
      expect(lines).toHaveLength(20)
      expect(lines[0]).toContain("Hello")
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it("names each metric and each attribute of a span that there is", async () => {
    const telemetry = /^## Telemetry\n([^]*?)^## /m.exec(await readFile(join(root, "README.md"), "utf8"))![1]!
    const source = join(root, "packages", "core", "src")
    const files = (await readdir(source, { recursive: true })).filter((path) => path.endsWith(".ts"))
    const code = (await Promise.all(files.map((path) => readFile(join(source, path), "utf8")))).join("\n")
    const names = (text: string, quote: string) =>
      new Set(
        [...text.matchAll(new RegExp(`${quote}(xdm_\\w+|(?:x|http|url)(?:\\.[a-z_]+)+)${quote}`, "g"))].map((
          [, name]
        ) => name)
      )
    expect([...names(telemetry, "`")].sort()).toEqual([...names(code, "\"")].sort())
  })
})
