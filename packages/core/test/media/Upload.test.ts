import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, Stream, TestClock } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import type { MediaSource } from "../../src/media/MediaSource.js"
import { type UploadOptions, type UploadProgress, UploadStopped } from "../../src/media/UploadModel.js"
import { UserId } from "../../src/model/Ids.js"
import type { MediaType } from "../../src/model/MediaType.js"
import { Emulator } from "../../src/testing/index.js"
import {
  atOnce,
  bytesOf,
  client,
  downloaded,
  expectSame,
  Faults,
  Fixtures,
  inject,
  jonas,
  routes,
  source
} from "./support.js"

const append = "POST /2/media/upload/{id}/append"
const finalize = "POST /2/media/upload/{id}/finalize"

const upload = <E = never>(media: MediaSource<E>, options?: UploadOptions) =>
  Effect.flatMap(DirectMessages, (dm) => dm.media.upload(media, options))

describe("an upload", () => {
  it.live("of a picture goes in parts of one size, and is sent with a message as it was", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const bytes = bytesOf(2_500)
      const seen: Array<UploadProgress> = []
      const mediaId = yield* dm.media.upload(source(bytes), {
        chunkSize: 1_000,
        onProgress: (progress) => Effect.sync(() => seen.push(progress))
      })
      expect(yield* routes).toEqual(["initialize", "append", "append", "append", "finalize"])
      expect(seen.map(({ phase, sent, total }) => [phase, sent, total])).toEqual([
        ["sending", 1_000, 2_500],
        ["sending", 2_000, 2_500],
        ["sending", 2_500, 2_500]
      ])
      const { dmEventId } = yield* dm.send(jonas, { text: "Look!", media: mediaId })
      expectSame(yield* downloaded(dmEventId), bytes)
    }).pipe(Effect.provide(client())))

  it.live("is one step of a send", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const bytes = bytesOf(999)
      const { dmEventId } = yield* dm.send(jonas, { media: { bytes, type: "image/jpeg" } })
      const { event, includes } = yield* dm.getEventsById({
        eventId: dmEventId,
        expansions: ["attachments.media_keys"],
        mediaFields: ["url"]
      })
      expect(event).toMatchObject({ _tag: "MessageCreate", attachments: { mediaKeys: [includes.media[0]!.mediaKey] } })
      expect(event).not.toHaveProperty("text")
      expectSame(yield* downloaded({ event, media: includes.media }), bytes)
    }).pipe(Effect.provide(client())))

  it.live("is not made again when its send is reconciled", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      yield* inject(Faults.cutAfter, { route: "POST /2/dm_conversations/with/{participant_id}/messages" })
      const { dmEventId } = yield* dm.send(jonas, { text: "once", media: source(bytesOf(10)) }, {
        reconcile: { settle: "10 millis" }
      })
      const emulator = yield* Emulator
      const sent = (yield* emulator.events()).filter(({ text }) => text === "once")
      expect(sent.map(({ id }) => id)).toEqual([dmEventId])
      expect((yield* routes).filter((route) => route === "initialize")).toHaveLength(1)
    }).pipe(Effect.provide(client())))

  const gif: MediaType = "image/gif"
  it.effect.each<[what: string, source: MediaSource, options: object, parameter: string]>([
    ["a picture of more than 5 MB", { ...source(bytesOf(1)), size: 5_242_881 }, {}, "size"],
    ["a GIF of more than 15 MB", { ...source(bytesOf(1), gif), size: 15_728_641 }, {}, "size"],
    ["a video of more than 512 MB", { ...source(bytesOf(1), "video/mp4"), size: 536_870_913 }, {}, "size"],
    ["nothing", { bytes: new Uint8Array(), type: gif }, {}, "size"],
    ["half a byte", { ...source(bytesOf(1)), size: 0.5 }, {}, "size"],
    ["a text", { bytes: bytesOf(1), type: "text/plain" as MediaType }, {}, "type"],
    ["nobody at a time", source(bytesOf(1)), { concurrency: 0 }, "concurrency"],
    ["more than 1,000 parts", source(bytesOf(2_001)), { chunkSize: 2 }, "chunkSize"]
  ])("of %s makes no request", ([, source, options, parameter]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(upload(source, options))
      expect(error).toMatchObject({ _tag: "InvalidInput", parameter })
      expect(yield* routes).toEqual([])
    }).pipe(Effect.provide(client())))

  it.effect("is not made for a message that X would not take", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const media = source(bytesOf(10))
      const nobody = { user: "nobody" as UserId }
      expect(yield* Effect.flip(dm.send(jonas, { text: "", media }))).toMatchObject({ parameter: "text" })
      expect(yield* Effect.flip(dm.send(nobody, { media }))).toMatchObject({ parameter: "participantId" })
      expect(yield* routes).toEqual([])
    }).pipe(Effect.provide(client())))

  it.live.each<[number, number, number]>([[900, 1_000, 900], [1_100, 1_000, 1_001]])(
    "of %i bytes where %i were said is never ended",
    (
      [length, size, came]
    ) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(upload({ ...source(bytesOf(length)), size }, { chunkSize: 300 }))
        expect(error).toMatchObject({ _tag: "WrongMediaSize", said: size, came })
        expect(yield* routes).not.toContain("finalize")
      }).pipe(Effect.provide(client()))
  )
})

