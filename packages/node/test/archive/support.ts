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

/** Conversations `1-2`, `1-3`, … of user 1, with so many messages in turn; a minute lies between any two. */
export const world = (messages: number, peers = 2, newestAt = now) =>
  Fixtures.world({
    users: [
      Fixtures.user("1", "me"),
      ...Array.from({ length: peers }, (_, i) => Fixtures.user(`${i + 2}`, `user${i + 2}`))
    ],
    conversations: Array.from({ length: peers }, (_, i) => ({ id: `1-${i + 2}`, members: ["1", `${i + 2}`] })),
    events: Array.from({ length: messages }, (_, n) => ({
      at: newestAt - minutes(messages - n),
      in: `1-${n % peers + 2}`,
      from: n % 3 === 0 ? "1" : `${n % peers + 2}`,
      text: `message ${n}`
    }))
  })

export const listings = ["GET /2/dm_events", "GET /2/dm_conversations/{dm_conversation_id}/dm_events"] as const

/** How many pages X was asked for since the last time. */
export const asked = Effect.flatMap(Emulator, (emulator) =>
  Effect.zipLeft(
    Effect.map(emulator.requests, (all) => all.filter(({ path }) => path.endsWith("/dm_events")).length),
    emulator.resetRequests
  ))

export const held = (of?: { readonly conversation?: string }) =>
  Effect.flatMap(Emulator, (emulator) => Effect.map(emulator.events(of), (all) => all.map(({ id }) => id)))

export const kept = Effect.flatMap(
  Archive,
  (archive) => Effect.map(collect(archive.events()), (all) => all.map(({ event }) => event.id))
)

export const arrive = (count: number) =>
  Effect.flatMap(Emulator, (emulator) =>
    Effect.forEach(
      Array.from({ length: count }, (_, n) => n),
      (n) => emulator.arrive({ from: "2", in: "1-2", text: `later ${n}` }),
      { discard: true }
    ))
