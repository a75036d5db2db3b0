import { DirectMessages } from "@effect-xdm/core"
import { Emulator, type EmulatorOptions, Faults, Fixtures } from "@effect-xdm/core/testing"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, DateTime, Effect, Exit, Fiber, Option, type Scope, Stream, TestClock } from "effect"
import * as Path from "node:path"
import { Archive } from "../../src/archive/Archive.js"
import * as Database from "../../src/archive/Database.js"
import { arrive, asked, client, collect, conversation, folder, held, kept, minutes, now, world } from "./support.js"

type Needs = Archive | DirectMessages | Emulator | Scope.Scope

/** At noon of August 1st, 2026, with a new archive and an emulator. */
const against = (options: EmulatorOptions = {}) => <A, E>(test: Effect.Effect<A, E, Needs>) =>
  Effect.scoped(Effect.gen(function*() {
    yield* TestClock.setTime(now)
    const path = yield* folder
    return yield* test.pipe(
      Effect.provide(Archive.layer({ file: Path.join(path, "messages.db") })),
      Effect.provide(client(options))
    )
  }))

const sync = (options?: Parameters<Archive["Type"]["sync"]>[0]) =>
  Effect.flatMap(Archive, (archive) => archive.sync(options))

/** Syncs so many pages and no more, as if it were killed then. */
const syncPages = (pages: number, options: Parameters<Archive["Type"]["syncing"]>[0] = {}) =>
  Effect.flatMap(Archive, (archive) => Stream.runDrain(Stream.take(archive.syncing(options), pages)))

const covered = Effect.flatMap(Archive, (archive) => Effect.map(archive.stats, ({ covered }) => covered))

/** Does something to the file behind the archive's back. */
const behind = (statement: string) =>
  Effect.flatMap(
    Archive,
    ({ file }) => Effect.scoped(Effect.flatMap(Database.open(file, false), (sql) => sql.unsafe(statement)))
  )

const sameAsX = Effect.gen(function*() {
  expect(yield* kept).toEqual(yield* held())
})