describe("after a failure", () => {
  it.live("a part is sent again by itself", () =>
    Effect.gen(function*() {
      yield* inject(Faults.cutBefore, { route: append, every: 2 })
      yield* atOnce(upload(source(bytesOf(3_000)), { chunkSize: 1_000 }))
      expect((yield* routes).filter((route) => route === "append")).toHaveLength(5)
    }).pipe(Effect.provide(client())))

  it.live("the end is known though nobody heard of it", () =>
    Effect.gen(function*() {
      yield* inject(Faults.cutAfter, { route: finalize, times: 1 })
      yield* atOnce(upload(source(bytesOf(3_000))))
      expect((yield* routes).slice(2)).toEqual(["finalize", "finalize", "upload"])
    }).pipe(Effect.provide(client())))

  it.live("an end that X refuses is refused", () =>
    Effect.gen(function*() {
      yield* inject(Faults.status(400), { route: finalize })
      const error = yield* Effect.flip(upload(source(bytesOf(3_000))))
      expect(error).toMatchObject({ _tag: "UploadStopped", reason: { _tag: "BadRequest" } })
    }).pipe(Effect.provide(client())))

  it.live("it goes on with the rest", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const emulator = yield* Emulator
      const bytes = bytesOf(3_500)
      yield* inject(Faults.status(403), { route: append, every: 3 })
      const stopped = yield* Effect.flip(dm.media.upload(source(bytes), { chunkSize: 1_000 }))
      if (!(stopped instanceof UploadStopped)) return expect.unreachable(stopped._tag)
      expect(stopped.session).toMatchObject({ sent: [0, 1], size: 3_500, chunkSize: 1_000, finalized: false })
      expect(stopped.message).toMatch(/stopped after 2000 of 3500 bytes: .*forbidden/)
      yield* emulator.clearFaults
      yield* emulator.resetRequests
      const other = { ...source(bytes), size: 3_499 }
      expect(yield* Effect.flip(dm.media.upload(other, { resume: stopped.session }))).toMatchObject({
        _tag: "InvalidInput",
        parameter: "resume"
      })
      // As it comes back from a file.
      const session = JSON.parse(JSON.stringify(stopped.session)) as typeof stopped.session // it is plain data
      const media = yield* dm.media.upload(source(bytes), { resume: session })
      expect(yield* routes).toEqual(["append", "append", "finalize"])
      const { dmEventId } = yield* dm.send(jonas, { media })
      expectSame(yield* downloaded(dmEventId), bytes)
    }).pipe(Effect.provide(client())))

  it.live("of the source, it goes on with a better one", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const bytes = bytesOf(2_000)
      const broken = {
        ...source(bytes),
        bytes: Stream.concat(source(bytes.subarray(0, 1_500)).bytes, Stream.fail("gone"))
      }
      const stopped = yield* Effect.flip(dm.media.upload(broken, { chunkSize: 1_000 }))
      if (!(stopped instanceof UploadStopped)) return expect.unreachable(stopped._tag)
      expect(stopped.reason).toBe("gone")
      const media = yield* dm.media.upload(source(bytes), { resume: stopped.session })
      const { dmEventId } = yield* dm.send(jonas, { media })
      expectSame(yield* downloaded(dmEventId), bytes)
    }).pipe(Effect.provide(client())))
})

/** Lets the clock run until the fiber has ended, for answers are read in real time; gives how long that took. */
const ended = <A, E>(fiber: Fiber.RuntimeFiber<A, E>, step: number) =>
  Effect.gen(function*() {
    let millis = 0
    while (Option.isNone(yield* Fiber.poll(fiber))) {
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 10)))
      yield* TestClock.adjust(step)
      millis += step
      if (millis > 10 * 60_000) return expect.unreachable("it does not end")
    }
    return yield* Fiber.join(fiber)
  })

