import { DirectMessages, type DmEvent, Ids, type Listing } from "@effect-xdm/core"
import { Emulator } from "@effect-xdm/core/testing"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, DateTime, Effect, Option, Stream, Struct } from "effect"
import { Archive } from "../../src/archive/Archive.js"
import * as Database from "../../src/archive/Database.js"
import {
  add,
  asked,
  client,
  collect,
  conversation,
  id,
  kept,
  message,
  minutes,
  now,
  user,
  withArchive
} from "./support.js"

const join = (
  n: number,
  ids: ReadonlyArray<string>,
  more: Partial<DmEvent.ParticipantsJoin> = {}
): DmEvent.DmEvent => ({
  _tag: "ParticipantsJoin",
  id: id(n),
  createdAt: DateTime.unsafeMake(now + minutes(n)),
  dmConversationId: conversation("500000000000000000"),
  participantIds: ids.map(user),
  ...more
})

const ids = (query?: Parameters<Archive["Type"]["events"]>[0]) =>
  Effect.flatMap(
    Archive,
    (archive) => Effect.map(collect(archive.events(query)), (all) => all.map(({ event }) => event.id))
  )

describe("add", () => {
  it.live("keeps what the listings give, in order, and twice is as once", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const dm = yield* DirectMessages
      const held = (yield* Effect.flatMap(Emulator, (emulator) => emulator.events())).map(({ id }) => id)
      const first = yield* archive.add(dm.events.hydrated.all())
      expect(first).toEqual({ read: held.length, added: held.length, enriched: 0 })
      const before = yield* collect(archive.events())
      expect(before.map(({ event }) => event.id)).toEqual(held)
      expect(yield* archive.add(dm.events.all())).toEqual({ read: held.length, added: 0, enriched: 0 })
      expect(yield* archive.add(dm.events.pages.all())).toEqual({ read: held.length, added: 0, enriched: 0 })
      expect(yield* archive.add(archive.events())).toEqual({ read: held.length, added: 0, enriched: 0 })
      expect(yield* collect(archive.events())).toEqual(before)
      const hydrated = yield* collect(dm.events.hydrated.all())
      expect(before.map(Struct.omit("deletedAt"))).toEqual(hydrated)
    })).pipe(Effect.provide(client())))

  it.live("is enriched by a copy that knows more, and loses nothing to one that knows less", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const rich = message(1, "hello", {
        attachments: { mediaKeys: [Ids.received.MediaKey.make("3_1")] },
        participantIds: [user("1"), user("2")]
      })
      const poor: DmEvent.MessageCreate = {
        _tag: "MessageCreate",
        id: id(1),
        createdAt: rich.createdAt,
        participantIds: []
      }
      const event = Effect.map(archive.event(id(1)), (found) => Option.getOrThrow(found).event)
      expect(yield* add(poor)).toEqual({ read: 1, added: 1, enriched: 0 })
      expect(yield* collect(archive.conversations)).toEqual([])
      expect(yield* add(rich)).toEqual({ read: 1, added: 0, enriched: 1 })
      expect(yield* event).toEqual(rich)
      expect(yield* add(poor)).toEqual({ read: 1, added: 0, enriched: 0 })
      expect(yield* event).toEqual(rich)
      expect(yield* add(poor, rich, poor)).toEqual({ read: 3, added: 0, enriched: 0 })
      // It counts in its conversation once that is known, and once only; and it is found.
      expect(yield* collect(archive.conversations)).toMatchObject([{ id: "1-2", events: 1, messages: 1 }])
      expect(yield* collect(archive.search("hello"))).toHaveLength(1)
    })))

  it.live("keeps what a user was and takes over what changed", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const name = Ids.received.Username.make
      const event = message(1, "hello")
      const seen = (more: object) => ({
        id: event.id,
        event,
        sender: Option.some({ id: user("2"), name: "Jonas", username: name("jonas"), ...more }),
        participants: [],
        media: [],
        posts: []
      })
      yield* archive.add(Stream.make(seen({ description: "by the sea" })))
      yield* archive.add(Stream.make(seen({ name: "Jonas L.", username: name("JonasL") })))
      const found = yield* archive.user(user("2"))
      expect(Option.getOrThrow(found)).toEqual({
        id: "2",
        name: "Jonas L.",
        username: "JonasL",
        description: "by the sea"
      })
      expect(yield* archive.userByName(name("jonasl"))).toEqual(found)
      expect(yield* archive.userByName(name("jonas"))).toEqual(Option.none())
    })))

  it.live("keeps events of kinds that are not known as X sent them", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const raw = { event_type: "Wave", id: id(1), dm_conversation_id: "1-2", strength: { n: null, list: [1, "two"] } }
      const event: DmEvent.DmEvent = {
        _tag: "UnknownEvent",
        id: id(1),
        createdAt: DateTime.unsafeMake(now + minutes(1)),
        dmConversationId: conversation("1-2"),
        eventType: "Wave",
        raw
      }
      yield* add(event)
      expect(yield* add(event)).toMatchObject({ added: 0, enriched: 0 })
      expect((yield* collect(archive.events())).map(({ event }) => event)).toEqual([event])
      expect(yield* ids({ types: ["UnknownEvent"] })).toEqual([id(1)])
      expect(yield* ids({ types: ["MessageCreate"] })).toEqual([])
    })))

  it.live("keeps what came before the stream failed, and fails as it did", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const events = Stream.concat(Stream.make(message(1, "one"), message(2, "two")), Stream.fail("broken" as const))
      expect(yield* Effect.flip(archive.add(events))).toBe("broken")
      expect(yield* kept).toEqual([id(2), id(1)])
    })))
})

