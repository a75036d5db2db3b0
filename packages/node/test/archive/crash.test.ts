import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { PCGRandom } from "effect/Utils"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { createRequire } from "node:module"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { Archive } from "../../src/archive/Archive.js"
import * as Database from "../../src/archive/Database.js"
import { EmulatorServer } from "../../src/EmulatorServer.js"
import { start } from "../support/processes.js"
import { folder, held, kept, world } from "./support.js"

const kills = 50
const pages = 120
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000)

const numbers = new PCGRandom(seed)
/** A number from 0 up to 1; the same ones for the same seed. */
const random = () => numbers.number()

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The program as one file, which starts in a fraction of the time; the database stays what it is. */
const bundled = (into: string) =>
  Effect.promise(async () => {
    const from = createRequire(createRequire(import.meta.url).resolve("@effect/sql-sqlite-node"))
    const database = from.resolve("better-sqlite3")
    const outfile = Path.join(into, "syncer.mjs")
    await build({
      entryPoints: [source("./syncer.ts")],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      alias: {
        "@effect-xdm/core/Carrier": source("../../../core/src/protocol/Carrier.ts"),
        "@effect-xdm/core": source("../../../core/src/index.ts"),
        "better-sqlite3": database
      },
      external: [database],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: "warning"
    })
    return outfile
  })

/** Syncs, and is killed so many milliseconds after it has said a word; gives what it said. */
const run = (program: string, args: ReadonlyArray<string>, kill?: { readonly word: string; readonly after: number }) =>
  Effect.promise(async () => {
    const { output, process, wrote } = start(program, ...args)
    if (kill !== undefined) {
      await Promise.race([wrote(kill.word), output])
      setTimeout(() => process.kill("SIGKILL"), kill.after)
    }
    return await output
  })

/** Whether SQLite and FTS5 find the file whole, and what was counted is what there is. */
const sound = (file: string) =>
  Effect.scoped(Effect.gen(function*() {
    const sql = yield* Database.open(file, false)
    expect(yield* sql`PRAGMA integrity_check`).toMatchObject([{ integrity_check: "ok" }])
    yield* sql`INSERT INTO words (words, rank) VALUES ('integrity-check', 1)`
    const counted = yield* sql<{ n: number }>`SELECT sum(events) AS n FROM conversations`
    const there = yield* sql<{ n: number }>`SELECT count(*) AS n FROM events`
    expect(counted[0]?.n).toBe(there[0]?.n)
  }))

const server = (pages: number) =>
  EmulatorServer.layer().pipe(
    Layer.provideMerge(Emulator.layer({ world: world(pages * 100, 3, Date.now()), rateLimits: "off" }))
  )

it.live(
  `a sync that is killed ${kills} times has in the end what X has, and each once (SEED=${seed})`,
  () =>
    Effect.scoped(Effect.gen(function*() {
      const emulator = yield* Emulator
      const { url } = yield* EmulatorServer
      const path = yield* folder
      const program = yield* bundled(path)
      const file = Path.join(path, "messages.db")
      const args = [url, Fixtures.tokens.owner, file]
      yield* emulator.inject(Faults.delay("6 millis"), { method: "GET" })
      let killed = 0
      let arrived = 0
      let begun = 0
      while (killed < kills) {
        // Most of them between two pages or in the midst of one, some while the file is opened.
        const said = yield* run(
          program,
          args,
          random() < 0.2 ? { word: "awake", after: random() * 300 } : { word: "started", after: random() * 60 }
        )
        if (said.includes("done")) break
        killed++
        if (said.includes("started")) begun++
        // Sometimes a few messages come meanwhile, sometimes more than a page.
        const news = random() < 0.15 ? 130 : Math.floor(random() * 4)
        for (let i = 0; i < news; i++) yield* emulator.arrive({ from: "2", in: "1-2", text: `news ${arrived + i}` })
        arrived += news
      }
      // They found it at work, and not with nothing left to do.
      expect(killed).toBe(kills)
      expect(begun).toBeGreaterThan(kills / 4)
      expect(yield* run(program, args)).toContain("done")
      yield* sound(file)

      yield* Effect.gen(function*() {
        const archive = yield* Archive
        const there = yield* held()
        expect(yield* kept).toEqual(there)
        expect(new Set(there).size).toBe(there.length)
        expect((yield* archive.stats).covered).toMatchObject([{ complete: true }])
      }).pipe(Effect.provide(Archive.layer({ file })))

      const requests = (yield* emulator.requests).filter(({ path }) => path.endsWith("/dm_events")).length
      // What there was to read, and for each start the top, and the page that was under way at the kill.
      const needed = pages + Math.ceil(arrived / 100) + 2 * (kills + 1)
      console.log(
        `SEED=${seed}: ${killed} kills, ${begun} of them after a page, ${arrived} arrived, ${requests} pages read`
      )
      expect(requests).toBeLessThanOrEqual(needed)
    })).pipe(Effect.provide(server(pages))),
  120_000
)

it.live(
  "of two processes that sync one archive, the second says at once which one does",
  () =>
    Effect.scoped(Effect.gen(function*() {
      const emulator = yield* Emulator
      const { url } = yield* EmulatorServer
      const path = yield* folder
      const program = yield* bundled(path)
      const args = [url, Fixtures.tokens.owner, Path.join(path, "messages.db")]
      yield* emulator.inject(Faults.delay("250 millis"), { method: "GET" })
      const first = start(program, ...args)
      yield* Effect.promise(() => first.wrote("started"))
      const second = yield* run(program, args)
      expect(second).toContain("Syncing: ")
      expect(second).toContain(`is being synced by process ${first.process.pid} on `)
      expect(yield* Effect.promise(() => first.output)).toContain("done")
      // The lock went with the first.
      expect(yield* run(program, args)).toContain("done")
    })).pipe(Effect.provide(server(8))),
  60_000
)

it.live.skipIf(process.platform === "win32")(
  "a disk that gets full in the middle costs nothing but the page under way",
  () =>
    Effect.scoped(Effect.gen(function*() {
      const emulator = yield* Emulator
      const { url } = yield* EmulatorServer
      const path = yield* folder
      const program = yield* bundled(path)
      const file = Path.join(path, "messages.db")
      const args = [url, Fixtures.tokens.owner, file]
      // No file may get larger than 600 kB.
      const limited = "trap '' XFSZ; ulimit -f 600; exec \"$0\" \"$@\""
      const stdout = yield* Effect.async<string>((resume) => {
        // The emulator is in this process, and has to answer meanwhile.
        const child = spawn("bash", ["-c", limited, process.execPath, program, ...args])
        let said = ""
        child.stdout.on("data", (data: Buffer) => said += data.toString())
        child.on("close", () => resume(Effect.succeed(said)))
      })
      expect(stdout).toMatch(/^awake\nstarted\nFull: .*the disk is full/)
      yield* sound(file)
      const before = (yield* emulator.requests).length
      expect(yield* run(program, args)).toContain("done")
      expect(yield* Effect.provide(kept, Archive.layer({ file }))).toEqual(yield* held())
      const { length } = yield* emulator.requests
      // All thirty, the page that could not be kept, the top once more, and whose archive it is.
      expect(length).toBe(30 + 1 + 1 + 1)
      expect(before).toBeGreaterThan(3)
    })).pipe(Effect.provide(server(30))),
  60_000
)
