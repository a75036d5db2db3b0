import { Faults, Fixtures } from "@effect-xdm/core/testing"
import * as Fs from "node:fs/promises"
import * as Net from "node:net"
import * as Path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { browserCommand, chromium } from "../support/chromium.js"
import { type Ended, type Env, jsonOf, type Machine, makeMachine } from "./support.js"

let machine: Machine
beforeEach(async () => {
  machine = await makeMachine()
})
afterEach(() => machine.close())

const clientId = Fixtures.apps.publicClient.clientId
/** An app in place of a token. */
const app: Env = { X_ACCESS_TOKEN: undefined, X_CLIENT_ID: clientId }

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = Net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as Net.AddressInfo // it listens on a port
      probe.close(() => resolve(port))
    })
  })

/** Logs in by pasting, as a user on a machine without a browser does. */
const logIn = async (words: ReadonlyArray<string> = [], env: Env = app): Promise<Ended> => {
  const running = machine.start(["login", "--no-browser", ...words], env)
  let said = ""
  const url = await new Promise<string>((resolve) =>
    running.process.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString()
      const found = /^(http\S+)$/m.exec(said)?.[1]
      if (found !== undefined && said.endsWith("> ")) resolve(found)
    })
  )
  const back = (await fetch(url, { redirect: "manual" })).headers.get("location")
  running.process.stdin?.end(`${back}\n`)
  return running.ended
}

describe("xdm login, whoami, logout", () => {
  it("by pasting: the log-in is there for the next command, renewed, and gone in the end", async () => {
    const found = await logIn()
    expect(found).toMatchObject({ code: 0 })
    expect(found.stdout).toMatch(/You are logged in as @mina_builds \(Mina Okafor\), and may: dm\.read, dm\.write/)
    const file = Path.join(machine.folder, ".config", "xdm", "tokens.json")
    expect(found.stdout).toContain(file)
    expect((await Fs.stat(file)).mode & 0o777).toBe(0o600)
    await machine.emulator(({ expireTokens }) => expireTokens)
    const who = await machine.xdm(["whoami"], { env: app })
    expect(who).toMatchObject({ code: 0, stderr: "" })
    expect(who.stdout).toMatch(/^@mina_builds \(Mina Okafor\), id 9\d+, as the account "default"\nmay: dm\.read/)
    const json = await machine.xdm(["whoami", "--json"], { env: app })
    expect(jsonOf(json)).toEqual([
      {
        id: Fixtures.people.me.id,
        name: "Mina Okafor",
        username: "mina_builds",
        account: "default",
        scopes: ["dm.read", "dm.write", "tweet.read", "users.read", "media.write", "offline.access"]
      }
    ])
    const out = await machine.xdm(["logout"], { env: app })
    expect(out).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("is logged out, and X takes its tokens no more")
    })
    const after = await machine.xdm(["whoami"], { env: app })
    expect(after).toMatchObject({ code: 3, stdout: "" })
    expect(after.stderr).toMatch(
      /there are no tokens in the token store, so the account "default" is not logged in\. Log in: xdm login\.\n$/
    )
    expect(jsonOf(await machine.xdm(["logout", "--json"], { env: app }))).toEqual([{
      account: "default",
      logged_out: false
    }])
  }, 30_000)

  it.skipIf(chromium === undefined)("in a real browser, of which $BROWSER is the command", async () => {
    const BROWSER = await browserCommand(machine.folder)
    const port = await freePort()
    const found = await machine.xdm(["login", "--json", "--account", "mina", "--port", String(port)], {
      env: { ...app, BROWSER }
    })
    expect(found.stderr).toContain("Your browser opens.")
    expect(found.code).toBe(0)
    expect(jsonOf(found)[0]).toMatchObject({ account: "mina", lasts: true, user: { username: "mina_builds" } })
    expect((await machine.xdm(["whoami", "--account", "mina"], { env: app })).code).toBe(0)
    expect((await machine.xdm(["whoami"], { env: app })).code).toBe(3)
  }, 60_000)

  it("without an app, or with nothing pasted, says what to do", async () => {
    const none = await machine.xdm(["login"], { env: { X_ACCESS_TOKEN: undefined } })
    expect(none).toMatchObject({ code: 2, stdout: "" })
    expect(none.stderr).toMatch(/which app logs in\? .* --client-id or X_CLIENT_ID/)
    const nothing = await machine.xdm(["login", "--no-browser"], { env: app })
    expect(nothing).toMatchObject({ code: 3, stdout: "" })
    expect(nothing.stderr).toMatch(/Nothing was pasted, so nobody is logged in\.\n$/)
    const forged = await machine.xdm(["login", "--no-browser"], {
      env: app,
      stdin: "http://127.0.0.1/?state=x&code=y\n"
    })
    expect(forged).toMatchObject({ code: 3 })
    expect(forged.stderr).toContain("belongs to another log-in")
  })

  it("ends at once by Ctrl-C, and keeps nothing", async () => {
    const running = machine.start(["login", "--port", String(await freePort())], { ...app, BROWSER: "true" })
    await new Promise((resolve) => running.process.stderr?.once("data", resolve))
    running.process.kill("SIGINT")
    expect(await running.ended).toMatchObject({ code: 130, stdout: "" })
  })
})

