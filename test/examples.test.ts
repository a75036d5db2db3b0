import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer } from "@effect-xdm/node"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { spawn } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const dist = fileURLToPath(new URL("../examples/dist/", import.meta.url))
let folder = ""

beforeAll(async () => {
  if (!existsSync(join(dist, "demo.js"))) throw new Error("The examples are not built: npm run build")
  folder = await mkdtemp(join(tmpdir(), "effect-xdm-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs an example as a process of its own, in an empty folder and with no settings but these. */
const run = (name: string, env: Record<string, string> = {}) =>
  Effect.async<Finished>((resume) => {
    const child = spawn(process.execPath, [join(dist, name)], {
      cwd: folder,
      env: { PATH: process.env["PATH"], ...env }
    })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text)
    child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text)
    child.on("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
    return Effect.sync(() => child.kill())
  })

const Server = EmulatorServer.layer().pipe(Layer.provideMerge(Emulator.layer()))

describe("the demo", () => {
  it.live("does the main job and fits a terminal", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* run("demo.js")
      expect(stderr).toBe("")
      expect(code).toBe(0)
      for (const part of ["@mina_builds", "And it is live!", "is deleted", "NotFound", "InvalidInput", "3 requests"]) {
        expect(stdout).toContain(part)
      }
      const lines = stdout.trimEnd().split("\n")
      expect(lines.length).toBeLessThan(60)
      // Without a terminal there is no colour.
      expect(stdout).not.toContain("\u001b[")
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80)
    }))

  it.live("reads from X and sends nothing when there is a token", () =>
    Effect.gen(function*() {
      const { url } = yield* EmulatorServer
      const { code, stdout } = yield* run("demo.js", { X_ACCESS_TOKEN: Fixtures.tokens.owner, X_API_URL: url })
      expect(code).toBe(0)
      expect(stdout).toContain("sends nothing")
      const requests = yield* Effect.flatMap(Emulator, (emulator) => emulator.requests)
      expect(requests.map(({ method }) => method)).toEqual(["GET", "GET", "GET", "GET"])
    }).pipe(Effect.provide(Server)))

  it.live("says what is wrong with a token, without showing it", () =>
    Effect.gen(function*() {
      const { url } = yield* EmulatorServer
      const { code, stderr, stdout } = yield* run("demo.js", { X_ACCESS_TOKEN: "wrong-token-of-mine", X_API_URL: url })
      expect(code).toBe(1)
      expect(stderr).toContain("the access token was refused")
      expect(stdout + stderr).not.toContain("wrong-token-of-mine")
    }).pipe(Effect.provide(Server)))
})

