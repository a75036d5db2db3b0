import { Webhook } from "@effect-xdm/core"
import { Faults, Fixtures } from "@effect-xdm/core/testing"
import { createHmac } from "node:crypto"
import * as Fs from "node:fs/promises"
import type { RequestListener } from "node:http"
import * as Path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { bodyOf, freePort, serve } from "../support/server.js"
import { jsonOf, type Machine, makeMachine, type Running } from "./support.js"

const { conversations, people } = Fixtures

const secret: string = Fixtures.apps.confidentialClient.consumerSecret
const app = { X_CONSUMER_SECRET: secret, X_BEARER_TOKEN: Fixtures.tokens.app }

let machine: Machine
let running: Array<Running> = []
beforeEach(async () => {
  machine = await makeMachine({ rateLimits: "off" })
})
afterEach(async () => {
  for (const { ended, process } of running) {
    process.kill("SIGKILL")
    await ended
  }
  running = []
  await machine.close()
})

const arrive = (text: string, from = people.jonas.id) =>
  machine.emulator(({ arrive }) => arrive({ from, in: conversations.jonas, text }))

/** A server at a port that was free, once it listens. */
const listening = async (words: ReadonlyArray<string> = [], port?: number) => {
  const at = port ?? await freePort()
  const server = machine.start(["webhook", "serve", "--port", String(at), ...words], app)
  running.push(server)
  await server.told(`http://127.0.0.1:${at}/`)
  return { ...server, at, url: `http://127.0.0.1:${at}/webhooks/x` }
}

const stopped = async ({ ended, process }: Running) => {
  process.kill("SIGINT")
  return await ended
}

const test = (words: ReadonlyArray<string>, env: object = app) =>
  machine.xdm(["webhook", "test", ...words], { env: { ...env } })

