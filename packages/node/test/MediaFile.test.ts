import { DirectMessages } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer, MediaFile, NodeClient } from "@effect-xdm/node"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, Schedule, Stream } from "effect"
import * as Fs from "node:fs/promises"
import { tmpdir } from "node:os"
import * as Path from "node:path"

let folder = ""
beforeAll(async () => {
  folder = await Fs.mkdtemp(Path.join(tmpdir(), "effect-xdm-media-"))
})
afterAll(() => Fs.rm(folder, { recursive: true, force: true }))

const jonas = { user: Fixtures.people.jonas.id }
const append = "POST /2/media/upload/{id}/append"
const route = "GET /2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}"

const png = (size: number): Buffer => {
  const bytes = Buffer.alloc(size, "All work and no play makes a dull picture. ")
  bytes.write("\u0089PNG\r\n\u001a\n", "latin1")
  return bytes
}

const write = async (name: string, bytes: Uint8Array): Promise<string> => {
  const path = Path.join(folder, name)
  await Fs.writeFile(path, bytes)
  return path
}

const over = (client: Layer.Layer<HttpClient.HttpClient>, timeout = 30_000) =>
  Layer.unwrapEffect(
    Effect.map(EmulatorServer, ({ url }) =>
      DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner), baseUrl: url, timeout }))
  ).pipe(
    Layer.provide(client),
    Layer.provideMerge(EmulatorServer.layer()),
    Layer.provideMerge(Emulator.layer({ rateLimits: "off" })),
    Layer.orDie
  )

describe.each([
  ["NodeClient", NodeClient.layer()],
  ["undici", NodeHttpClient.layerUndici],
  ["fetch", FetchHttpClient.layer]
])("over HTTP by %s", (name, client) => {
  it.live("a file goes up in parts, is sent, and comes back the same", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const bytes = png(700_001)
      const path = yield* Effect.promise(() => write(`${name}.dat`, bytes))
      const media = yield* MediaFile.source(path)
      expect(media).toMatchObject({ type: "image/png", size: 700_001, name: `${name}.dat` })
      yield* Effect.flatMap(Emulator, (emulator) => emulator.inject(Faults.cutAfter, { route: append, every: 3 }))
      const sent = yield* dm.send(jonas, { text: "From a file", media }, {
        upload: { chunkSize: 100_000, concurrency: 3 }
      })
      const saved = yield* MediaFile.save(sent.dmEventId, { folder: Path.join(folder, name), name: "back.png" })
      expect(saved).toMatchObject({ type: "image/png", size: 700_001 })
      expect(bytes.equals(yield* Effect.promise(() => Fs.readFile(saved.path)))).toBe(true)
      const again = yield* Effect.flip(
        MediaFile.save(sent.dmEventId, { folder: Path.join(folder, name), name: "back.png" })
      )
      expect(again).toMatchObject({ _tag: "MediaFileFailed", reason: "Exists" })
      yield* MediaFile.save(sent.dmEventId, { folder: Path.join(folder, name), name: "back.png", overwrite: true })
      expect(yield* Effect.promise(() => Fs.readdir(Path.join(folder, name)))).toEqual(["back.png"])
    }).pipe(Effect.provide(over(client))))

  it.live("a download that stalls is given up, and leaves nothing behind; one that is interrupted too", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const emulator = yield* Emulator
      const { dmEventId } = yield* dm.send(jonas, { media: { bytes: png(400_000), type: "image/png" } })
      yield* emulator.inject(Faults.stall, { route })
      const place = Path.join(folder, `${name}-stalled`)
      const error = yield* Effect.flip(MediaFile.save(dmEventId, { folder: place }))
      expect(error._tag).toBe("TimedOut")
      const fiber = yield* Effect.fork(Stream.runDrain(dm.media.download(dmEventId)))
      yield* Effect.repeat(Effect.sleep("10 millis"), {
        until: () => Effect.map(emulator.requestCount(route), (count) => count >= 2)
      })
      yield* Effect.sleep("50 millis")
      yield* Fiber.interrupt(fiber)
      expect(yield* Effect.promise(() => Fs.readdir(place))).toEqual([])
      // The connections are free again.
      yield* emulator.clearFaults
      yield* Effect.forEach(Array.from({ length: 20 }), () => Stream.runDrain(dm.media.download(dmEventId)), {
        concurrency: 5
      })
    }).pipe(Effect.provide(over(client, 1_000))))
})

describe("a file", () => {
  it.live.each<[what: string, name: string, bytes: Uint8Array, type: string]>([
    ["by its first bytes", "liar.mp4", png(100), "image/png"],
    ["or else by its name", "some.JPG", Buffer.from("some"), "image/jpeg"]
  ])("is known %s", ([, name, bytes, type]) =>
    Effect.gen(function*() {
      const path = yield* Effect.promise(() => write(name, bytes))
      expect(yield* MediaFile.source(path)).toMatchObject({ type, size: bytes.length })
    }))

  it.live("that cannot be sent says why", () =>
    Effect.gen(function*() {
      const text = yield* Effect.promise(() => write("notes.txt", Buffer.from("hello")))
      const reasons = yield* Effect.forEach(
        [text, folder, Path.join(folder, "none.png"), Path.join(text, "x.png")],
        (path) => Effect.map(Effect.flip(MediaFile.source(path)), ({ reason }) => reason)
      )
      expect(reasons).toEqual(["UnknownType", "NoFile", "NotFound", "NotFound"])
    }))

  it.live("is written whole or not at all", () =>
    Effect.gen(function*() {
      const path = yield* Effect.promise(() => write("kept.png", Buffer.from("old")))
      const broken = Stream.concat(Stream.make(png(1_000)), Stream.fail("gone"))
      expect(yield* Effect.flip(MediaFile.write(broken, path, { overwrite: true }))).toBe("gone")
      const slow = Stream.schedule(Stream.make(png(10), png(10)), Schedule.spaced("1 hour"))
      const fiber = yield* Effect.fork(MediaFile.write(slow, path, { overwrite: true }))
      yield* Effect.sleep("30 millis")
      yield* Fiber.interrupt(fiber)
      expect(yield* Effect.flip(MediaFile.write(Stream.make(png(10)), path))).toMatchObject({ reason: "Exists" })
      expect(yield* Effect.promise(() => Fs.readFile(path, "utf8"))).toBe("old")
      const left = yield* Effect.promise(() => Fs.readdir(folder))
      expect(left.filter((name) => name.endsWith(".part"))).toEqual([])
    }))
})
