import { Faults, Fixtures } from "@effect-xdm/core/testing"
import { spawn, spawnSync } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { jsonOf, type Machine, makeMachine } from "./support.js"

const { conversations, people } = Fixtures

let machine: Machine
let file: string
beforeAll(async () => {
  machine = await makeMachine({ rateLimits: "off" })
  file = Path.join(machine.folder, ".local", "share", "xdm", "archive.sqlite")
})
beforeEach(() => machine.emulator(({ clearFaults }) => clearFaults))
afterAll(() => machine.close())

const arrive = (text: string) =>
  machine.emulator(({ arrive }) => arrive({ from: people.jonas.id, in: conversations.jonas, text }))
const held = () => machine.emulator(({ events }) => events())
/** The ids of all events of the archive, oldest first. */
const kept = async (): Promise<ReadonlyArray<string>> => {
  const { stdout } = await machine.xdm(["export", "--format", "csv"])
  return [...stdout.matchAll(/^(\d{15,}),\d{4}-/gm)].map(([, id]) => `${id}`)
}

describe("xdm sync", () => {
  it("keeps all that X has, and afterwards only reads what is new", async () => {
    const first = await machine.xdm(["sync"])
    expect(first).toMatchObject({ code: 0, stderr: "" })
    const all = (await held()).length
    expect(first.stdout).toMatch(
      new RegExp(
        `^${all} new events of ${all} that were read, in \\d+ requests\\. The archive has ${all} events: ${file}\\n$`
      )
    )
    expect((await Fs.stat(file)).mode & 0o077).toBe(0)
    await arrive("A zebra crossed the road")
    await machine.emulator(({ resetRequests }) => resetRequests)
    const second = jsonOf(await machine.xdm(["sync", "--json"]))
    expect(second).toEqual([{ file, requests: 1, read: 100, added: 1, deleted: 0, events: all + 1 }])
    expect(await machine.emulator(({ requestCount }) => requestCount())).toBe(1)
    expect([...await kept()].sort()).toEqual((await held()).map(({ id }) => id).sort())
  }, 30_000)

  it("is stopped by Ctrl-C at once, tells how far it is, and goes on there", async () => {
    const archive = Path.join(machine.folder, "stopped.sqlite")
    await machine.emulator(({ inject }) => inject(Faults.delay("300 millis"), { route: "GET /2/dm_events" }))
    // In the middle, however fast the machine is.
    const someOfIt = machine.requests(5)
    const running = machine.start(["sync", "--archive", archive])
    await someOfIt
    const began = performance.now()
    running.process.kill("SIGINT")
    const stopped = await running.ended
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(stopped).toMatchObject({ code: 130, stdout: "" })
    expect(stopped.stderr).toContain("Stopped. All that was read is kept; the next sync goes on there.")
    await machine.emulator(({ clearFaults }) => clearFaults)
    const [done] = jsonOf(await machine.xdm(["sync", "--archive", archive, "--json"]))
    const all = (await held()).length
    expect(done).toMatchObject({ events: all })
    expect(Number(done?.["added"])).toBeLessThan(all)
  }, 30_000)

  it("follows when it is told to", async () => {
    const begun = machine.requests(5)
    const running = machine.start(["sync", "--follow", "--every", "100ms"])
    await begun
    await arrive("An okapi came by")
    const found = async () => (await machine.xdm(["search", "okapi", "--json"])).stdout
    while (await found() === "") await new Promise((resolve) => setTimeout(resolve, 50))
    running.process.kill("SIGINT")
    expect((await running.ended).code).toBe(130)
  }, 30_000)

  it("runs one at a time", async () => {
    const begun = machine.requests(1)
    const running = machine.start(["sync", "--follow"])
    await begun
    const second = await machine.xdm(["sync"])
    expect(second).toMatchObject({ code: 8, stdout: "" })
    expect(second.stderr).toMatch(
      new RegExp(`process ${running.process.pid} .* the next one goes on where it left off`)
    )
    running.process.kill("SIGINT")
    await running.ended
  }, 20_000)

  it("shows how far it is where somebody looks", async () => {
    if (spawnSync("script", ["--version"]).status !== 0) return
    const command = `${process.execPath} ${Path.resolve("packages/node/bin/xdm.js")} --emulator sync`
    const env = { PATH: process.env["PATH"], HOME: machine.folder, TERM: "xterm" }
    const child = spawn("script", ["-qec", command, "/dev/null"], { env, stdio: ["ignore", "pipe", "inherit"] })
    let shown = ""
    child.stdout.on("data", (chunk: Buffer) => shown += chunk.toString())
    await new Promise((resolve) => child.on("close", resolve))
    const lines = shown.split("\r\u001B[K")
    expect(lines[1]).toMatch(/^█+░* 100 events, 100 new, back to \d{4}-\d\d-\d\d/)
    expect(lines.at(-1)).toMatch(/^\d+ new events of \d+/)
  }, 20_000)
})

