import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Either, Exit, Fiber, Option, Scope, Stream, TestClock } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { fromUrl, locate } from "../../src/media/Download.js"
import { EventId, received } from "../../src/model/Ids.js"
import type { Media } from "../../src/model/Media.js"
import * as MediaType from "../../src/model/MediaType.js"
import { RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import { Emulator } from "../../src/testing/index.js"
import { broken, json, scripted, stalled, text, token } from "../support/script.js"
import { atOnce, bytesOf, client, downloaded, expectSame, Faults, inject, joined, jonas, source } from "./support.js"

const route = "GET /2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}"
const eventId = EventId.make("1582103724607971332")
const place = { dmId: eventId, mediaId: "1582103718735589376", resourceId: "wJ3k.jpg" } as never as Parameters<
  DirectMessages["Type"]["downloadMedia"]
>[0] // ids of the right form

const medium = (more: Partial<Media>): Media => ({
  mediaKey: received.MediaKey.make("3_1582103718735589376"),
  type: "photo",
  ...more
})

describe("where a file is", () => {
  it.each([
    "https://ton.x.com/1.1/ton/data/dm/1582103724607971332/1582103718735589376/wJ3k.jpg",
    "https://ton.twitter.com/i/ton/data/dm/1582103724607971332/1582103718735589376/wJ3k.jpg?name=large#x",
    "https://ton.twitter.com/i/ton/data/dm/1582103724607971332/1582103718735589376/wJ3k.jpg:large",
    "https://api.x.com/2/dm_conversations/media/1582103724607971332/1582103718735589376/wJ3k.jpg",
    "/2/dm_conversations/media/1582103724607971332/1582103718735589376/wJ3k.jpg"
  ])("is told by %s", (url) => expect(fromUrl(url)).toEqual(Option.some(place)))

  it.each(["", "https://example.com", "https://pbs.twimg.com/media/abc.jpg", "https://ton.x.com/dm/1/2/", "dm/a/b/c"])(
    "is not told by %j",
    (url) => expect(fromUrl(url)).toEqual(Option.none())
  )

  const mp4 = (bitRate: number, name: string) => ({ bitRate, contentType: "video/mp4", url: `https://v.x.com/${name}` })
  it.each<[what: string, media: Media, name: string | undefined]>([
    [
      "of a picture elsewhere, by the event and the key",
      medium({ url: "https://pbs.twimg.com/dm/a.jpg?x=1" }),
      "a.jpg"
    ],
    [
      "of a video, its best variant and no list of them",
      medium({
        type: "video",
        previewImageUrl: "https://pbs.twimg.com/p.jpg",
        variants: [mp4(1, "low.mp4"), mp4(9, "best.mp4"), {
          contentType: "application/x-mpegURL",
          url: "https://v.x.com/all.m3u8"
        }]
      }),
      "best.mp4"
    ],
    [
      "of a video without variants is not its preview",
      medium({ type: "video", previewImageUrl: "https://x.com/p.jpg" }),
      undefined
    ],
    ["of a name that can be none", medium({ url: "https://x.com/a%20b.jpg" }), undefined]
  ])(
    "%s",
    (_, media, name) =>
      expect(Option.map(locate(eventId, media), ({ dmId, mediaId, resourceId }) => [dmId, mediaId, resourceId]))
        .toEqual(
          name === undefined ? Option.none() : Option.some([eventId, "1582103718735589376", name])
        )
  )
})

describe("what a file is", () => {
  it.each<[string, MediaType.MediaType | undefined]>([
    ["\u0089PNG\r\n\u001a\n____", "image/png"],
    ["\u00ff\u00d8\u00ff\u00e0________", "image/jpeg"],
    ["GIF89a______", "image/gif"],
    ["RIFF____WEBP", "image/webp"],
    ["____ftypisom", "video/mp4"],
    ["____ftypqt  ", "video/quicktime"],
    ["hello, world", undefined],
    ["", undefined]
  ])(
    "is told by the first bytes %j",
    (head, type) => expect(MediaType.ofBytes(Uint8Array.from(head, (each) => each.charCodeAt(0)))).toBe(type)
  )

  it("is told by its name", () => {
    expect(["A.JPG", "b.c.png", "x.mov", "png", "a.txt", ""].map(MediaType.ofName)).toEqual([
      "image/jpeg",
      "image/png",
      "video/quicktime",
      undefined,
      undefined,
      undefined
    ])
    for (const type of MediaType.all) expect(MediaType.ofName(`a.${MediaType.endingOf(type)}`)).toBe(type)
  })
})

describe("a download", () => {
  it.live("of the sample inbox has a name, a type and a size", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const found = yield* dm.events.hydrated.all({ limit: 200 }).pipe(
        Stream.filter(({ media }) => media.length > 0),
        Stream.runCollect
      )
      const seen: Array<unknown> = []
      for (const hydrated of found) {
        yield* Effect.scoped(Effect.gen(function*() {
          const { name, size, stream, type } = yield* dm.media.open(hydrated)
          expect((yield* joined(stream)).length).toBe(size)
          seen.push([name, type])
        }))
      }
      expect(seen).toEqual([
        ["sample-confetti.mp4", "video/mp4"],
        ["sample-demo-720.mp4", "video/mp4"],
        ["sample-ridge.jpg", "image/jpeg"]
      ])
    }).pipe(Effect.provide(client())))

  it.live("of what is not there says so", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const { dmEventId } = yield* dm.send(jonas, { text: "no picture" })
      const error = yield* Effect.flip(downloaded(dmEventId))
      expect(error).toMatchObject({ _tag: "MediaNotLocated", why: "NoAttachment", index: 0, eventId: dmEventId })
      expect(error.message).toBe(`there is no attachment 1 of the event ${dmEventId}.`)
      const event = {
        ...(yield* dm.getEventsById({ eventId: dmEventId })).event,
        attachments: { mediaKeys: [received.MediaKey.make("3_1")] }
      } as never // an event with a medium of which nothing is known
      expect(yield* Effect.flip(downloaded(event))).toMatchObject({ _tag: "MediaNotLocated", why: "NoMedia" })
      const bare = { event, media: [medium({ mediaKey: received.MediaKey.make("3_1") })] }
      expect(yield* Effect.flip(downloaded(bare))).toMatchObject({ _tag: "MediaNotLocated", why: "NoFile" })
      expect(yield* Effect.flip(downloaded(place))).toMatchObject({ _tag: "NotFound" })
    }).pipe(Effect.provide(client())))

  it.live("is begun anew before the first byte, and under limits", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const emulator = yield* Emulator
      const bytes = bytesOf(5_000)
      const { dmEventId } = yield* dm.send(jonas, { media: source(bytes) })
      yield* inject(Faults.status(503), { route, times: 2 })
      yield* inject(Faults.cutBefore, { route, times: 1 })
      expectSame(yield* atOnce(downloaded(dmEventId)), bytes)
      expect(yield* emulator.requestCount(route)).toBeGreaterThanOrEqual(3)
      expectSame(yield* Effect.provideService(downloaded(dmEventId), RateLimitPolicy, RateLimitPolicy.fail), bytes)
      const limited = yield* Effect.flip(
        Effect.provideService(downloaded(dmEventId), RateLimitPolicy, RateLimitPolicy.fail)
      )
      expect(limited).toMatchObject({ _tag: "RateLimited", bucket: "DownloadMedia" })
    }).pipe(Effect.provide(client({ rateLimits: { [route]: { window: 2 } } }))))
})

