import { build } from "esbuild"
import { spawn } from "node:child_process"
import { mkdir, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { alternating, type Group } from "./measure.js"
import { page } from "./pages.js"

const bare = (url: string) => `
const response = await fetch("${url}/2/dm_events?max_results=1", { headers: { authorization: "Bearer token-of-the-bench" } })
const { data } = await response.json()
console.log(data[0].id)
`

const ours = (url: string) => `
import { Credentials } from "@effect-xdm/core/Credentials"
import { GetEvents } from "@effect-xdm/core/GetEvents"
import { XApi } from "@effect-xdm/core/XApi"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const Live = GetEvents.layer.pipe(
  Layer.provide(XApi.layer({ baseUrl: "${url}" })),
  Layer.provide(Credentials.layerAccessToken(Redacted.make("token-of-the-bench"))),
  Layer.provide(FetchHttpClient.layer)
)
const program = Effect.flatMap(GetEvents, (getEvents) => getEvents({ maxResults: 1 }))
const { events } = await Effect.runPromise(Effect.provide(program, Live))
console.log(events[0].id)
`

const milliseconds = (program: string, ...args: ReadonlyArray<string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "ignore", "inherit"] })
    child.on("error", reject)
    child.on(
      "exit",
      (code) => code === 0 ? resolve(performance.now() - started) : reject(new Error(`${program} exited with ${code}`))
    )
  })

const xdm = fileURLToPath(new URL("../../../packages/node/bin/xdm.js", import.meta.url))

/** From the start of Node to the first event read over HTTP and the end of the process. */
export const startup = async (): Promise<Group> => {
  const answer = JSON.stringify(page(0))
  const server = createServer((_, response) => response.setHeader("content-type", "application/json").end(answer))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  // A server that listens on a port has an address with a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const folder = fileURLToPath(new URL("../dist/programs/", import.meta.url))
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(`${folder}bare.mjs`, bare(url))
    await writeFile(`${folder}ours.mjs`, ours(url))
    for (const name of ["bare", "ours"]) {
      await build({
        entryPoints: [`${folder}${name}.mjs`],
        entryNames: `${name}.bundled`,
        outdir: folder,
        outExtension: { ".js": ".mjs" },
        bundle: true,
        // Without it, all that a module shares with one that is imported later is wrapped into functions.
        splitting: true,
        minify: true,
        platform: "node",
        format: "esm",
        logLevel: "warning"
      })
    }
    const found = await alternating(11, {
      bare: () => milliseconds(`${folder}bare.bundled.mjs`),
      bundled: () => milliseconds(`${folder}ours.bundled.mjs`),
      unbundled: () => milliseconds(`${folder}ours.mjs`),
      help: () => milliseconds(xdm, "--help"),
      whoami: () => milliseconds(xdm, "--emulator", "whoami")
    })
    return {
      title: "Start of a program that reads the first event",
      rows: [
        { name: "bare fetch", value: found.bare, unit: "ms", ratio: 1 },
        { name: "GetEvents, bundled", value: found.bundled, unit: "ms", ratio: found.bundled / found.bare, limit: 1.5 },
        {
          name: "GetEvents, unbundled",
          value: found.unbundled,
          unit: "ms",
          ratio: found.unbundled / found.bare,
          limit: 3
        },
        { name: "xdm --help", value: found.help, unit: "ms", limit: 400 },
        // A whole command: it makes the sample inbox and asks it.
        { name: "xdm --emulator whoami", value: found.whoami, unit: "ms" }
      ]
    }
  } finally {
    server.close()
    server.closeAllConnections()
    await rm(folder, { recursive: true, force: true })
  }
}