/** The status of a delivery of X's, signed. */
const deliver = async (url: string, payload: object) => {
  const body = JSON.stringify(payload)
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("base64")}`
  const { status } = await fetch(url, { method: "POST", body, headers: { [Webhook.signatureHeader]: signature } })
  return status
}

const message = (id: string, text: string) => ({
  for_user_id: people.me.id,
  direct_message_events: [{
    type: "message_create",
    id,
    created_timestamp: "1784928224372",
    message_create: {
      target: { recipient_id: people.me.id },
      sender_id: people.jonas.id,
      message_data: { text }
    }
  }],
  users: { [people.jonas.id]: { id: people.jonas.id, name: "Jonas", screen_name: "jonas_lind" } }
})

describe("xdm webhook serve and test", () => {
  it("agree: each step is right, and the server shows one message that is marked as a test", async () => {
    const server = await listening()
    const { code, stderr, stdout } = await test([server.url])
    expect(stdout).toMatch(
      new RegExp(
        "^ok {2}challenge answered rightly in \\d+ ms\\nok {2}delivery {2}taken in \\d+ ms, with 200\\n" +
          "ok {2}unsigned {2}refused with 401\\nok {2}forged {4}refused with 403\\n$"
      )
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    await server.wrote("@xdm_test")
    const ended = await stopped(server)
    expect(ended.code).toBe(130)
    expect(ended.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}@xdm_test +\(a test\) Sent by `xdm webhook test`.*\n$/)
    expect(ended.stderr).toMatch(
      new RegExp(
        `^Listening for what X delivers at ${server.url}\\. Ctrl-C ends it\\.\\nTry it: .*test ${server.url}\\n` +
          "Next: .*proxy that speaks TLS.*\\n +xdm webhook register https://YOUR-HOST/webhooks/x\\n$"
      )
    )
  })

  it("speak JSON to programs, at another path", async () => {
    const server = await listening(["--json", "--path", "/from/x"])
    const url = `http://127.0.0.1:${server.at}/from/x`
    const tested = await test([url, "--json"])
    expect(tested.code).toBe(0)
    const took_ms = expect.any(Number)
    expect(jsonOf(tested)).toEqual([
      { check: "challenge", ok: true, detail: expect.any(String), status: 200, took_ms },
      { check: "delivery", ok: true, detail: expect.any(String), status: 200, took_ms },
      { check: "unsigned", ok: true, detail: "refused with 401", status: 401, took_ms },
      { check: "forged", ok: true, detail: "refused with 403", status: 403, took_ms }
    ])
    await deliver(url, { for_user_id: "7", direct_message_indicate_typing_events: [{ sender_id: "8" }] })
    await deliver(url, { data: { event_type: "dm.read", event_uuid: "-5", payload: { reader_id: "8" } } })
    await server.wrote("dm.read")
    expect((await test([server.url])).stdout).toMatch(
      /!! {2}challenge answered 404, where X wants 200\n {4}Next: .*path/
    )
    expect(jsonOf(await stopped(server))).toEqual([
      {
        event_type: "MessageCreate",
        id: expect.stringMatching(/^\d{13}$/),
        created_at: expect.any(String),
        dm_conversation_id: "0-0",
        sender_id: "0",
        text: "Sent by `xdm webhook test`; nobody wrote it.",
        direction: "received",
        for_user_id: "0",
        test: true
      },
      { event_type: "dm.indicate_typing", for_user_id: "7", payload: { sender_id: "8" } },
      { event_type: "dm.read", payload: { reader_id: "8" } }
    ])
  })

  it("do not agree where the secret is another, and show none", async () => {
    const server = await listening()
    const other = "another-secret-of-mine"
    const tested = await test([server.url], { ...app, X_CONSUMER_SECRET: other })
    expect(tested.code).toBe(1)
    expect(tested.stdout).toMatch(
      new RegExp(
        "^!! {2}challenge answered by another secret\\n {4}Next: .*same as here\\.\\n" +
          "!! {2}delivery {2}not taken: answered 403\\n {4}Next: .*\\nok {2}unsigned .*\\nok {2}forged .*\\n$"
      )
    )
    const ended = await stopped(server)
    expect(ended.stdout).toBe("")
    for (const text of [tested.stdout, tested.stderr, ended.stderr]) {
      expect(text).not.toContain(other)
      expect(text).not.toContain(secret)
    }
  })

  it("need the secret, and say where it is", async () => {
    for (const command of ["serve", "test"]) {
      const without = await machine.xdm(["webhook", command])
      expect(without).toMatchObject({ code: 3, stdout: "" })
      expect(without.stderr).toMatch(/^xdm: X_CONSUMER_SECRET is missing: .*API key secret.*portal.*\.env\.\n$/)
    }
  })

  it("print nothing twice, also after a restart", async () => {
    const first = await listening()
    expect(await deliver(first.url, message("11", "The first"))).toBe(200)
    await first.wrote("The first")
    await stopped(first)
    const second = await listening([], first.at)
    expect(await deliver(second.url, message("11", "The first"))).toBe(200)
    expect(await deliver(second.url, message("12", "The second"))).toBe(200)
    await second.wrote("The second")
    expect((await stopped(second)).stdout).toMatch(/^.*@jonas_lind +The second\n$/)
  })

  it("say that a port is taken, and that notes cannot be kept", async () => {
    const server = await listening()
    const taken = await machine.xdm(["webhook", "serve", "--port", String(server.at)], { env: app })
    expect(taken).toMatchObject({ code: 8, stdout: "" })
    expect(taken.stderr).toMatch(/^xdm: port \d+ is taken: .* Choose another by --port\.\n$/)
    const file = Path.join(machine.folder, "file")
    await Fs.writeFile(file, "")
    const port = String(await freePort())
    const unkept = await machine.xdm(["webhook", "serve", "--port", port], { env: { ...app, XDG_STATE_HOME: file } })
    expect(unkept).toMatchObject({ code: 8, stdout: "" })
    expect(unkept.stderr).toMatch(/^xdm: the notes of the webhook cannot be kept/)
  })
})

describe("xdm webhook test says of a server", () => {
  const tested = async (answer: RequestListener) => {
    const server = await serve(answer)
    try {
      return await test([server.url, "--json"])
    } finally {
      await server.close()
    }
  }

  it("that it takes everything", async () => {
    const taking = await tested((_, response) => void response.end("ok"))
    expect(taking.code).toBe(1)
    expect(jsonOf(taking).map(({ detail, ok }) => [ok, detail])).toEqual([
      [false, "answered without a response_token in JSON"],
      [true, expect.stringMatching(/^taken in \d+ ms, with 200$/)],
      [false, "taken with 200: anybody could say to be X"],
      [false, "taken with 200: anybody could say to be X"]
    ])
  })

  it("that it fails, or leads elsewhere", async () => {
    const failing = await tested((request, response) =>
      void response.writeHead(request.method === "GET" ? 302 : 500, { location: "/elsewhere" }).end()
    )
    expect(failing.code).toBe(1)
    expect(jsonOf(failing).map(({ ok, status }) => [ok, status])).toEqual([
      [false, 302],
      [false, 500],
      [false, 500],
      [false, 500]
    ])
  })

  it("that it is too slow, or not there", async () => {
    const slow = await tested((request) => void bodyOf(request))
    expect(slow.code).toBe(1)
    expect(jsonOf(slow).map(({ detail }) => detail)).toEqual([
      "no answer: 10 seconds went by",
      "not tried",
      "not tried",
      "not tried"
    ])
    const absent = await test([`http://127.0.0.1:${await freePort()}/`])
    expect(absent.code).toBe(1)
    expect(absent.stdout).toMatch(/^!! {2}challenge no answer: nothing listens there\n {4}Next: .*xdm webhook serve/)
  })
})

