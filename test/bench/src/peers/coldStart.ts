/** From the start of Node to the first event and the end of the process. */
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { mkdir, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import type { Group } from "../measure.js"
import { page } from "../pages.js"
import { inTurn } from "./crew.js"
import { type Name, names } from "./peer.js"
import { lister } from "./programs.js"
import { rows } from "./rows.js"

const milliseconds = (program: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, [program], {
      stdio: ["ignore", "ignore", "inherit"],
      timeout: 20_000,
      killSignal: "SIGKILL"
    })
    child.on("error", reject)
    child.on("exit", (code) =>
      code === 0 ? resolve(performance.now() - started) : reject(new Error(`${program} exited with ${code}`)))
  })

const limits = { bundled: 1.5, unbundled: 3 }

export const coldStart = async (measured: number): Promise<ReadonlyArray<Group>> => {
  const answer = JSON.stringify(page(0))
  const server = createServer((_, response) => response.setHeader("content-type", "application/json").end(answer))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  // A server that listens on a port has an address with a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const folder = fileURLToPath(new URL("../../dist/programs-of-peers/", import.meta.url))
  const fileOf = (name: Name, kind: keyof typeof limits) => `${folder}${name}.${kind}.mjs`
  try {
    await mkdir(folder, { recursive: true })
    for (const name of names) {
      await writeFile(fileOf(name, "unbundled"), lister(name, url, 1))
      await build({
        entryPoints: [fileOf(name, "unbundled")],
        entryNames: `${name}.bundled`,
        outdir: folder,
        outExtension: { ".js": ".mjs" },
        bundle: true,
        // Without it, all that a module shares with one that is imported later is wrapped into functions.
        splitting: true,
        minify: true,
        platform: "node",
        format: "esm",
        // Modules of CommonJS ask for Node's by `require`.
        banner: {
          js: "import { createRequire } from \"node:module\"; const require = createRequire(import.meta.url);"
        },
        logLevel: "error"
      })
    }
    const groups: Array<Group> = []
    for (const kind of ["unbundled", "bundled"] as const) {
      const candidates = new Map(names.map((name) => [name, () => milliseconds(fileOf(name, kind))]))
      const found = await inTurn(candidates, { warm: 1, measured })
      groups.push({
        title: `Start to the first event, ${kind}`,
        rows: rows(found, { unit: "ms", baseline: "fetch", limit: limits[kind] })
      })
    }
    return groups
  } finally {
    server.close()
    server.closeAllConnections()
    await rm(folder, { recursive: true, force: true })
  }
}
