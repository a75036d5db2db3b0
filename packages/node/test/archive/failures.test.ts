import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { Archive, type ArchiveFailed, toFile } from "../../src/archive/Archive.js"
import { fromUnknown } from "../../src/archive/ArchiveFailed.js"
import * as Database from "../../src/archive/Database.js"
import { add, asked, client, folder, kept, message, world } from "./support.js"

/** A test in a folder of its own, which is told its path. */
const inFolder = <A, E>(test: (path: string) => Effect.Effect<A, E>) => Effect.scoped(Effect.flatMap(folder, test))

const opened = <A, E>(file: string, effect: Effect.Effect<A, E, Archive>, readOnly = false) =>
  Effect.provide(effect, Archive.layer({ file, readOnly }))

const failure = <A>(effect: Effect.Effect<A, ArchiveFailed>) => Effect.flip(effect)

/** Statements on the file itself. */
const behind = (file: string, ...statements: ReadonlyArray<string>) =>
  Effect.scoped(
    Effect.flatMap(
      Database.open(file, false),
      (sql) => Effect.forEach(statements, (statement) => sql.unsafe(statement))
    )
  )

const write = (file: string, content: string) => Effect.promise(() => Fs.writeFile(file, content))
const read = (file: string) => Effect.promise(() => Fs.readFile(file))

describe("an archive that cannot be used says why, and stays as it is", () => {
  it.live("a file that is no database", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        const file = Path.join(path, "letters.txt")
        yield* write(file, "Dear Jonas, ".repeat(500))
        for (const readOnly of [false, true]) {
          const error = yield* failure(opened(file, kept, readOnly))
          expect(error.reason).toBe("NotAnArchive")
          expect(error.message).toBe(
            `${file} is no SQLite database. Nothing was written to it. Name another file, or bring back a copy of this one.`
          )
        }
        expect(String(yield* read(file))).toBe("Dear Jonas, ".repeat(500))
      })
    ))

  it.live("the database of another program", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        const file = Path.join(path, "other.db")
        yield* behind(file, "CREATE TABLE events (name TEXT)", "INSERT INTO events VALUES ('concert')")
        expect(yield* failure(opened(file, kept))).toMatchObject({
          reason: "NotAnArchive",
          problem: "is the database of another program"
        })
        expect(yield* behind(file, "SELECT count(*) AS n FROM events")).toMatchObject([[{ n: 1 }]])
      })
    ))

  it.live("a damaged archive", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        const file = Path.join(path, "messages.db")
        yield* opened(file, add(...Array.from({ length: 500 }, (_, n) => message(n, `number ${n} `.repeat(20)))))
        yield* behind(file, "PRAGMA wal_checkpoint(TRUNCATE)")
        const bytes = yield* read(file)
        // All pages after the first few, in which the tables are named.
        bytes.fill(0x5A, 4096 * 4)
        yield* Effect.promise(() => Fs.writeFile(file, bytes))
        const error = yield* failure(opened(file, kept))
        expect(error.reason).toBe("NotAnArchive")
        expect(error.problem).toBe("is damaged")
      })
    ))

  it.live("one that a later version has written", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        const file = Path.join(path, "messages.db")
        yield* opened(file, add(message(1, "kept")))
        yield* behind(file, "PRAGMA user_version = 99")
        const error = yield* failure(opened(file, add(message(2, "not kept"))))
        expect(error.reason).toBe("Newer")
        expect(error.message).toContain("is of version 99, and this library knows versions up to")
        yield* behind(file, "PRAGMA user_version = 2")
        expect(yield* opened(file, kept)).toHaveLength(1)
      })
    ))

  it.live("one that is not there, a folder, a path through a file", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        const absent = Path.join(path, "absent.db")
        expect(yield* failure(opened(absent, kept, true))).toMatchObject({ reason: "NotFound" })
        expect(yield* Effect.promise(() => Fs.readdir(path))).toEqual([])
        expect(yield* failure(opened(path, kept))).toMatchObject({ reason: "NotAnArchive", problem: "is a folder" })
        yield* write(Path.join(path, "file"), "")
        const through = yield* failure(opened(Path.join(path, "file", "messages.db"), kept))
        expect(through.reason).toBe("NoAccess")
      })
    ))

  it.live("one that was opened to be read only: no write, and no page of X is paid for", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        const file = Path.join(path, "messages.db")
        yield* opened(file, add(message(1, "kept")))
        expect(yield* failure(opened(file, add(message(2, "new")), true))).toMatchObject({ reason: "ReadOnly" })
        yield* Effect.gen(function*() {
          const sync = Effect.flatMap(Archive, (archive) => archive.sync())
          expect(yield* Effect.flip(openedToRead(file, sync))).toMatchObject({ reason: "ReadOnly" })
          expect(yield* asked).toBe(0)
        }).pipe(Effect.provide(client({ world: world(10) })))
        expect(yield* opened(file, kept, true)).toHaveLength(1)
      })
    ))

  it.live("a disk that is full: the write is taken back, and what was there is there", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        const file = Path.join(path, "messages.db")
        yield* opened(file, add(message(1, "kept")))
        // The least that SQLite takes is what it has; the limit holds for the connection that asks for it.
        const error = yield* Effect.scoped(Effect.gen(function*() {
          const sql = yield* Database.open(file, false)
          yield* sql`PRAGMA max_page_count = 1`
          const { write } = yield* Effect.promise(() => import("../../src/archive/Write.js"))
          const Batch = yield* Effect.promise(() => import("../../src/archive/Batch.js"))
          const batch = Batch.empty()
          for (let n = 2; n < 2_000; n++) Batch.addEvent(batch, message(n, "too much ".repeat(30)))
          return yield* Effect.flip(
            Database.typed(file)(Database.transaction(sql, write({ file, sql }, batch)))
          )
        }))
        expect(error).toMatchObject({ reason: "Full", problem: "could not be written: the disk is full" })
        expect(yield* opened(file, kept)).toHaveLength(1)
        // And it goes on as soon as there is room.
        expect(yield* opened(file, add(message(2, "new")))).toMatchObject({ added: 1 })
      })
    ))

  it.live("one that another process keeps locked", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        const file = Path.join(path, "messages.db")
        yield* opened(file, add(message(1, "kept")))
        yield* Effect.scoped(Effect.gen(function*() {
          const other = yield* Database.open(file, false)
          yield* other`BEGIN IMMEDIATE`
          const error = yield* failure(opened(file, add(message(2, "new"))))
          expect(error).toMatchObject({ reason: "Busy", problem: "is locked by another process" })
          // Others read meanwhile.
          expect(yield* opened(file, kept, true)).toHaveLength(1)
          yield* other`ROLLBACK`
        }))
        expect(yield* opened(file, add(message(2, "new")))).toMatchObject({ added: 1 })
      })
    ), 20_000)

  it.live("the packages of the database, when they are not installed", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        // A copy of the module where nothing but effect and core can be found.
        const script = Path.join(path, "program.mjs")
        const { build } = yield* Effect.promise(() => import("esbuild"))
        yield* Effect.promise(() =>
          build({
            stdin: {
              contents: `
                import * as Effect from "effect/Effect"
                import { Archive } from "./src/archive/Archive.js"
                const error = await Effect.runPromise(Effect.flip(Effect.provide(Archive, Archive.layer({ file: "a.db" }))))
                console.log(error.reason + " " + error.message)`,
              resolveDir: Path.resolve(import.meta.dirname, "../.."),
              loader: "ts"
            },
            outdir: path,
            entryNames: "program",
            outExtension: { ".js": ".mjs" },
            bundle: true,
            platform: "node",
            format: "esm",
            external: ["@effect/sql*", "@effect/experimental*"],
            // Without it, what is loaded on demand would be loaded at once.
            splitting: true,
            logLevel: "warning"
          })
        )
        const { stdout } = spawnSync(process.execPath, [script], { cwd: path, encoding: "utf8" })
        expect(stdout).toBe(
          "NotInstalled a.db needs packages that are not installed. " +
            "Run: npm install @effect/sql@0.52 @effect/sql-sqlite-node@0.53 @effect/experimental@0.61 better-sqlite3@12\n"
        )
        expect(yield* Effect.promise(() => Fs.readdir(path))).not.toContain("a.db")
      })
    ))

  it.live("an event whose id cannot be put in order", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        const odd = { ...message(1, "odd"), id: "not-a-number" as ReturnType<typeof message>["id"] } // as if X had changed its ids
        const error = yield* failure(opened(Path.join(path, "messages.db"), add(odd)))
        expect(error).toMatchObject({ reason: "Unreadable" })
      })
    ))
})

