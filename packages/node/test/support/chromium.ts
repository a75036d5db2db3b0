/** A real browser for the tests, where the machine has one. */
import { spawn, spawnSync } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"

/** The name of the browser, if there is one. Debian's package is `chromium`. */
export const chromium: string | undefined = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0
)

if (chromium === undefined) {
  console.log(
    "Skipped: this machine has no Chromium (Debian's package is chromium), so log-ins are tested by plain HTTP"
  )
}

export interface Visit {
  /** What the page is in the end, as HTML. */
  readonly dom: Promise<string>
}

/** Opens a URL as a user's browser does: it follows redirects, loads the page and runs what it says. */
export const visit = (url: string, folder: string): Visit => {
  const child = spawn(
    chromium ?? "chromium",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      `--user-data-dir=${Path.join(folder, "chromium")}`,
      "--dump-dom",
      url
    ],
    { stdio: ["ignore", "pipe", "ignore"] }
  )
  let dom = ""
  child.stdout.on("data", (chunk: Buffer) => dom += chunk.toString())
  return {
    dom: new Promise((resolve, reject) => {
      child.on("error", reject)
      child.on("close", () => resolve(dom))
    })
  }
}

/** A command for `$BROWSER` that opens its URL in the browser without a window. */
export const browserCommand = async (folder: string): Promise<string> => {
  const path = Path.join(folder, "browser.sh")
  const flags = "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run"
  const script = `#!/bin/sh\nexec ${chromium} ${flags} --user-data-dir=${
    Path.join(folder, "chromium")
  } --dump-dom "$1"\n`
  await Fs.writeFile(path, script, { mode: 0o755 })
  return path
}