describe("sync", () => {
  it.effect("reads all there is, a request a page, and then nothing but what is new", () =>
    Effect.gen(function*() {
      const first = yield* sync()
      expect(first).toMatchObject({ requests: 11, read: 1050, added: 1050, enriched: 0, deleted: 0 })
      expect(yield* asked).toBe(11)
      yield* sameAsX
      expect(yield* covered).toMatchObject([{ complete: true, conversation: undefined }])

      expect(yield* sync()).toMatchObject({ requests: 1, read: 100, added: 0, enriched: 0 })
      yield* arrive(3)
      expect(yield* sync()).toMatchObject({ requests: 1, added: 3 })
      yield* arrive(150)
      expect(yield* sync()).toMatchObject({ requests: 2, read: 200, added: 150 })
      yield* sameAsX
      expect(yield* covered).toHaveLength(1)
    }).pipe(against({ world: world(1050) })))

  it.effect("brings users, media and posts along, and asks once whose archive it is", () =>
    Effect.gen(function*() {
      const archive = yield* Archive
      const dm = yield* DirectMessages
      yield* sync()
      yield* sync()
      const emulator = yield* Emulator
      expect(yield* emulator.requestCount("GET /2/users/me")).toBe(1)
      expect((yield* archive.stats).owner).toEqual(Option.some(Fixtures.people.me.id))
      const here = (yield* collect(archive.events())).map(({ deletedAt: _deletedAt, ...each }) => each)
      expect(here).toEqual(yield* collect(dm.events.hydrated.all()))
    }).pipe(against()))

  it.effect("goes on where it was stopped, after what came meanwhile", () =>
    Effect.gen(function*() {
      yield* syncPages(4)
      expect(yield* asked).toBe(4)
      expect(yield* covered).toMatchObject([{ complete: false }])
      yield* arrive(250)
      // Three pages of what is new, of which it is stopped after the first.
      yield* syncPages(1)
      expect(yield* covered).toHaveLength(2)
      yield* arrive(20)
      yield* asked
      const { requests } = yield* sync()
      // One page reaches what is known at the top, two close the gap, and six of eleven were never read.
      expect(requests).toBe(1 + 2 + 7)
      expect(yield* asked).toBe(requests)
      yield* sameAsX
      expect(yield* covered).toMatchObject([{ complete: true }])
    }).pipe(against({ world: world(1050) })))

  it.effect("reads as far back as it is told, and later on from there", () =>
    Effect.gen(function*() {
      const archive = yield* Archive
      expect(yield* sync({ until: "250 minutes" })).toMatchObject({ requests: 3 })
      expect(yield* sync({ until: "250 minutes" })).toMatchObject({ requests: 1 })
      const reached = (yield* archive.stats).oldest
      expect(yield* sync({ until: Option.getOrThrow(reached) })).toMatchObject({ requests: 1 })
      expect(yield* sync()).toMatchObject({ requests: 1 + 8 })
      yield* sameAsX
    }).pipe(against({ world: world(1050) })))

  it.effect("reads through what is known when X does not take the token", () =>
    Effect.gen(function*() {
      yield* syncPages(4)
      yield* behind("UPDATE spans SET next_token = 'a-token-that-nobody-knows'")
      yield* asked
      const { added, requests } = yield* sync()
      // The top, the refused one, and all eleven.
      expect(requests).toBe(1 + 11)
      expect(yield* asked).toBe(1 + 1 + 11)
      expect(added).toBe(650)
      yield* sameAsX
      expect(yield* covered).toMatchObject([{ complete: true }])
    }).pipe(against({ world: world(1050) })))

  it.effect("can be stopped on its way through, too", () =>
    Effect.gen(function*() {
      yield* syncPages(6)
      yield* behind("UPDATE spans SET next_token = 'a-token-that-nobody-knows'")
      yield* syncPages(4)
      yield* arrive(5)
      yield* sync()
      yield* sameAsX
      expect(yield* covered).toMatchObject([{ complete: true }])
    }).pipe(against({ world: world(1050) })))

  it.effect("does not go in a circle, and comes out of one", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.repeatedToken)
      const exit = yield* Effect.exit(sync())
      expect(exit).toMatchObject({ cause: { error: { _tag: "ListingStopped", reason: { _tag: "RepeatedToken" } } } })
      expect(yield* asked).toBeLessThan(5)
      const again = yield* Effect.exit(sync())
      expect(Exit.isFailure(again)).toBe(true)
      expect(yield* asked).toBeLessThan(8)
      yield* emulator.clearFaults
      yield* sync()
      yield* sameAsX
    }).pipe(against({ world: world(1050) })))

  it.effect("goes through empty pages, and keeps events that come twice once", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.emptyPage, { every: 2 })
      yield* syncPages(5)
      yield* arrive(30)
      yield* sync()
      yield* sameAsX
    }).pipe(against({ world: world(650), paging: "offset" })))

  it.effect("leaves a gap where X has forgotten what lay between, and says so", () =>
    Effect.gen(function*() {
      yield* sync()
      yield* TestClock.setTime(now + 40 * 24 * 60 * minutes(1))
      yield* arrive(120)
      expect(yield* sync()).toMatchObject({ requests: 2, added: 120 })
      const spans = yield* covered
      expect(spans).toMatchObject([{ complete: true }, { complete: true }])
      expect(yield* kept).toHaveLength(320)
    }).pipe(against({ world: world(200) })))

  it.effect("closes a gap of what was deleted at X", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      yield* sync()
      for (const id of yield* held()) yield* emulator.remove(id)
      yield* arrive(1)
      expect(yield* sync()).toMatchObject({ requests: 1, added: 1 })
      expect(yield* covered).toHaveLength(1)
    }).pipe(against({ world: world(120) })))

  it.effect("marks what X does not give any more, when asked to look", () =>
    Effect.gen(function*() {
      const archive = yield* Archive
      const emulator = yield* Emulator
      yield* syncPages(5)
      const ids = yield* held()
      const gone = [ids[0]!, ids[30]!, ids[100]!, ids[199]!, ids[400]!]
      for (const id of gone) yield* emulator.remove(id)
      yield* TestClock.adjust("2 minutes")
      yield* asked
      // Two pages hold the last two hundred minutes, and four of the five. Six more hold what is below what is known.
      expect(yield* sync({ recheck: "202 minutes" })).toMatchObject({ deleted: 4, requests: 2 + 6 })
      const marked = yield* collect(archive.events({ deleted: true }))
      expect(marked.map(({ event }) => event.id)).toEqual(gone.slice(0, 4))
      expect(marked.map(({ deletedAt }) => deletedAt)).toEqual(
        gone.slice(0, 4).map(() => Option.some(DateTime.unsafeMake(now + minutes(2))))
      )
      expect((yield* archive.stats).deleted).toBe(4)
      expect(yield* covered).toMatchObject([{ complete: true }])
      expect(yield* sync({ recheck: "202 minutes" })).toMatchObject({ deleted: 0 })
    }).pipe(against({ world: world(1050) })))

  it.effect("of one conversation asks for that one alone", () =>
    Effect.gen(function*() {
      expect(yield* sync({ conversation: conversation("1-3") })).toMatchObject({ requests: 2, added: 150 })
      expect(yield* kept).toEqual(yield* held({ conversation: "1-3" }))
      expect(yield* sync({ conversation: conversation("1-3") })).toMatchObject({ requests: 1, added: 0 })
      expect(yield* sync()).toMatchObject({ requests: 3, added: 150 })
      yield* sameAsX
      expect(yield* covered).toMatchObject([{ conversation: undefined }, { conversation: "1-3" }])
    }).pipe(against({ world: world(300) })))

  it.effect("tells of its progress", () =>
    Effect.gen(function*() {
      const archive = yield* Archive
      yield* syncPages(1)
      yield* arrive(150)
      const progress = Chunk.toReadonlyArray(yield* Stream.runCollect(archive.syncing()))
      expect(progress.map(({ phase }) => phase)).toEqual(["new", "older", "older", "older"])
      expect(progress.map(({ read }) => read)).toEqual([100, 200, 300, 350])
      expect(progress.map(({ added }) => added)).toEqual([100, 150, 250, 300])
      expect(progress.at(-1)?.until).toEqual(DateTime.unsafeMake(now - 30 * 24 * 60 * minutes(1)))
    }).pipe(against({ world: world(250) })))

  it.effect("asks X for nothing when it is asked for what makes no sense", () =>
    Effect.gen(function*() {
      const wrong = "last tuesday" as "1 day" // as a program without types would ask
      expect(yield* Effect.exit(sync({ until: wrong }))).toMatchObject({ cause: { error: { reason: "InvalidInput" } } })
      expect(yield* Effect.exit(sync({ recheck: wrong }))).toMatchObject({
        cause: { error: { reason: "InvalidInput" } }
      })
      expect(yield* asked).toBe(0)
    }).pipe(against({ world: world(10) })))

  it.effect("keeps what it has when X fails, and the next one goes on", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      yield* syncPages(3)
      yield* emulator.inject(Faults.status(401))
      const exit = yield* Effect.exit(sync())
      expect(exit).toMatchObject({ cause: { error: { _tag: "ListingStopped", reason: { _tag: "Unauthorized" } } } })
      expect(yield* kept).toHaveLength(300)
      yield* emulator.clearFaults
      yield* asked
      expect(yield* sync()).toMatchObject({ requests: 1 + 3 })
      yield* sameAsX
    }).pipe(against({ world: world(600) })))

  it.effect("of an empty inbox is empty, and of another account refused", () =>
    Effect.gen(function*() {
      expect(yield* sync()).toMatchObject({ requests: 1, added: 0, newest: Option.none() })
      yield* behind("UPDATE facts SET value = '99' WHERE name = 'owner'")
      yield* arrive(1)
      expect(yield* Effect.exit(sync())).toMatchObject({ cause: { error: { reason: "OtherAccount" } } })
      expect(yield* kept).toEqual([])
    }).pipe(against({ world: world(0) })))
})

