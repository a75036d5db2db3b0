import { Faults, Fixtures } from "@effect-xdm/core/testing"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { jsonOf, type Machine, makeMachine } from "./support.js"

let machine: Machine
let picture = ""
const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(30_000, "picture")])

beforeAll(async () => {
  machine = await makeMachine({ rateLimits: "off" })
  picture = Path.join(machine.folder, "picture.png")
  await Fs.writeFile(picture, png)
})
beforeEach(() => machine.emulator(({ clearFaults }) => clearFaults))
afterAll(() => machine.close())

describe("xdm send --media and xdm media", () => {
  it("send a picture, with a text or without, and fetch the same bytes", async () => {
    const sent = await machine.xdm(["send", "@jonas_lind", "--media", "picture.png", "--json"])
    expect(sent).toMatchObject({ code: 0 })
    const [{ dm_event_id: id }] = jsonOf(sent) as [{ dm_event_id: string }]
    const fetched = await machine.xdm(["media", id, "-o", "fetched"])
    expect(fetched).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^fetched\/\w+\.png \(image\/png, 30 kB\)\n$/)
    })
    const [name] = await Fs.readdir(Path.join(machine.folder, "fetched"))
    expect(png.equals(await Fs.readFile(Path.join(machine.folder, "fetched", `${name}`)))).toBe(true)
    const again = await machine.xdm(["media", id, "-o", "fetched"])
    expect(again).toMatchObject({ code: 8, stderr: expect.stringContaining("is there already, and was left as it is") })
    expect(await machine.xdm(["media", id, "-o", "fetched", "--overwrite"])).toMatchObject({ code: 0 })

    expect(await machine.xdm(["send", "@jonas_lind", "Look!", "--media", "picture.png"])).toMatchObject({ code: 0 })
    const events = await machine.emulator(({ events }) => events())
    expect(events[0]).toMatchObject({ text: "Look!", attachments: { media_keys: [expect.any(String)] } })
  })

  it("say what is wrong, and send nothing", async () => {
    await Fs.writeFile(Path.join(machine.folder, "notes.txt"), "hello")
    await machine.emulator(({ resetRequests }) => resetRequests)
    const unknown = await machine.xdm(["send", "@jonas_lind", "--media", "notes.txt"])
    expect(unknown).toMatchObject({ code: 8, stderr: expect.stringContaining("is nothing that X takes") })
    const absent = await machine.xdm(["send", "@jonas_lind", "--media", "none.png"])
    expect(absent).toMatchObject({ code: 8, stderr: expect.stringContaining("is not there") })
    expect(await machine.emulator(({ requestCount }) => requestCount())).toBe(0)

    const route = "POST /2/media/upload/{id}/finalize" as const
    await machine.emulator(({ inject }) => inject(Faults.processing({ takes: 0, fails: "Bad pixels" }), { route }))
    const failed = await machine.xdm(["send", "@jonas_lind", "--media", "picture.png"])
    expect(failed).toMatchObject({ code: 4, stderr: expect.stringContaining("Bad pixels") })

    const [{ id }] = (await machine.emulator(({ events }) => events())).filter((event) =>
      event.event_type === "MessageCreate" && event.attachments === undefined
    ) as unknown as [{ id: string }]
    const none = await machine.xdm(["media", id])
    expect(none).toMatchObject({ code: 4, stderr: expect.stringContaining("there is no attachment") })
  })
})

describe("xdm block and xdm unblock", () => {
  it("keep someone from writing, and let them write again", async () => {
    const { conversations, people } = Fixtures
    const arrive = (text: string) =>
      machine.emulator(({ arrive }) => arrive({ from: people.kenji.id, in: conversations.kenji, text }))
    const blocked = await machine.xdm(["block", "@kenji_mori", "--json"])
    expect(jsonOf(blocked)).toEqual([{ user_id: people.kenji.id, blocked: true }])
    await arrive("unheard")
    const unblocked = await machine.xdm(["unblock", people.kenji.id])
    expect(unblocked).toMatchObject({ code: 0, stdout: `${people.kenji.id} can send you messages.\n` })
    await arrive("heard")
    const { stdout } = await machine.xdm(["read", "@kenji_mori", "--limit", "3"])
    expect(stdout).toContain("heard")
    expect(stdout).not.toContain("unheard")
    expect(await machine.xdm(["block", "111-222"])).toMatchObject({ code: 2 })
    expect(await machine.xdm(["block", "999"])).toMatchObject({ code: 4 })
  })
})

describe("xdm sync --media", () => {
  it("keeps the files beside the archive, fetches none twice, and shows pictures in the page", async () => {
    const archive = ["--archive", Path.join("kept", "messages.db")]
    const synced = await machine.xdm(["sync", "--media", "--json", ...archive])
    expect(synced).toMatchObject({ code: 0 })
    const names = await Fs.readdir(Path.join(machine.folder, "kept", "media"))
    expect(names.toSorted()).toEqual(expect.arrayContaining([
      "16_8700000000000000002.mp4",
      "3_8700000000000000001.jpg",
      "7_8700000000000000003.mp4"
    ]))
    expect(jsonOf(synced)[0]).toMatchObject({ files: names.length, missing_files: 0 })
    expect(jsonOf(await machine.xdm(["sync", "--media", "--json", ...archive]))[0]).toMatchObject({ files: 0 })

    const plain = await machine.xdm(["export", "--format", "html", ...archive])
    expect(plain.stdout).not.toContain("<img")
    const shown = await machine.xdm(["export", "--format", "html", "--pictures", ...archive])
    expect(shown.stdout).toMatch(
      /<img class="picture" src="data:image\/jpeg;base64,[^"]+" alt="Photo: A ridge at sunrise/
    )
    expect(shown.stdout).toContain("img-src data:;")
    expect(shown.stdout).not.toMatch(/<img[^>]*src="(?!data:)/)
  })

  it("goes on with what it did not get", async () => {
    const archive = ["--archive", Path.join("again", "messages.db")]
    const route = "GET /2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}" as const
    await machine.emulator(({ inject }) => inject(Faults.status(403), { route, every: 2 }))
    const stopped = await machine.xdm(["sync", "--media", ...archive])
    expect(stopped.code).toBe(3 + 1)
    await machine.emulator(({ clearFaults }) => clearFaults)
    const before = (await Fs.readdir(Path.join(machine.folder, "again", "media"))).length
    expect(before).toBe(1)
    const [done] = jsonOf(await machine.xdm(["sync", "--media", "--json", ...archive]))
    const after = (await Fs.readdir(Path.join(machine.folder, "again", "media"))).length
    expect(done).toMatchObject({ files: after - before })
  })
})