describe("xdm webhook register, list and remove", () => {
  const xdm = (...words: ReadonlyArray<string>) => machine.xdm(["webhook", ...words], { env: app })

  it("have X deliver what arrives, once, however often they are asked", async () => {
    const server = await listening()
    expect((await xdm("list")).stdout).toBe("The app has no webhook. `xdm webhook register` makes one.\n")
    const registered = await xdm("register", server.url)
    expect(registered.stdout).toMatch(
      new RegExp(
        `^X delivers to ${server.url} \\(webhook \\d+, new\\)\\nwhat happens in the inbox of @mina_builds:\\n` +
          "  dm\\.received \\(new\\)\\n  dm\\.sent \\(new\\)\\n$"
      )
    )
    expect(registered).toMatchObject({ code: 0, stderr: "" })
    const again = await xdm("register", server.url, "--json")
    const [{ webhook, subscriptions } = {}] = jsonOf(again)
    expect(webhook).toMatchObject({ url: server.url, valid: true, done: "found" })
    expect(subscriptions).toMatchObject([
      { event_type: "dm.received", filter: { user_id: people.me.id }, done: "found" },
      { event_type: "dm.sent", done: "found" }
    ])
    await machine.emulator(({ inject }) => inject(Faults.doubled, { times: 1 }))
    await arrive("From Jonas")
    await arrive("From me", people.me.id)
    await server.wrote("From me")
    await server.wrote("From Jonas")
    const { stdout } = await stopped(server)
    expect(stdout.trimEnd().split("\n").map((line) => line.split(/ {2,}/).slice(1)).sort()).toEqual([
      ["@jonas_lind", "From Jonas"],
      ["@mina_builds", "From me"]
    ])
  })

  it("move what is delivered to another server, list it, and remove it", async () => {
    const one = await listening()
    const two = await listening()
    await xdm("register", one.url)
    const moved = await xdm("register", two.url)
    expect(moved.stdout).toMatch(/, new\)\n.*\n {2}dm\.received \(was elsewhere before\)\n {2}dm\.sent \(was else/)
    const listed = await xdm("list")
    expect(listed.stdout).toMatch(
      new RegExp(
        `^\\d+ {2}${one.url}\\n {2}nothing is delivered: .*\\n\\d+ {2}${two.url}\\n` +
          ` {2}dm\\.received and dm\\.sent of ${people.me.id}\\n$`
      )
    )
    const [{ webhooks, subscriptions } = {}] = jsonOf(await xdm("list", "--json"))
    expect(webhooks).toMatchObject([{ url: one.url, valid: true }, { url: two.url, valid: true }])
    expect(subscriptions).toMatchObject([{ event_type: "dm.received" }, { event_type: "dm.sent" }])
    const id = /(\d+) {2}\S+\n {2}dm/.exec(listed.stdout)?.[1] ?? ""
    expect(await xdm("remove", id, "--json")).toMatchObject({ code: 0, stdout: `{"id":"${id}","deleted":true}\n` })
    expect((await xdm("remove", id)).code).toBe(4)
    expect((await xdm("list")).stdout).toContain("Without a webhook, for `xdm follow --live`: dm.received and dm.sent")
  })

  it("say why X does not deliver, and how to find out more", async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}/webhooks/x`
    const refused = await xdm("register", nowhere)
    expect(refused).toMatchObject({ code: 4, stdout: "" })
    expect(refused.stderr).toMatch(/`xdm webhook test http.*`xdm webhook list`.*\nxdm: .*CrcValidationFailed/)
    const asJson = await xdm("register", nowhere, "--json")
    expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { type: "BadRequest" } })

    const without = await machine.xdm(["webhook", "register", nowhere], { env: { X_CONSUMER_SECRET: secret } })
    expect(without).toMatchObject({ code: 3, stdout: "" })
    expect(without.stderr).toContain("X_BEARER_TOKEN is missing")
  })

  it("take for X only what X can reach", async () => {
    const forX = (url: string) => machine.xdm(["webhook", "register", url], { env: { ...app, X_API_URL: undefined } })
    for (
      const [url, says] of [
        ["http://example.com/webhooks/x", /X delivers to https URLs alone/],
        ["https://example.com:8443/webhooks/x", /X takes no port in the URL: leave ":8443" out/],
        ["https://localhost/webhooks/x", /X cannot reach localhost, which is this machine/]
      ] as const
    ) {
      const { code, stderr, stdout } = await forX(url)
      expect(stderr).toMatch(says)
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    }
  })
})