describe("X's processing", () => {
  it.effect("is waited for as X asks, and without a word with growing pauses", () =>
    Effect.gen(function*() {
      for (const silent of [false, true]) {
        const emulator = yield* Emulator
        yield* emulator.clearFaults
        yield* emulator.resetRequests
        yield* inject(Faults.processing({ takes: "20 seconds", silent }), { route: finalize })
        const seen: Array<number | undefined> = []
        const fiber = yield* Effect.fork(
          upload(source(bytesOf(10), "video/mp4"), {
            onProgress: ({ percent, phase }) =>
              Effect.sync(() => phase === "processing" ? seen.push(percent) : undefined)
          })
        )
        yield* ended(fiber, 1_000)
        const looks = (yield* emulator.requests).filter(({ method }) => method === "GET").map(({ at }) => at)
        const pauses = looks.slice(1).map((at, i) => Math.round((at - looks[i]!) / 1_000))
        expect(pauses, `silent: ${silent}`).toEqual(silent ? [2, 4, 8, 10] : [5, 3, 1, 1])
        expect(seen[0]).toBe(0)
      }
    }).pipe(Effect.provide(client())))

  it.effect("that fails says why, and the message is not sent", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      yield* inject(Faults.processing({ takes: "3 seconds", fails: "Unsupported codec" }), { route: finalize })
      const fiber = yield* Effect.fork(Effect.flip(dm.send(jonas, { media: source(bytesOf(10), "video/mp4") })))
      const error = yield* ended(fiber, 500)
      expect(error).toMatchObject({ _tag: "MediaProcessingFailed", name: "InvalidMedia", reason: "Unsupported codec" })
      expect(error.message).toContain("Unsupported codec")
      expect(yield* routes).not.toContain("messages")
    }).pipe(Effect.provide(client())))

  it.effect("that cannot be asked for is taken up again", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      yield* inject(Faults.status(403), { route: "GET /2/media/upload" })
      const file = source(bytesOf(10), "video/mp4")
      const stopped = yield* ended(yield* Effect.fork(Effect.flip(upload(file))), 500)
      if (!(stopped instanceof UploadStopped)) return expect.unreachable(stopped._tag)
      expect(stopped.session.finalized).toBe(true)
      yield* emulator.clearFaults
      yield* emulator.resetRequests
      yield* ended(yield* Effect.fork(upload(file, { resume: stopped.session })), 500)
      expect(new Set(yield* routes)).toEqual(new Set(["upload"]))
    }).pipe(Effect.provide(client())))

  it.effect("an upload is forgotten after 24 hours", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const media = yield* upload(source(bytesOf(10)))
      yield* TestClock.adjust("24 hours")
      expect(yield* Effect.flip(dm.send(jonas, { media }))).toMatchObject({ _tag: "BadRequest" })
    }).pipe(Effect.provide(client())))
})

describe("side by side", () => {
  it.live("no more parts are held than asked for, and one", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      for (const concurrency of [1, 2, 4]) {
        let taken = 0
        let most = 0
        let acknowledged = 0
        const bytes = bytesOf(20_000)
        const counted = source(bytes, "image/png", [1_000])
        yield* inject(Faults.delay("5 millis"), { route: append })
        yield* dm.media.upload({
          ...counted,
          bytes: Stream.tap(counted.bytes, () =>
            Effect.sync(() => {
              taken++
              most = Math.max(most, taken - acknowledged)
            }))
        }, { chunkSize: 1_000, concurrency, onProgress: () => Effect.sync(() => acknowledged++) })
        // One chunk of the source is looked at in advance, to know whether it has ended.
        expect(most, `${concurrency} at a time`).toBeLessThanOrEqual(concurrency + 1)
        expect(most).toBeGreaterThanOrEqual(concurrency)
      }
    }).pipe(Effect.provide(client())))

  it.live("an upload that is interrupted asks for nothing more", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      yield* inject(Faults.delay("1 hour"), { route: append, every: 2 })
      const fiber = yield* Effect.fork(upload(source(bytesOf(9_000)), { chunkSize: 1_000, concurrency: 3 }))
      yield* Effect.repeat(Effect.sleep("5 millis"), {
        until: () => Effect.map(emulator.requestCount(append), (count) => count === 6)
      })
      yield* Fiber.interrupt(fiber)
      yield* Effect.sleep("30 millis")
      expect(yield* emulator.requestCount()).toBe(7)
      expect((yield* Fiber.children(fiber)).length).toBe(0)
    }).pipe(Effect.provide(client())))
})

it.live("only its owner can send it, and nobody else can fetch it", () =>
  Effect.gen(function*() {
    const dm = yield* DirectMessages
    const emulator = yield* Emulator
    const media = yield* upload(source(bytesOf(50)))
    const other = yield* Effect.provide(
      Effect.flatMap(DirectMessages, (other) => Effect.flip(other.send({ user: Fixtures.people.me.id }, { media }))),
      yield* otherClient(emulator)
    )
    expect(other).toMatchObject({ _tag: "BadRequest" })
    const { dmEventId } = yield* dm.send({ user: Fixtures.people.salma.id }, { media })
    const refused = yield* Effect.provide(Effect.flip(downloaded(dmEventId)), yield* otherClient(emulator))
    expect(refused).toMatchObject({ _tag: "NotFound" })
  }).pipe(Effect.provide(client())))

const otherClient = (emulator: Emulator["Type"]) =>
  Effect.gen(function*() {
    const { Layer, Redacted } = yield* Effect.promise(() => import("effect"))
    return Layer.orDie(DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.other) })).pipe(
      Layer.provide(Emulator.layerHttpClient),
      Layer.provide(Layer.succeed(Emulator, emulator))
    )
  })
