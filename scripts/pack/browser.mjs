// The core in a bundle for browsers, and the bundle in a browser, where there is one.
import { build } from "esbuild"
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, run, skipped, step } from "./steps.mjs"

const chromium = ["chromium", "chromium-browser", "google-chrome"].find((name) => {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
})

export const browser = async ({ folder, wanted }) => {
  let code = ""
  await step("bundles for the browser, by esbuild", async () => {
    const { outputFiles: [file] } = await build({
      entryPoints: [join(folder, "memory.ts")],
      bundle: true,
      write: false,
      minify: true,
      platform: "browser",
      format: "esm",
      target: "es2022",
      logLevel: "silent"
    })
    code = file.text
    const ofNode = /["']node:\w+["']/.exec(code)
    if (ofNode !== null) throw new Error(`The bundle asks for ${ofNode[0]}`)
    return `${Math.round(code.length / 1000)} kB with the emulator`
  })
  if (code === "") return
  if (chromium === undefined) return skipped("runs in a browser", "there is none here")
  await step("runs in a browser", async () => {
    const page = join(folder, "page.html")
    const script = code.replaceAll("</script", "<\\/script")
    writeFileSync(
      page,
      `<!DOCTYPE html><meta charset="utf-8"><body><script type="module">
console.log = (text) => { document.body.textContent = text }
${script}</script></body>`
    )
    const dom = await run(chromium, [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${join(folder, "browser")}`,
      "--virtual-time-budget=20000",
      "--dump-dom",
      `file://${page}`
    ])
    expect("what the page shows", /<body>([^<]*)<\/body>/.exec(dom)?.[1] ?? dom.slice(-300), wanted.memory)
  })
}