describe("events", () => {
  const filled = <A, E>(test: Effect.Effect<A, E, Archive>) =>
    withArchive(Effect.zipRight(
      add(
        ...Array.from({ length: 500 }, (_, n) =>
          message(n, `number ${n}`, {
            dmConversationId: conversation(n % 5 === 0 ? "1-3" : "1-2"),
            senderId: user(n % 2 === 0 ? "1" : "2")
          }))
      ),
      test
    ))
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => id(from + n))

  it.live("come in either order, all of them or so many", () =>
    filled(Effect.gen(function*() {
      expect(yield* ids()).toEqual(numbers(0, 500).toReversed())
      expect(yield* ids({ order: "oldest" })).toEqual(numbers(0, 500))
      expect(yield* ids({ order: "oldest", limit: 401 })).toEqual(numbers(0, 401))
      expect(yield* ids({ limit: 0 })).toEqual([])
      expect(yield* ids({ limit: 200 })).toEqual(numbers(300, 500).toReversed())
    })))

  it.live("by conversation, sender, type and time", () =>
    filled(Effect.gen(function*() {
      const every = (test: (n: number) => boolean) => numbers(0, 500).filter((_, n) => test(n))
      const order = "oldest"
      expect(yield* ids({ order, conversation: conversation("1-3") })).toEqual(every((n) => n % 5 === 0))
      expect(yield* ids({ order, sender: user("2") })).toEqual(every((n) => n % 2 === 1))
      expect(yield* ids({ order, sender: user("2"), conversation: conversation("1-3") })).toEqual(
        every((n) => n % 10 === 5)
      )
      expect(yield* ids({ order, since: id(10), until: id(20) })).toEqual(numbers(10, 20))
      const at = (n: number) => DateTime.unsafeMake(now + minutes(n))
      expect(yield* ids({ order, since: at(10), until: at(20) })).toEqual(numbers(10, 20))
      expect(yield* ids({ types: [] })).toEqual([])
      const wrong = ids({ since: "last tuesday" as Listing.Until }) // as a program without types would ask
      expect(yield* Effect.flip(wrong)).toMatchObject({ reason: "InvalidInput" })
      expect(yield* ids({ order, types: ["MessageCreate", "ParticipantsLeave"] })).toEqual(numbers(0, 500))
    })))

  it.live("hold ids apart that a number of JavaScript would not", () =>
    withArchive(Effect.gen(function*() {
      const close = [1n, 2n, 3n].map((n) => Ids.received.EventId.make(String(9_223_372_036_854_775_800n + n)))
      yield* add(...close.map((id) => ({ ...message(1, "near"), id })))
      expect(yield* ids({ order: "oldest" })).toEqual(close)
      expect(yield* ids({ since: close[1] as Listing.Until })).toEqual([close[2], close[1]])
    })))

  it.live("are marked as deleted once, and stay", () =>
    filled(Effect.gen(function*() {
      const archive = yield* Archive
      expect(yield* archive.markDeleted([id(3), id(4), id(9_999)])).toBe(2)
      const first = yield* collect(archive.events({ deleted: true }))
      expect(yield* archive.markDeleted([id(3)])).toBe(0)
      expect(yield* collect(archive.events({ deleted: true }))).toEqual(first)
      expect(first.map(({ event }) => event.id)).toEqual([id(4), id(3)])
      expect(yield* ids({ deleted: false })).toHaveLength(498)
      expect(yield* ids()).toHaveLength(500)
    })))

  it.live("are read when they are needed, and not before", () =>
    filled(Effect.gen(function*() {
      const archive = yield* Archive
      const taken: Array<string> = []
      const seen = yield* archive.events().pipe(
        Stream.tap(({ event }) => Effect.sync(() => taken.push(event.id))),
        Stream.take(3),
        Stream.runCollect
      )
      expect(Chunk.size(seen)).toBe(3)
      expect(taken).toHaveLength(3)
    })))
})