describe("xdm doctor", () => {
  it("says that all is well", async () => {
    const { code, stdout } = await machine.xdm(["doctor"])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ok {2}Node .*\nok {2}log-in {3}@mina_builds.*\nok {2}X .* answered in \d+ ms\nok {2}clock/)
    expect(stdout).toContain(`${machine.folder}/.local/share/xdm/archive.sqlite`)
  })

  it.each<[string, Env, number, RegExp]>([
    ["no credentials", { X_ACCESS_TOKEN: undefined }, 3, /!! {2}log-in .*nothing says whose.*\n {4}Next: .*xdm login/],
    ["a token that X refuses", { X_ACCESS_TOKEN: "spent" }, 3, /!! {2}X .*refused.*\n {4}Next: .*xdm login/],
    [
      "no network",
      { X_API_URL: "http://127.0.0.1:1" },
      6,
      /!! {2}X .*could not be reached.*\n {4}Next: .*check the network/i
    ]
  ])("says what to do about %s", async (_, env, expected, says) => {
    const { code, stdout } = await machine.xdm(["doctor"], { env })
    expect(stdout).toMatch(says)
    expect(code).toBe(expected)
  })

  it("sees scopes that are missing, and says it to programs too", async () => {
    const short = await logIn(["--json", "--scope", "tweet.read", "--scope", "users.read", "--scope", "dm.read"])
    expect(jsonOf(short)).toEqual([
      {
        account: "default",
        scopes: ["tweet.read", "users.read", "dm.read"],
        lasts: false,
        user: { id: Fixtures.people.me.id, name: "Mina Okafor", username: "mina_builds" }
      }
    ])
    const found = await machine.xdm(["doctor", "--json"], { env: app })
    expect(found.code).toBe(3)
    expect(jsonOf(found).find(({ check }) => check === "scopes")).toEqual({
      check: "scopes",
      ok: false,
      detail: "missing: dm.write (to send and delete messages), offline.access (to stay logged in)",
      next: "log in again with all of them: xdm login"
    })
  })

  it("sees a clock that goes wrong", async () => {
    await machine.close()
    machine = await makeMachine({ clockSkewMillis: 10 * 60_000 })
    const { stdout } = await machine.xdm(["doctor"])
    expect(stdout).toMatch(
      /!! {2}clock {4}this machine's clock is (599|600|601) s behind X's\n {4}Next: .*set the clock/
    )
  })
})

