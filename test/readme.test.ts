import { build } from "esbuild"
import { execFile } from "node:child_process"
import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
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
})