describe("conversations", () => {
  it.live("tell who is there, what was said last and how much", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const group = conversation("500000000000000000")
      const leave: DmEvent.DmEvent = {
        ...join(30, ["3"]),
        _tag: "ParticipantsLeave"
      }
      yield* add(
        join(10, ["1", "2", "3"], { senderId: user("2") }),
        message(20, "in the group", { dmConversationId: group }),
        leave,
        message(15, "just us")
      )
      // What is older and comes later changes neither the last message nor who has left.
      yield* add(join(5, ["3"]), message(12, "earlier", { dmConversationId: group, senderId: user("3") }))
      const [first, second, ...rest] = yield* collect(archive.conversations)
      expect(rest).toEqual([])
      expect(first).toMatchObject({ id: group, events: 5, messages: 2, newest: id(30), oldest: id(5) })
      expect(Option.map(first!.lastMessage, ({ text }) => text)).toEqual(Option.some("in the group"))
      expect(first?.participants.map(({ id }) => id).toSorted()).toEqual(["1", "2"])
      expect(second).toMatchObject({ id: "1-2", events: 1, messages: 1 })
      expect(second?.participants.map(({ id }) => id).toSorted()).toEqual(["1", "2"])
      expect((yield* archive.participants(group)).find(({ id }) => id === "3")).toMatchObject({ present: false })
    })))

  it.live("of which there are more than are read at once", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      yield* add(...Array.from({ length: 450 }, (_, n) =>
        message(n % 300, "x", {
          id: Ids.received.EventId.make(String(BigInt(id(n % 300)) + BigInt(n))),
          dmConversationId: conversation(`1-${1000 + n}`)
        })))
      const all = yield* collect(archive.conversations)
      expect(all).toHaveLength(450)
      expect(new Set(all.map(({ id }) => id)).size).toBe(450)
      const newest = all.map(({ newest }) => BigInt(newest))
      expect(newest).toEqual(newest.toSorted((a, b) => a < b ? 1 : -1))
    })))
})

describe("the file", () => {
  it.live("is for its owner alone, and holds what it held when it is opened again", () =>
    withArchive(Effect.gen(function*() {
      const { file } = yield* Archive
      yield* add(message(1, "kept"))
      const { mode } = yield* Effect.promise(() => import("node:fs/promises").then((Fs) => Fs.stat(file)))
      expect(mode & 0o777).toBe(0o600)
      expect(yield* Effect.provide(kept, Archive.layer({ file }))).toEqual([id(1)])
      expect(yield* Effect.provide(kept, Archive.layer({ file, readOnly: true }))).toEqual([id(1)])
    })))

  it.live("of an older version is brought up to date; one that cannot be stays as it was", () =>
    withArchive(Effect.gen(function*() {
      const { file } = yield* Archive
      yield* add(message(1, "kept"))
      const version = (statement: string) =>
        Effect.scoped(Effect.flatMap(Database.open(file, false), (sql) => sql.unsafe(statement)))
      const tables = version("SELECT name FROM sqlite_master ORDER BY name")
      // As if the migration that made the table of facts had not been done, and then as if half of it had.
      const before = yield* tables
      const { migrateBy } = yield* Effect.promise(() => import("../../src/archive/Migrations.js"))
      const open = Database.open(file, false)
      const to = (...statements: ReadonlyArray<string>) =>
        Effect.scoped(Effect.flatMap(open, (sql) => Effect.flip(migrateBy(sql, file, [[], [], statements]))))
      yield* to("CREATE TABLE half (x)", "CREATE TABLE facts (x)")
      expect(yield* tables).toEqual(before)
      expect(yield* version("PRAGMA user_version")).toEqual([{ user_version: 2 }])
      yield* Effect.scoped(Effect.flatMap(open, (sql) => migrateBy(sql, file, [[], [], ["CREATE TABLE whole (x)"]])))
      expect(yield* version("PRAGMA user_version")).toEqual([{ user_version: 3 }])
      expect(yield* tables).toHaveLength(before.length + 1)
      expect(yield* Effect.flip(Effect.provide(kept, Archive.layer({ file })))).toMatchObject({ reason: "Newer" })
    })))

  it.live("is made by several programs at once without harm", () =>
    withArchive(Effect.gen(function*() {
      const { file } = yield* Archive
      const another = `${file}.new`
      const added = yield* Effect.forEach(
        Array.from({ length: 6 }, (_, n) => n),
        (n) => Effect.provide(add(message(n, "mine"), message(100, "everyone's")), Archive.layer({ file: another })),
        { concurrency: "unbounded" }
      )
      expect(added.reduce((sum, { added }) => sum + added, 0)).toBe(7)
    })))

  it.live("asks X for nothing", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      yield* add(message(1, "kept"))
      yield* archive.stats
      expect(yield* asked).toBe(0)
    })).pipe(Effect.provide(client())))
})