describe("xdm limits and usage", () => {
  it("remember from one run to the next what X has told, and what was used", async () => {
    const none = await machine.xdm(["usage"])
    expect(none).toMatchObject({ code: 0, stdout: "Nothing was used yet, as far as this machine knows.\n" })
    await machine.xdm(["inbox", "--events", "30"])
    await machine.xdm(["send", "@jonas_lind", "Hello"])
    const limits = await machine.xdm(["limits"])
    expect(limits.code).toBe(0)
    expect(limits.stdout).toMatch(/^CALLS +LEFT +WITHIN +BEGINS ANEW$/m)
    expect(limits.stdout).toMatch(/^GetEvents +14 of 15 +15 minutes +\d{4}-\d\d-\d\d \d\d:\d\d$/m)
    expect(limits.stdout).toMatch(/^GetEventsById +15 of 15 +15 minutes +with the next call$/m)
    const json = jsonOf(await machine.xdm(["limits", "--json"]))
    expect(json.find(({ bucket }) => bucket === "CreateByParticipantId")).toMatchObject({
      counted: "yes",
      windows: [
        { window: "15 minutes", limit: 15, remaining: 14, told: true, resets_at: expect.stringMatching(/^\d{4}-/) },
        { window: "24 hours of the user", remaining: 1_439 },
        { window: "24 hours of the app", remaining: 1_439 }
      ]
    })
    const usage = await machine.xdm(["usage"])
    const today = new Date().toISOString().slice(0, 10)
    expect(usage.stdout).toMatch(new RegExp(`^${today} +4 +30 +1 +\\$0\\.32$`, "m"))
    expect(jsonOf(await machine.xdm(["usage", "--json"]))).toEqual([
      { day: today, requests: 4, events_read: 30, messages_sent: 1, dollars: expect.closeTo(0.315) }
    ])
    // Another account has its own.
    expect((await machine.xdm(["usage"], { env: { X_ACCESS_TOKEN: Fixtures.tokens.other } })).stdout).toMatch(/Nothing/)
  }, 30_000)

  it("cost nothing, and show what is published, with the emulator", async () => {
    expect((await machine.xdm(["limits", "--emulator"])).stdout).toMatch(/^DeleteEvents +300 of 300/m)
    expect((await machine.xdm(["usage", "--emulator"])).stdout).toBe(
      "The emulator costs nothing, and so nothing is noted.\n"
    )
  })

  it("are begun anew where their file is damaged, and missed by nobody where it cannot be written", async () => {
    await machine.xdm(["whoami"])
    const folder = Path.join(machine.folder, ".local", "state", "xdm")
    const [name = ""] = await Fs.readdir(folder)
    expect(name).not.toContain(Fixtures.tokens.owner)
    await Fs.writeFile(Path.join(folder, name), "{")
    expect(await machine.xdm(["whoami"])).toMatchObject({ code: 0, stderr: "" })
    expect(JSON.parse(await Fs.readFile(Path.join(folder, name), "utf8"))).toMatchObject({ days: {} })
    const env = { XDG_STATE_HOME: "/dev/null" }
    expect(await machine.xdm(["whoami"], { env })).toMatchObject({ code: 0, stderr: "" })
  })
})

describe("what X does wrong has a code of its own:", () => {
  it.each<[string, Parameters<typeof Faults.status>[0], number]>([
    ["401", 401, 3],
    ["403", 403, 4],
    ["404", 404, 4],
    ["402", 402, 5]
  ])("%s", async (_, status, expected) => {
    await machine.emulator(({ inject }) => inject(Faults.status(status)))
    const { code, stderr, stdout } = await machine.xdm(["whoami", "--json"])
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" })
    expect(JSON.parse(stderr)).toEqual({
      error: { type: expect.any(String), message: expect.stringContaining("GET /2/users/me") }
    })
  })

  it("a server that fails, after three more attempts", async () => {
    await machine.emulator(({ inject }) => inject(Faults.status(503)))
    expect(await machine.xdm(["whoami"])).toMatchObject({ code: 6, stdout: "" })
  }, 30_000)

  it("a token file that others can read", async () => {
    await logIn()
    await Fs.chmod(Path.join(machine.folder, ".config", "xdm", "tokens.json"), 0o644)
    const { code, stderr } = await machine.xdm(["whoami"], { env: app })
    expect(code).toBe(8)
    expect(stderr).toMatch(/Run: chmod 600/)
  })
})
