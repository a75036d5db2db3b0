import { DirectMessages, EventId, MediaId } from "@effect-xdm/core"
import { MediaFile, NodeClient } from "@effect-xdm/node"
import { HttpClient } from "@effect/platform"
import { Effect, Layer, ManagedRuntime, Redacted, Stream } from "effect"
import { fork } from "node:child_process"
import * as Fs from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Group, median } from "./measure.js"

const chunk = 1024 * 1024
const size = 10 * chunk

/** All that the process holds for its data, whatever of it could be collected. */
const held = (): number => {
  globalThis.gc!()
  globalThis.gc!()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** The most that is held while some work is done, beyond what is held before, in chunks of 1 MB; and how long it takes. */
const measured = async (work: (look: () => void) => Promise<unknown>) => {
  const before = held()
  let most = before
  const look = () => {
    most = Math.max(most, held())
  }
  const started = performance.now()
  await work(look)
  return { chunks: (most - before) / chunk, millis: performance.now() - started }
}

const medianOf = async (work: (look: () => void) => Promise<unknown>) => {
  await measured(work)
  const all = []
  for (let round = 0; round < 3; round++) all.push(await measured(work))
  return { chunks: median(all.map(({ chunks }) => chunks)), millis: median(all.map(({ millis }) => millis)) }
}

/** 10 MB from a file and to nothing, over loopback HTTP: what of it is in memory at once. */
export const media = async (): Promise<Group> => {
  const server = fork(fileURLToPath(new URL("mediaServer.js", import.meta.url)), [String(size)])
  const folder = await Fs.mkdtemp(join(tmpdir(), "effect-xdm-bench-"))
  try {
    const port = await new Promise((resolve) => server.once("message", resolve))
    let onRequest: () => void = () => undefined
    const runtime = ManagedRuntime.make(
      DirectMessages.layer({
        accessToken: Redacted.make("token-of-the-bench"),
        baseUrl: `http://127.0.0.1:${String(port)}`,
        // When a part leaves, it is held twice.
        transformClient: HttpClient.tapRequest(() => Effect.sync(() => onRequest()))
      }).pipe(Layer.provide(NodeClient.layer()))
    )
    const file = join(folder, "video.mp4")
    await Fs.writeFile(file, Buffer.alloc(size, "effect"))
    const upload = (concurrency: number) => (look: () => void) => {
      onRequest = look
      return runtime.runPromise(Effect.gen(function*() {
        const dm = yield* DirectMessages
        const source = yield* MediaFile.source(file)
        yield* dm.media.upload(source, { concurrency, onProgress: () => Effect.sync(look) })
      }))
    }
    const place = {
      dmId: EventId.make("1582103724607971332"),
      mediaId: MediaId.make("1582103718735589376"),
      resourceId: "video.mp4"
    }
    const download = (look: () => void) => {
      onRequest = look
      return runtime.runPromise(Effect.gen(function*() {
        const dm = yield* DirectMessages
        let bytes = 0
        let looked = 0
        yield* Stream.runForEach(dm.media.download(place), (piece) =>
          Effect.sync(() => {
            bytes += piece.length
            if (bytes - looked < chunk / 2) return
            looked = bytes
            look()
          }))
        if (bytes !== size) throw new Error(`${bytes} bytes came of ${size}`)
      }))
    }
    const up = await medianOf(upload(1))
    const wide = await medianOf(upload(3))
    const down = await medianOf(download)
    await runtime.dispose()
    return {
      title: "10 MB of media: what is in memory at most, in chunks of 1 MB, and how long it takes",
      rows: [
        { name: "upload of a file, a part at a time", value: up.chunks, unit: "chunks", limit: 4 },
        { name: "upload of a file, three parts side by side", value: wide.chunks, unit: "chunks", limit: 8 },
        { name: "download", value: down.chunks, unit: "chunks", limit: 4 },
        { name: "upload, a part at a time", value: up.millis, unit: "ms" },
        { name: "upload, three parts side by side", value: wide.millis, unit: "ms" },
        { name: "download", value: down.millis, unit: "ms" }
      ]
    }
  } finally {
    server.disconnect()
    await Fs.rm(folder, { recursive: true, force: true })
  }
}
