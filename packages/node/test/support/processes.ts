/** Programs of the tests as processes of their own. */
import { build } from "esbuild"
import { type ChildProcess, spawn } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

export const makeFolder = (): Promise<string> => Fs.mkdtemp(Path.join(Os.tmpdir(), "effect-xdm-"))

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** A program beside this file as one file that Node runs, made from the sources. */
export const bundled = async (name: string, folder: string): Promise<string> => {
  const outfile = Path.join(folder, `${name}.mjs`)
  await build({
    entryPoints: [source(`./${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    alias: {
      "@effect-xdm/core/Carrier": source("../../../core/src/protocol/Carrier.ts"),
      "@effect-xdm/core": source("../../../core/src/index.ts")
    },
    logLevel: "warning"
  })
  return outfile
}

export interface Started {
  readonly process: ChildProcess
  /** Resolves when the program has written so much. */
  readonly wrote: (text: string) => Promise<void>
  /** All that it wrote, once it has ended; rejects if it has failed. A program that was killed has not failed. */
  readonly output: Promise<string>
}

export const start = (program: string, ...args: ReadonlyArray<string>): Started => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] })
  let written = ""
  const listeners = new Set<() => void>()
  child.stdout.on("data", (chunk: Buffer) => {
    written += chunk.toString()
    for (const listener of listeners) listener()
  })
  return {
    process: child,
    wrote: (text) =>
      new Promise((resolve) => {
        const listener = () => written.includes(text) ? resolve() : undefined
        listeners.add(listener)
        listener()
      }),
    output: new Promise((resolve, reject) => {
      child.on("error", reject)
      child.on(
        "close",
        (code, signal) =>
          code === 0 || signal === "SIGKILL" ? resolve(written) : reject(new Error(`${program} ended with ${code}`))
      )
    })
  }
}