const bytes = (replies: ReturnType<typeof scripted>) =>
  Effect.flatMap(DirectMessages, (dm) => joined(dm.media.download(place))).pipe(
    Effect.provide(replies.layer({ timeout: "10 seconds" }))
  )

const png = text(200, "\u0001\u0002\u0003", { "content-length": "3" })

describe("a connection", () => {
  it.live("that breaks later is told, and is not tried again: the first bytes are gone", () =>
    Effect.gen(function*() {
      const cut = scripted(text(200, "abc", { "content-length": "4" }), png)
      expect(yield* Effect.flip(bytes(cut))).toMatchObject({ _tag: "Unreachable", notSent: false })
      expect(cut.requests).toHaveLength(1)
      const refused = scripted(broken("ECONNREFUSED"), png)
      expect(yield* bytes(refused)).toEqual(new Uint8Array([1, 2, 3]))
      expect(refused.requests).toHaveLength(2)
    }))

  it.effect("that falls silent is closed after the time that a call may take", () =>
    Effect.gen(function*() {
      const silent = scripted(stalled)
      const fiber = yield* Effect.fork(Effect.either(bytes(silent)))
      const start = yield* Clock.currentTimeMillis
      while (Option.isNone(yield* Fiber.poll(fiber))) {
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 10)))
        yield* TestClock.adjust("1 second")
      }
      expect(yield* Fiber.join(fiber)).toEqual(
        Either.left(expect.objectContaining({ _tag: "TimedOut", afterMillis: 10_000 }))
      )
      expect((yield* Clock.currentTimeMillis) - start).toBeLessThan(15_000)
      expect(silent.requests.map(({ signal }) => signal.aborted)).toEqual([true])
    }))

  it.live("is held while the scope is open, one of those that may be open, and no longer", () =>
    Effect.gen(function*() {
      const { layer, requests } = scripted(png, json(200, { data: { id: "1", name: "a", username: "a" } }))
      yield* Effect.gen(function*() {
        const dm = yield* DirectMessages
        const scope = yield* Scope.make()
        yield* Scope.extend(dm.downloadMedia(place), scope)
        expect(requests[0]!.signal.aborted).toBe(false)
        const next = yield* Effect.fork(dm.getMe())
        yield* Effect.sleep("20 millis")
        expect(requests).toHaveLength(1)
        yield* Scope.close(scope, Exit.void)
        yield* Fiber.join(next)
        expect(requests[0]!.signal.aborted).toBe(true)
      }).pipe(Effect.provide(layer({ maxConnections: 1 })))
    }))

  it.live("is closed when the download is interrupted, before and after the first byte", () =>
    Effect.gen(function*() {
      for (const reply of [stalled, () => Effect.never]) {
        const script = scripted(reply)
        const fiber = yield* Effect.fork(bytes(script))
        yield* Effect.repeat(Effect.sleep("5 millis"), { until: () => script.requests.length === 1 })
        yield* Effect.sleep("10 millis")
        yield* Fiber.interrupt(fiber)
        expect(script.requests[0]!.signal.aborted).toBe(true)
      }
    }))

  it.live("tells nothing of the token", () =>
    Effect.gen(function*() {
      const told = scripted(json(403, { detail: `no, ${token}`, title: "Forbidden" }))
      const error = yield* Effect.flip(bytes(told))
      expect(error).toMatchObject({ _tag: "Forbidden", problem: { detail: "no, [redacted]" } })
      expect(JSON.stringify(error) + String(error)).not.toContain(token)
      expect(told.requests[0]!.headers["accept"]).toBe("application/octet-stream")
    }))
})
