/** The program `xdm` as a process of its own, beside an emulator that it is pointed at. */
import { Emulator, type EmulatorOptions, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer } from "@effect-xdm/node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { type ChildProcess, spawn } from "node:child_process"
import * as Fs from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { makeFolder } from "../support/processes.js"

const program = fileURLToPath(new URL("../../bin/xdm.js", import.meta.url))

export type Env = { readonly [name: string]: string | undefined }

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly process: ChildProcess
  /** Resolves when stdout holds the text. */
  readonly wrote: (text: string) => Promise<void>
  /** Resolves when stderr holds the text. */
  readonly told: (text: string) => Promise<void>
  readonly ended: Promise<Ended>
}

/** A home of nobody's, a server that is X, and the program between them. */
export interface Machine {
  readonly folder: string
  readonly url: string
  /** What the server does and has. */
  readonly emulator: <A, E>(use: (emulator: Emulator["Type"]) => Effect.Effect<A, E>) => Promise<A>
  /** The next so many requests: resolves when the server has had them, so that a program that makes them has begun. */
  readonly requests: (count: number) => Promise<void>
  readonly start: (words: ReadonlyArray<string>, env?: Env) => Running
  readonly xdm: (
    words: ReadonlyArray<string>,
    options?: { readonly env?: Env; readonly stdin?: string }
  ) => Promise<Ended>
  readonly close: () => Promise<void>
}

export const makeMachine = async (options: EmulatorOptions = {}): Promise<Machine> => {
  const folder = await makeFolder()
  const server = ManagedRuntime.make(Layer.provideMerge(EmulatorServer.layer(), Emulator.layer(options)))
  const { url } = await server.runPromise(EmulatorServer)
  const home: Env = {
    PATH: process.env["PATH"],
    HOME: folder,
    TZ: "UTC",
    X_API_URL: url,
    X_ACCESS_TOKEN: Fixtures.tokens.owner
  }

  const start: Machine["start"] = (words, env = {}) => {
    const child = spawn(process.execPath, [program, ...words], { cwd: folder, env: { ...home, ...env } })
    const written = { stdout: "", stderr: "" }
    const listeners = new Set<() => void>()
    for (const name of ["stdout", "stderr"] as const) {
      child[name].on("data", (chunk: Buffer) => {
        written[name] += chunk.toString()
        for (const listener of listeners) listener()
      })
    }
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject)
      child.on("close", (code, signal) => {
        resolve({ code, signal, ...written })
        for (const listener of listeners) listener()
      })
    })
    const holds = (name: "stdout" | "stderr") => (text: string) =>
      new Promise<void>((resolve, reject) => {
        const listener = () =>
          written[name].includes(text)
            ? resolve()
            : child.exitCode !== null
            ? reject(new Error(`it ended without "${text}": ${written.stdout}${written.stderr}`))
            : undefined
        listeners.add(listener)
        listener()
      })
    return { process: child, ended, wrote: holds("stdout"), told: holds("stderr") }
  }

  const emulator: Machine["emulator"] = (use) => server.runPromise(Effect.flatMap(Emulator, use))

  return {
    folder,
    url,
    emulator,
    requests: async (count) => {
      const made = () => emulator(({ requestCount }) => requestCount())
      const enough = await made() + count
      while (await made() < enough) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    start,
    xdm: (words, { env, stdin } = {}) => {
      const { ended, process } = start(words, env)
      process.stdin?.on("error", () => undefined)
      process.stdin?.end(stdin ?? "")
      return ended
    },
    close: async () => {
      await server.dispose()
      await Fs.rm(folder, { recursive: true, force: true })
    }
  }
}

/** The JSON documents of an output, one a line. */
export const jsonOf = ({ stdout }: Ended): ReadonlyArray<Record<string, unknown>> =>
  stdout.trimEnd().split("\n").filter((line) => line !== "").map((line) => {
    const value: unknown = JSON.parse(line)
    if (typeof value !== "object" || value === null) throw new Error(`no object: ${line}`)
    return { ...value }
  })
