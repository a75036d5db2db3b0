import { Faults, Fixtures } from "@effect-xdm/core/testing"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { freePort } from "../support/server.js"
import { jsonOf, type Machine, makeMachine } from "./support.js"

const { conversations, people } = Fixtures

let machine: Machine
beforeAll(async () => {
  machine = await makeMachine({ rateLimits: "off" })
})
beforeEach(() => machine.emulator(({ clearFaults }) => clearFaults))
afterAll(() => machine.close())

const arrive = (text: string, from = people.jonas.id, to: string = conversations.jonas) =>
  machine.emulator(({ arrive }) => arrive({ from, in: to, text }))

describe("xdm inbox", () => {
  it("lists conversations, the newest first, with what is unread and said last", async () => {
    await arrive("Are you there?")
    const { code, stderr, stdout } = await machine.xdm(["inbox"])
    expect(code).toBe(0)
    expect(stdout.split("\n")[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}@jonas_lind +\d new {2}Are you there\?$/)
    expect(stdout).toMatch(/@kenji_mori .*\n/)
    expect(stdout).toMatch(/group:\d+ .*(you|@\w+): /)
    expect(stderr).toMatch(/7 conversations of @mina_builds in the newest 100 events\. --events looks further back\./)
  })

  it("reads no more events than it is told, and gives X's JSON", async () => {
    await machine.emulator(({ resetRequests }) => resetRequests)
    const found = jsonOf(await machine.xdm(["inbox", "--json", "--events", "40"]))
    expect(found[0]).toMatchObject({
      id: conversations.jonas,
      participants: expect.arrayContaining([{ id: people.jonas.id, name: "Jonas Lind", username: "jonas_lind" }]),
      unread: expect.any(Number),
      last_message: { event_type: "MessageCreate", text: "Are you there?", sender_id: people.jonas.id }
    })
    const requests = await machine.emulator(({ requests }) => requests)
    expect(requests.map(({ query }) => new URLSearchParams(query).get("max_results"))).toEqual([null, "40"])
  })
})

