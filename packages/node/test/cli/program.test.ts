import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { jsonOf, type Machine, makeMachine } from "./support.js"

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"))

let machine: Machine
beforeAll(async () => {
  machine = await makeMachine()
})
afterAll(() => machine.close())

const commands = [
  "login",
  "logout",
  "whoami",
  "doctor",
  "limits",
  "usage",
  "inbox",
  "read",
  "follow",
  "send",
  "group",
  "media",
  "delete",
  "block",
  "unblock",
  "sync",
  "search",
  "export",
  "emulator"
]

const ofWebhooks = ["list", "register", "remove", "serve", "test"]

/** Text without what only a terminal shows. */
const isPlain = (text: string): boolean => !text.includes("\u001B")

describe("xdm --help", () => {
  it("lists every command, fits 80 columns, and begins with what to try", async () => {
    const { code, stderr, stdout } = await machine.xdm(["--help"])
    expect(code).toBe(0)
    expect(stderr).toBe("")
    expect(isPlain(stdout)).toBe(true)
    expect(stdout.split("\n").slice(0, 4)).toEqual([
      `xdm ${version}: X's Direct Messages, and an archive of them that keeps all.`,
      "",
      "TRY IT",
      "  xdm --emulator inbox       a sample inbox; needs no account and no network"
    ])
    for (const command of [...commands, "webhook"]) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"))
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80)
    expect(stdout).toMatch(/EXIT CODES\n {2}0 {4}done/)
  })

  it("of a command of commands lists these", async () => {
    const { code, stdout } = await machine.xdm(["webhook", "--help"])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^USAGE\n {2}xdm webhook list\|register\|remove\|serve\|test\n\nDESCRIPTION\n {2}[A-Z]/)
    for (const command of ofWebhooks) expect(stdout).toMatch(new RegExp(`^  ${command} +[A-Z]`, "m"))
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it.each([...commands, ...ofWebhooks.map((each) => `webhook ${each}`)])(
    "of %s says what it does and takes, within 80 columns",
    async (command) => {
      const { code, stdout } = await machine.xdm([...command.split(" "), "--help"])
      expect(code).toBe(0)
      expect(stdout).toMatch(new RegExp(`^USAGE\n {2}xdm ${command}`))
      expect(stdout).toMatch(/\n\nDESCRIPTION\n {2}[A-Z]/)
      expect(stdout).toMatch(/--json\n {6}Print JSON/)
      expect(stdout).not.toMatch(/A true or false value|This setting is optional|user-defined piece/)
      for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80)
      // Each option and argument has its explanation.
      for (const [, term] of stdout.matchAll(/^ {2}(--?[a-z-]+|<[a-z]+>)/gm)) {
        expect(stdout).toMatch(new RegExp(`^ {2}${term}.*\n {6}[A-Z]`, "m"))
      }
    }
  )

  it("comes, with code 2, where there is no command", async () => {
    const { code, stdout } = await machine.xdm([])
    expect(code).toBe(2)
    expect(stdout).toContain("TRY IT")
  })
})

describe("xdm", () => {
  it("tells its version", async () => {
    expect(await machine.xdm(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" })
  })

  it.each(["bash", "zsh", "fish"])("prints completions for %s", async (shell) => {
    const { code, stdout } = await machine.xdm(["--completions", shell])
    expect(code).toBe(0)
    expect(stdout).toContain("whoami")
  })

  it("takes options before the command as well", async () => {
    const before = await machine.xdm(["--json", "--emulator", "whoami"])
    const after = await machine.xdm(["whoami", "--emulator", "--json"])
    expect(before).toEqual(after)
    expect(jsonOf(before)[0]).toMatchObject({ username: "mina_builds" })
    const between = await machine.xdm(["--json", "webhook", "--emulator", "remove", "no-id"])
    expect(between.stderr).toMatch(/^\{"error":\{"type":"Usage"/)
  })

  it("has no colours where it is told so, or nobody sees them", async () => {
    expect(isPlain((await machine.xdm(["inbox"])).stdout)).toBe(true)
    expect(isPlain((await machine.xdm(["nonsense"], { env: { NO_COLOR: "1" } })).stderr)).toBe(true)
  })

  it("ends quietly when its reader has seen enough", async () => {
    const running = machine.start(["read", "@jonas_lind", "--all", "--json"])
    running.process.stdout?.once("data", () => running.process.stdout?.destroy())
    const { code, stderr } = await running.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  })
})

describe("a command line that makes no sense is refused before anything is asked:", () => {
  it.each([
    [["sned", "@jonas_lind", "hi"], /xdm knows no command "sned"\. Did you mean send\?\nSee `xdm --help`/],
    [["send", "@jonas_lind", "--reconcil"], /xdm send knows no option "--reconcil"\. Did you mean --reconcile\?/],
    [["send", "@jonas_lind", "--verily"], /no option "--verily"\. A text that begins with a dash stands after "--"/],
    [["send"], /^xdm: Missing argument <who>\nSee `xdm send --help`/],
    [["send", "no-body!", "hi"], /"no-body!" names nobody\. Write @name/],
    [["send", "group:12", "hi"], /"group:12" names nobody/],
    [["read", "@jonas_lind", "--limit", "many"], /'many' is not a integer/],
    [["read", "@jonas_lind", "--limit", "0"], /--limit must be a whole number of at least 1/],
    [["read", "@jonas_lind", "--before", "yesterday"], /"yesterday" is no event's id/],
    [["read", "@jonas_lind", "--since", "some day"], /"some day" is no event's id, no date .* and no time ago/],
    [["follow", "--every", "often"], /"often" is no time like/],
    [["group", "@jonas_lind", "--text", "hi"], /a group has two members at least/],
    [["delete", "all"], /"all" is no event's id/],
    [["inbox", "extra"], /Received unknown argument: 'extra'/],
    [
      ["webhook"],
      /xdm webhook what\? It takes one of: list, register, remove, serve, test\.\nSee `xdm webhook --help`/
    ],
    [["webhook", "sevre"], /xdm webhook knows no command "sevre"\. Did you mean serve\?/],
    [["webhook", "serve", "--prot", "1"], /xdm webhook serve knows no option "--prot"\. Did you mean --port\?/],
    [["webhook", "serve", "--port", "65536"], /--port must be 1 to 65535\nSee `xdm webhook serve --help`/],
    [["webhook", "serve", "--path", "webhooks"], /--path must begin with "\/", like \/webhooks\/x/],
    [["webhook", "serve", "--path", "/x?y"], /--path must begin with/],
    [["webhook", "serve", "--host", "http://here"], /--host must be an address of this machine/],
    [["webhook", "test", "ftp://example.com"], /"ftp:\/\/example\.com" is no URL of a webhook/],
    [["webhook", "register"], /Missing argument <url>/],
    [["webhook", "register", "example.com"], /is no URL of a webhook\. Write one like https:/],
    [["webhook", "register", "https://me:pw@example.com/"], /must not hold a user or a password/],
    [["webhook", "register", `https://example.com/${"x".repeat(200)}`], /220 characters, and X takes 200/],
    [["webhook", "remove", "all"], /"all" is no webhook's id\. `xdm webhook list` shows them/],
    [["export", "--format", "pdf"], /Expected one of the following cases: html, md, csv, jsonl/]
  ])("%j", async (words, says) => {
    await machine.emulator(({ resetRequests }) => resetRequests)
    const { code, stderr, stdout } = await machine.xdm(words)
    expect(stderr).toMatch(says)
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    expect(await machine.emulator(({ requestCount }) => requestCount())).toBe(0)
  })
})
