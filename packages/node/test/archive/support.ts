import { DirectMessages, type DmEvent, EventId, Ids, Snowflake } from "@effect-xdm/core"
import { Emulator, type EmulatorOptions, Fixtures } from "@effect-xdm/core/testing"
import { DateTime, Effect, Layer, Redacted, Stream } from "effect"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import { Archive } from "../../src/archive/Archive.js"

export const now = Date.UTC(2026, 7, 1, 12)
export const minutes = (n: number) => n * 60_000

/** A folder of its own, as long as the scope lasts. */
export const folder = Effect.acquireRelease(
  Effect.promise(() => Fs.mkdtemp(Path.join(Os.tmpdir(), "effect-xdm-archive-"))),
  (path) => Effect.promise(() => Fs.rm(path, { recursive: true, force: true }))
)

/** Runs with an archive in a new file. */
export const withArchive = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.flatMap(folder, (path) => Effect.provide(test, Archive.layer({ file: Path.join(path, "messages.db") })))
  )

/** An emulator and the client of its owner, without rate limits unless asked. */
export const client = (options: EmulatorOptions = {}) =>
  Layer.orDie(DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner) })).pipe(
    Layer.provide(Emulator.layerHttpClient),
    Layer.provideMerge(Emulator.layer({ rateLimits: "off", ...options }))
  )

export const id = (n: number) => EventId.make(Snowflake.fromMillis(now + minutes(n)))
export const conversation = (text: string) => Ids.received.ConversationId.make(text)
export const user = (text: string) => Ids.received.UserId.make(text)

/** The message of a minute, counted from `now`. */
export const message = (n: number, text: string, more: Partial<DmEvent.MessageCreate> = {}): DmEvent.MessageCreate => ({
  _tag: "MessageCreate",
  id: id(n),
  createdAt: DateTime.unsafeMake(now + minutes(n)),
  dmConversationId: conversation("1-2"),
  senderId: user("2"),
  text,
  ...more
})

export const add = (...events: ReadonlyArray<DmEvent.DmEvent>) =>
  Effect.flatMap(Archive, (archive) => archive.add(Stream.fromIterable(events)))

export const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), (all) => [...all])