describe("xdm search", () => {
  it("finds words, phrases and beginnings, with what fits in its place", async () => {
    const { code, stderr, stdout } = await machine.xdm(["search", "zebra"])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}@jonas_lind {23}A zebra crossed the road\n$/)
    for (const words of [["crossed", "ZEBRA"], ["\"zebra crossed\""], ["zeb*"]]) {
      expect((await machine.xdm(["search", ...words])).stdout).toBe(stdout)
    }
    const [hit] = jsonOf(await machine.xdm(["search", "zebra", "--json"]))
    expect(hit).toMatchObject({
      event_type: "MessageCreate",
      sender: { username: "jonas_lind" },
      snippet: "A zebra crossed the road",
      marks: [{ start: 2, end: 7 }]
    })
    const some = await machine.xdm(["search", "the", "--limit", "2"])
    expect(some.stdout.trimEnd().split("\n")).toHaveLength(2)
    expect(some.stderr).toBe("There are more than these 2: --limit shows them.\n")
    const asJson = await machine.xdm(["search", "the", "--limit", "2", "--json"])
    expect(jsonOf(asJson)).toHaveLength(2)
    expect(asJson.stderr).toBe("")
    const none = await machine.xdm(["search", "\"crossed zebra\""])
    expect(none).toMatchObject({ code: 0, stdout: "" })
    expect(none.stderr).toMatch(/^Nothing of that is in the \d+ events of the archive\.\n$/)
  }, 20_000)

  it("asks X nothing, and needs no account", async () => {
    await machine.emulator(({ resetRequests }) => resetRequests)
    const env = { X_ACCESS_TOKEN: undefined, X_API_URL: undefined }
    expect((await machine.xdm(["search", "zebra"], { env })).stdout).toContain("zebra")
    expect(await machine.emulator(({ requestCount }) => requestCount())).toBe(0)
  })
})

describe("xdm export", () => {
  it("refuses an ending that it does not know", async () => {
    const { code, stderr } = await machine.xdm(["export", "-o", "messages.pdf"])
    expect(code).toBe(2)
    expect(stderr).toContain("\"messages.pdf\" ends in none of html, md, csv, jsonl: --format says how to write it.")
  })

  const onlyJonas = ["--who", "@jonas_lind"]

  it.each([
    ["html", /^<!doctype html>[^]*A zebra crossed the road/i],
    ["md", /^#[^]*A zebra crossed the road/],
    ["csv", /^id,created_at,[^]*,A zebra crossed the road,/],
    ["jsonl", /"text":"A zebra crossed the road"/]
  ])("writes %s, by the end of the file's name", async (format, holds) => {
    const out = Path.join(machine.folder, `jonas.${format}`)
    const { code, stdout } = await machine.xdm(["export", ...onlyJonas, "-o", out])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `The export is in ${out}.\n` })
    const text = await Fs.readFile(out, "utf8")
    expect(text).toMatch(holds)
    const piped = await machine.xdm(["export", ...onlyJonas, "--format", format])
    expect(piped.stdout).toBe(text)
    const [json] = jsonOf(await machine.xdm(["export", ...onlyJonas, "-o", out, "--json"]))
    expect(json).toEqual({ file: out, format, bytes: Buffer.byteLength(text) })
  }, 20_000)

  it("says who is not there, and where it cannot write", async () => {
    const nobody = await machine.xdm(["export", "--who", "@nobody_here"])
    expect(nobody).toMatchObject({ code: 2, stdout: "" })
    expect(nobody.stderr).toMatch(/the archive has no conversation with "@nobody_here"/)
    const nowhere = await machine.xdm(["export", "-o", "/nowhere/all.html"])
    expect(nowhere).toMatchObject({ code: 8, stdout: "" })
    expect(nowhere.stderr).toMatch(/\/nowhere\/all\.html cannot be written: its folder is not there/)
  })
})

describe("an archive that cannot be used", () => {
  it("is said to be so, with what to do, and left as it is", async () => {
    const absent = await machine.xdm(["search", "zebra", "--archive", "nowhere.sqlite"])
    expect(absent).toMatchObject({ code: 8, stdout: "" })
    expect(absent.stderr).toMatch(/nowhere\.sqlite is not there\. .*sync/)
    const other = Path.join(machine.folder, "letter.txt")
    await Fs.writeFile(other, "Dear Mina, this is no archive. ".repeat(200))
    for (const words of [["search", "Mina"], ["sync"], ["export"]]) {
      const refused = await machine.xdm([...words, "--archive", other])
      expect(refused).toMatchObject({ code: 8, stdout: "" })
      expect(refused.stderr).toMatch(/letter\.txt is no SQLite database\. Nothing was written to it/)
    }
    expect(await Fs.readFile(other, "utf8")).toBe("Dear Mina, this is no archive. ".repeat(200))
  }, 20_000)
})