const openedToRead = <A, E, R>(file: string, effect: Effect.Effect<A, E, R | Archive>) =>
  Effect.provide(effect, Archive.layer({ file, readOnly: true }))

describe("what SQLite says", () => {
  it("is understood by its code, its number, or its words", () => {
    const reason = (error: unknown) => fromUnknown("a.db")(error).reason
    const coded = (code: string) => Object.assign(new Error("no matter"), { code })
    expect(reason(coded("SQLITE_READONLY_DIRECTORY"))).toBe("ReadOnly")
    expect(reason(coded("SQLITE_IOERR_WRITE"))).toBe("Full")
    expect(reason({ _tag: "SqlError", cause: coded("SQLITE_CORRUPT_VTAB") })).toBe("NotAnArchive")
    expect(reason(new Error("ConnectionFailed(\"Unable to open connection to local database a.db: 14\")"))).toBe(
      "NoAccess"
    )
    expect(reason(new Error("attempt to write a readonly database"))).toBe("ReadOnly")
    expect(reason(new Error("Could not locate the bindings file. Tried: …"))).toBe("NotInstalled")
    expect(fromUnknown("a.db")(new Error("another thing"))).toMatchObject({
      reason: "Unexpected",
      problem: "cannot be used: another thing"
    })
  })
})

describe("toFile", () => {
  it.live("writes all or nothing", () =>
    inFolder((path) =>
      Effect.gen(function*() {
        const file = Path.join(path, "out.txt")
        expect(yield* toFile(Stream.make("one ", "two ", "drei ü"), file)).toBe(15)
        expect(String(yield* read(file))).toBe("one two drei ü")
        expect((yield* Effect.promise(() => Fs.stat(file))).mode & 0o777).toBe(0o600)
        const broken = Stream.concat(Stream.make("new"), Stream.fail("broken" as const))
        expect(yield* Effect.flip(toFile(broken, file))).toBe("broken")
        expect(String(yield* read(file))).toBe("one two drei ü")
        expect(yield* Effect.promise(() => Fs.readdir(path))).toEqual(["out.txt"])
        const nowhere = Path.join(path, "none", "out.txt")
        expect(yield* Effect.flip(toFile(Stream.make("x"), nowhere))).toMatchObject({
          reason: "NoAccess",
          file: nowhere
        })
      })
    ))
})