describe("xdm read", () => {
  it("reads several conversations as one, the newest of all at the end", async () => {
    await arrive("first", people.jonas.id)
    await arrive("second", people.kenji.id, conversations.kenji)
    await arrive("third", people.jonas.id)
    await arrive("mine", people.me.id, conversations.kenji)
    await arrive("last", people.kenji.id, conversations.kenji)
    await machine.emulator(({ resetRequests }) => resetRequests)
    const words = ["read", conversations.jonas, conversations.kenji, "--limit", "5"]
    const { code, stderr, stdout } = await machine.xdm(words)
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(await machine.emulator(({ requestCount }) => requestCount())).toBe(2)
    expect(stdout.trimEnd().split("\n").map((line) => line.slice(18).split(/ {2,}/))).toEqual([
      ["@jonas_lind → @mina_builds", "first"],
      ["@kenji_mori → @mina_builds", "second"],
      ["@jonas_lind → @mina_builds", "third"],
      ["@mina_builds → @kenji_mori", "mine"],
      ["@kenji_mori → @mina_builds", "last"]
    ])
    await arrive("fourth", people.tomas.id, conversations.launch)
    const group = await machine.xdm([...words.slice(0, 2), `group:${conversations.launch}`, "--limit", "1"])
    expect(group.stdout).toMatch(new RegExp(`@tomas_rey → group:${conversations.launch} +fourth\n$`))
    const all = jsonOf(await machine.xdm([...words.slice(0, 3), "--all", "--json"]))
    expect(all.slice(0, 5).map(({ text }) => text)).toEqual(["last", "mine", "third", "second", "first"])
    const paged = await machine.xdm([...words, "--page", "ABC"])
    expect(paged).toMatchObject({ code: 2, stderr: expect.stringContaining("--page is of one conversation") })
  })

  it("shows the newest events of a conversation, the newest at the end, and how to go on", async () => {
    await arrive("one\ntwo \u001B[31mred\u001B[0m \u0007")
    const { code, stderr, stdout } = await machine.xdm(["read", "@jonas_lind", "--limit", "3"])
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split("\n")
    expect(lines).toHaveLength(4)
    expect(lines.at(-2)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}@jonas_lind +one$/)
    // What would make a terminal do something is not passed on.
    expect(lines.at(-1)).toMatch(/^ {36}two \[31mred\[0m$/)
    const newest = jsonOf(await machine.xdm(["read", "@jonas_lind", "--limit", "6", "--json"])).map(({ id }) => id)
    const token = /^Older: xdm read @jonas_lind --limit 3 --page (\w+)$/m.exec(stderr)?.[1]
    await machine.emulator(({ resetRequests }) => resetRequests)
    const older = await machine.xdm(["read", conversations.jonas, "--limit", "3", "--page", `${token}`, "--json"])
    expect(jsonOf(older).map(({ id }) => id)).toEqual(newest.slice(0, 3))
    expect(await machine.emulator(({ requestCount }) => requestCount())).toBe(1)
    const before = ["read", conversations.jonas, "--limit", "3", "--before", `${newest[3]}`, "--json"]
    expect(jsonOf(await machine.xdm(before)).map(({ id }) => id)).toEqual(newest.slice(0, 3))
  })

  it("takes ids and groups, goes back as far as it is told, and gives X's JSON with the sender", async () => {
    const by = async (...words: ReadonlyArray<string>) =>
      jsonOf(await machine.xdm(["read", ...words, "--json", "--limit", "5"])).map(({ id }) => id)
    const ids = await by("@jonas_lind")
    expect(ids).toHaveLength(5)
    expect(await by(people.jonas.id)).toEqual(ids)
    expect(await by(conversations.jonas)).toEqual(ids)
    const [event] = jsonOf(await machine.xdm(["read", `group:${conversations.launch}`, "--json", "--limit", "1"]))
    expect(event).toMatchObject({ dm_conversation_id: conversations.launch, sender: { username: expect.any(String) } })
    const since = jsonOf(await machine.xdm(["read", "@jonas_lind", "--all", "--since", "90m", "--json"]))
    const held = await machine.emulator(({ events }) => events())
    expect(since.map(({ id }) => id)).toEqual(
      held
        .filter((each) =>
          each.dm_conversation_id === conversations.jonas && Date.parse(each.created_at) >= Date.now() - 90 * 60_000
        )
        .map(({ id }) => id)
    )
  })

  it("says what may have been meant where there is nothing", async () => {
    const group = await machine.xdm(["read", conversations.launch])
    expect(group).toMatchObject({ code: 4, stdout: "" })
    expect(group.stderr).toContain(
      `If ${conversations.launch} is the id of a group, write group:${conversations.launch}.`
    )
    const empty = await machine.xdm(["read", "@no_talk_yet"])
    expect(empty).toMatchObject({ code: 0, stdout: "", stderr: "There is nothing to read here.\n" })
    const nobody = await machine.xdm(["read", "@nobody_here"])
    expect(nobody).toMatchObject({ code: 4, stdout: "" })
    expect(nobody.stderr).toMatch(/X knows no user @nobody_here\./)
  })
})

describe("xdm send, group and delete", () => {
  it("send what is written or piped, once, and say as which event", async () => {
    const written = await machine.xdm(["send", "@jonas_lind", "Hello", "--json"])
    const [created] = jsonOf(written)
    expect(created).toEqual({ dm_conversation_id: conversations.jonas, dm_event_id: expect.stringMatching(/^\d+$/) })
    const piped = await machine.xdm(["send", conversations.jonas], { stdin: "two\nlines\n" })
    expect(piped).toMatchObject({ code: 0, stderr: "" })
    expect(piped.stdout).toMatch(/^Sent to \d+-\d+, as the event \d+\.\n$/)
    await machine.xdm(["send", `group:${conversations.launch}`, "--", "--dashed"])
    const held = await machine.emulator(({ events }) => events())
    expect(held.slice(0, 3).map(({ dm_conversation_id, text }) => [dm_conversation_id, text])).toEqual([
      [conversations.launch, "--dashed"],
      [conversations.jonas, "two\nlines"],
      [conversations.jonas, "Hello"]
    ])
    expect(held[2]?.id).toBe(created?.["dm_event_id"])
  })

  it("say that nobody knows, with a code of its own; --reconcile finds out", async () => {
    const route = "POST /2/dm_conversations/{dm_conversation_id}/messages"
    await machine.emulator(({ inject }) => inject(Faults.cutAfter, { route, times: 1 }))
    const unknown = await machine.xdm(["send", conversations.jonas, "Once?"])
    expect(unknown).toMatchObject({ code: 7, stdout: "" })
    await machine.emulator(({ inject }) => inject(Faults.cutAfter, { route, times: 1 }))
    const known = await machine.xdm(["send", conversations.jonas, "Once.", "--reconcile"])
    expect(known.code).toBe(0)
    const held = await machine.emulator(({ events }) => events())
    expect(held.filter(({ text }) => text === "Once.").map(({ id }) => id)).toEqual([
      /as the event (\d+)\./.exec(known.stdout)?.[1]
    ])
  }, 30_000)

  it("make a group", async () => {
    const made = await machine.xdm(["group", "@kenji_mori", people.jonas.id, "--text", "Hello, both"])
    const id = /^The group is group:(\d+)\.\n$/.exec(made.stdout)?.[1]
    expect(id).toBeDefined()
    const json = jsonOf(await machine.xdm(["group", "@kenji_mori", "@jonas_lind", "--json"], { stdin: "Piped" }))
    expect(json).toEqual([{ dm_conversation_id: expect.stringMatching(/^\d+$/), dm_event_id: expect.any(String) }])
    const held = await machine.emulator(({ events }) => events())
    expect(held.find(({ dm_conversation_id, text }) => dm_conversation_id === id && text !== undefined)?.text).toBe(
      "Hello, both"
    )
  })

  it("delete one's own message, and no other's", async () => {
    const [created] = jsonOf(await machine.xdm(["send", "@jonas_lind", "Oops", "--json"]))
    const id = String(created?.["dm_event_id"])
    expect(jsonOf(await machine.xdm(["delete", id, "--json"]))).toEqual([{ dm_event_id: id, deleted: true }])
    expect((await machine.emulator(({ events }) => events())).some((event) => event.id === id)).toBe(false)
    const [another] = jsonOf(await machine.xdm(["send", "@jonas_lind", "Oops again", "--json"]))
    const said = await machine.xdm(["delete", String(another?.["dm_event_id"])])
    expect(said).toMatchObject({ code: 0, stdout: expect.stringMatching(/^The event \d+ is deleted, for you alone/) })
    await arrive("Mine")
    const [theirs] = await machine.emulator(({ events }) => events())
    const refused = await machine.xdm(["delete", `${theirs?.id}`])
    expect(refused).toMatchObject({ code: 4, stdout: "" })
  })

  it("need something to say", async () => {
    const { code, stderr } = await machine.xdm(["send", "@jonas_lind"], { stdin: "" })
    expect(code).toBe(2)
    expect(stderr).toMatch(/text/)
  })
})

describe("xdm follow", () => {
  it("prints what comes, once, with names, until Ctrl-C, which ends it at once", async () => {
    // It is "now" once it has looked again.
    const begun = machine.requests(5)
    const running = machine.start(["follow", "--every", "100ms"])
    await begun
    await arrive("First")
    await running.wrote("First")
    await arrive("Second", people.kenji.id, conversations.kenji)
    await running.wrote("Second")
    await arrive("Third", people.me.id, conversations.kenji)
    await running.wrote("Third")
    const began = performance.now()
    running.process.kill("SIGINT")
    const { code, stderr, stdout } = await running.ended
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(code).toBe(130)
    expect(stderr).toBe("Waiting for what is new. Ctrl-C ends it.\n")
    expect(stdout).toMatch(
      /^\S+ \S+ {2}@jonas_lind +First\n\S+ \S+ {2}@kenji_mori +Second\n\S+ \S+ {2}@mina_builds → @kenji_mori +Third\n$/
    )
  }, 20_000)

  it("goes on from a checkpoint where it was stopped, in X's JSON", async () => {
    const words = ["follow", "@jonas_lind", "--every", "100ms", "--checkpoint", "test", "--json"]
    const begun = machine.requests(6)
    const first = machine.start(words)
    await begun
    await arrive("Before")
    await first.wrote("Before")
    first.process.kill("SIGTERM")
    await first.ended
    await arrive("Meanwhile")
    const second = machine.start(words)
    await second.wrote("Meanwhile")
    second.process.kill("SIGINT")
    const texts = jsonOf(await second.ended).map(({ text }) => text)
    expect(texts.at(-1)).toBe("Meanwhile")
    // What was printed last may come again: it was taken only once the next one was asked for.
    expect(texts.slice(0, -1).filter((text) => text !== "Before")).toEqual([])
  }, 20_000)

  it("leaves out what is one's own, if told to", async () => {
    const begun = machine.requests(6)
    const running = machine.start(["follow", "--every", "100ms", "--incoming", "--json"])
    await begun
    await arrive("My own", people.me.id)
    await arrive("Another's")
    await running.wrote("Another's")
    running.process.kill("SIGINT")
    expect(jsonOf(await running.ended).map(({ text }) => text)).toEqual(["Another's"])
  }, 20_000)

  it("tells of trouble, and that it has passed", async () => {
    const begun = machine.requests(5)
    const running = machine.start(["follow", "--every", "100ms"])
    await begun
    await machine.emulator(({ inject }) => inject(Faults.status(503), { route: "GET /2/dm_events", times: 4 }))
    await arrive("After the trouble")
    await running.wrote("After the trouble")
    running.process.kill("SIGINT")
    expect((await running.ended).stderr).toMatch(/trying again: .*\n.*X answers again\./)
  }, 40_000)
})

describe("xdm follow --live", () => {
  const app = { X_BEARER_TOKEN: Fixtures.tokens.app }
  it("prints what X tells the moment it arrives, once, and reads behind a broken connection", async () => {
    await machine.emulator(({ resetRequests }) => resetRequests)
    const running = machine.start(["follow", "--live"], app)
    await running.told("X tells of what is new.")
    // Its look behind the connection is over.
    await new Promise((resolve) => setTimeout(resolve, 500))
    await machine.emulator(({ inject }) => inject(Faults.doubled, { times: 1 }))
    const began = performance.now()
    await arrive("At once")
    await running.wrote("At once")
    expect(performance.now() - began).toBeLessThan(5_000)
    const looks = () => machine.emulator(({ requestCount }) => requestCount("GET /2/dm_events"))
    const before = await looks()
    await machine.emulator(({ inject }) => inject(Faults.lost, { times: 1 }))
    await arrive("Lost")
    await machine.emulator(({ inject }) => inject(Faults.broken, { times: 1 }))
    await arrive("In place of which it breaks")
    await running.wrote("In place of which it breaks")
    expect(await looks()).toBe(before + 1)
    running.process.kill("SIGINT")
    const { code, stderr, stdout } = await running.ended
    expect(code).toBe(130)
    expect(stdout.trimEnd().split("\n").map((line) => line.split(/ {2,}/).slice(1))).toEqual([
      ["@jonas_lind", "At once"],
      ["@jonas_lind", "Lost"],
      ["@jonas_lind", "In place of which it breaks"]
    ])
    expect(stderr).toMatch(
      /^Waiting.*\n.*X tells of what is new\.\n.*X tells of nothing just now\..*\n.*what is new\.\n$/
    )
    expect(await machine.emulator(({ streamConnections }) => streamConnections)).toBe(0)
  }, 30_000)

  it("connects to the emulator of --emulator too", async () => {
    const running = machine.start(["follow", "--live", "--emulator"])
    await running.told("X tells of what is new.")
    running.process.kill("SIGINT")
    expect(await running.ended).toMatchObject({ code: 130, stdout: "" })
  }, 20_000)

  it("says what it needs", async () => {
    const without = await machine.xdm(["follow", "--live"])
    expect(without).toMatchObject({ code: 3, stdout: "" })
    expect(without.stderr).toContain("X_BEARER_TOKEN is missing")
    const wrong = await machine.xdm(["follow", "--live"], { env: { X_BEARER_TOKEN: "wrong-token-of-mine" } })
    expect(wrong).toMatchObject({ code: 3, stdout: "" })
    expect(wrong.stderr).not.toContain("wrong-token-of-mine")
    const whose = await machine.xdm(["follow", "@jonas_lind", "--live"], { env: app })
    expect(whose).toMatchObject({ code: 2, stdout: "" })
    expect(whose.stderr).toContain("--live is for all conversations")
  }, 20_000)
})

describe("xdm emulator", () => {
  it("serves the sample inbox to other programs, and to --emulator", async () => {
    const running = machine.start(["emulator", "--json"])
    await running.wrote("access_token")
    const before = await machine.xdm(["inbox", "--emulator", "--json", "--events", "1"])
    const sent = await machine.xdm(["send", "--emulator", "@jonas_lind", "To the server"])
    expect(sent.code).toBe(0)
    const read = await machine.xdm(["read", "--emulator", "@jonas_lind", "--limit", "1"])
    expect(read.stdout).toContain("To the server")
    expect(jsonOf(before)).toHaveLength(1)
    const taken = await machine.xdm(["emulator"])
    expect(taken).toMatchObject({ code: 8, stdout: "" })
    expect(taken.stderr).toMatch(/port 8724 is taken/)
    // It keeps webhooks, and delivers to a server that listens for it.
    const port = await freePort()
    const url = `http://127.0.0.1:${port}/webhooks/x`
    const listening = machine.start(["webhook", "serve", "--emulator", "--port", String(port)])
    await listening.told(`xdm webhook register ${url} --emulator`)
    expect((await machine.xdm(["webhook", "test", url, "--emulator"])).code).toBe(0)
    expect((await machine.xdm(["webhook", "register", url, "--emulator"])).stdout).toMatch(/\(webhook \d+, new\)/)
    await machine.xdm(["send", "--emulator", "@jonas_lind", "And to its webhook"])
    await listening.wrote("And to its webhook")
    listening.process.kill("SIGINT")
    expect((await listening.ended).stdout).toMatch(/@xdm_test .*\(a test\).*\n.*@mina_builds +And to its webhook\n$/)
    running.process.kill("SIGINT")
    const ended = await running.ended
    expect(ended.code).toBe(130)
    expect(jsonOf(ended)).toEqual([
      { url: "http://127.0.0.1:8724", access_token: Fixtures.tokens.owner, client_id: expect.any(String) }
    ])
    // Without it, each command has a world of its own.
    expect((await machine.xdm(["read", "--emulator", "@jonas_lind", "--limit", "1"])).stdout).not.toContain(
      "To the server"
    )
    const unkept = await machine.xdm(["webhook", "register", url, "--emulator"])
    expect(unkept).toMatchObject({ code: 6, stdout: "" })
    expect(unkept.stderr).toMatch(/Start `xdm emulator` in another terminal first/)
  }, 60_000)

  it("begins with nothing said where it is told so", async () => {
    const running = machine.start(["emulator", "--empty", "--port", "8729"])
    await running.wrote("export X_API_URL=http://127.0.0.1:8729")
    const { stdout } = await machine.xdm(["inbox"], { env: { X_API_URL: "http://127.0.0.1:8729" } })
    expect(stdout).toBe("There are no messages in the last 30 days.\n")
    running.process.kill("SIGTERM")
    await running.ended
  }, 20_000)
})