describe("a sync that follows", () => {
  it.live("keeps what comes, through failures that may pass", () =>
    Effect.scoped(Effect.gen(function*() {
      const path = yield* folder
      yield* Effect.gen(function*() {
        const archive = yield* Archive
        const emulator = yield* Emulator
        const phases: Array<string> = []
        const following = yield* Effect.fork(archive.sync({
          follow: true,
          every: "20 millis",
          onProgress: ({ failure, phase }) =>
            Effect.sync(() => void phases.push(Option.isSome(failure) ? "failure" : phase))
        }))
        const until = (condition: Effect.Effect<boolean, unknown, Archive | Emulator>) =>
          Effect.repeat(Effect.delay(condition, "5 millis"), { until: (done) => done }).pipe(
            Effect.timeout("10 seconds")
          )
        const level = Effect.map(Effect.all([kept, held()]), ([here, there]) => here.join() === there.join())
        yield* until(level)
        yield* arrive(2)
        yield* until(level)
        yield* emulator.inject(Faults.badJson, { times: 1 })
        yield* arrive(1)
        yield* until(Effect.sync(() => phases.includes("failure")))
        yield* until(level)
        // What does not pass by itself ends it.
        yield* emulator.inject(Faults.status(401))
        expect(yield* Fiber.await(following)).toMatchObject({ cause: { error: { _tag: "ListingStopped" } } })
      }).pipe(
        Effect.provide(Archive.layer({ file: Path.join(path, "messages.db") })),
        Effect.provide(client({ world: world(250, 2, Date.now()) }))
      )
    })))
})