describe("the examples", () => {
  it.live("merge-conversations: three requests for three conversations", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* run("merge-conversations.js")
      expect(code).toBe(0)
      expect(stdout.trimEnd().split("\n").at(-1)).toBe("3 requests")
    }))

  it.live("follow: goes on from its checkpoint, without loss or repeat", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* run("follow.js")
      expect(code).toBe(0)
      const texts = stdout.trimEnd().split("\n").map((line) => line.split("  ").at(-1))
      expect(texts).toEqual(["one", "two", "three", "Nobody follows now.", "four", "five", "six"])
      expect(existsSync(join(folder, "checkpoints"))).toBe(true)
    }))

  it.live("safe-sends: each message once, and what it cost", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* run("safe-sends.js")
      expect(code).toBe(0)
      expect(stdout).toMatch(/^The connection broke, and the message is there 1 time: \d+$/m)
      expect(stdout.match(/^order-\S+: Sent$/gm)).toHaveLength(3)
      // Four sends, a look at five events, and who the account is.
      expect(stdout).toContain("6 requests and 4 messages, for $0.110")
      expect(stdout).toContain("CreateByParticipantId: 11 of 15 left in 15 minutes")
    }))

  it.live("auto-reply-bot: answers questions, once, and nothing else", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* run("auto-reply-bot.js")
      expect(code).toBe(0)
      const lines = stdout.trimEnd().split("\n")
      expect(lines.slice(0, 3).map((line) => line.split(":")[0])).toEqual([
        "@jonas_lind",
        "@kenji_mori",
        "@salma_haddad"
      ])
      expect(lines.slice(3).sort()).toEqual([
        "@mina_builds: Thank you for asking. One of us will write to you today.",
        "@mina_builds: We are open from 9 to 17, Monday to Friday."
      ])
    }))

  it.live("webhook-server: registers, and receives each message once", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* run("webhook-server.js")
      expect(stderr).toBe("")
      expect(code).toBe(0)
      expect(stdout.trimEnd().split("\n")).toEqual([
        "valid: true, dm.received and dm.sent",
        "received: one",
        "received: two",
        "sent: three",
        "received: four"
      ])
    }))

  it.live("live-bot: answers each message once, though deliveries are lost and a connection breaks", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* run("live-bot.js")
      expect(stderr).toBe("")
      expect(code).toBe(0)
      const lines = stdout.trimEnd().split("\n")
      const answered = [
        "one",
        "two, delivered twice",
        "four",
        "three, lost",
        "five, in whose place the connection breaks"
      ]
      expect(lines.filter((line) => line.startsWith("answered: "))).toEqual(answered.map((text) => `answered: ${text}`))
      // It reads where it begins to be delivered to, and behind the break.
      expect(lines.filter((line) => line === "read back")).toHaveLength(2)
      expect(lines.at(-1)).toBe("5 answers")
    }))

  it.live("inbox: shows the state before and after a message", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* run("inbox.js")
      expect(code).toBe(0)
      const [before, after] = stdout.split("The inbox:").slice(1).map((state) =>
        /105 {2}(\d+) unread of (\d+)/.exec(state)
      )
      expect(after?.slice(1).map(Number)).toEqual(before?.slice(1).map((count) => Number(count) + 1))
      expect(stdout).toMatch(/The inbox:[^]*The inbox:\n {2}\S+105 {2}\d+ unread of \d+: One more thing/)
    }))

  it.live("archive-and-search: reads what is new, and finds words", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* run("archive-and-search.js")
      expect(code).toBe(0)
      expect(stdout).toMatch(/^The first sync: \d{4} events in 12 requests\nThe second: 1 event in 1 request\n/)
      expect(stdout).toContain("Jonas Lind: The [café] at noon?")
      expect(stdout).toMatch(/I found the \[bug in the parser\]\./)
      expect(stdout).toContain("[invoice]")
    }))

  it.live("export-conversation: writes four files", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* run("export-conversation.js")
      expect(code).toBe(0)
      expect(stdout.trimEnd().split("\n").map((line) => line.split(":")[0])).toEqual([
        "launch.html",
        "launch.md",
        "launch.csv",
        "launch.jsonl"
      ])
      expect(readFileSync(join(folder, "launch.html"), "utf8")).toMatch(/^<!DOCTYPE html>[^]*<\/html>\n$/)
    }))

  it.live("telemetry: a span for each request under the program's own, and the metrics", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* run("telemetry.js")
      expect(stderr).toBe("")
      expect(code).toBe(0)
      const names = stdout.match(/^ {2}name: '.*'|(?<= {4}name: ')xdm_\w+/gm)
      expect(names).toEqual([
        ...Array.from({ length: 3 }, () => "  name: 'GET /2/dm_conversations/{id}/dm_events'"),
        "  name: 'newest twenty'",
        "xdm_requests",
        "xdm_events_read",
        "xdm_cost_dollars"
      ])
      const root = /name: 'newest twenty',\n {2}id: '(\w+)'/.exec(stdout)?.[1]
      expect(stdout.split(`    spanId: '${root}'`)).toHaveLength(4)
      expect(stdout).not.toContain(Fixtures.tokens.owner)
    }))

  it.live("send-picture: sends one in parts, and fetches the same", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* run("send-picture.js")
      expect(stderr).toBe("")
      expect(code).toBe(0)
      const lines = stdout.trimEnd().split("\n")
      expect(lines.filter((line) => line.startsWith("sending: "))).toHaveLength(4)
      expect(lines[0]).toMatch(/^sending: 100000 of 3\d{5} bytes$/)
      expect(lines.at(-2)).toMatch(/^Attached: \.png, image\/png, 3\d{5} bytes$/)
      expect(lines.at(-1)).toBe("It is the same picture.")
    }))
})

describe("every file of the examples", () => {
  const source = fileURLToPath(new URL("../examples/src/", import.meta.url))
  const here = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8")
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"))
  /** Those that are run by themselves; `emulated.ts` is what they share. */
  const programs = files.filter((path) => !/[\\/]/.test(path) && path !== "emulated.ts").map((path) =>
    path.slice(0, -3)
  )

  it("begins by saying what it is", () => {
    expect(files.length).toBeGreaterThan(20)
    expect(files.filter((path) => !readFileSync(join(source, path), "utf8").startsWith("/**"))).toEqual([])
  })

  it("that is a program says how it is run, is told of, and is run here", () => {
    const [readme, tests] = [here("../README.md"), here("examples.test.ts") + here("support-desk.test.ts")]
    for (const name of programs) {
      const [header = ""] = readFileSync(join(source, `${name}.ts`), "utf8").split("*/")
      const command = name === "demo" ? "npm run demo" : `npm run build && node examples/dist/${name}.js`
      expect(header, name).toContain(` *     ${command}\n`)
      expect(readme, name).toContain(`\`${name}\``)
      expect(tests, name).toContain(`("${name}.js"`)
    }
  })
})
