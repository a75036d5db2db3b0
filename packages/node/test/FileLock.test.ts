import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { writeFileSync } from "node:fs"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import * as FileLock from "../src/FileLock.js"
import { bundled, makeFolder, start } from "./support/processes.js"

let programs: string
let folder: string
let path: string

beforeAll(async () => void (programs = await makeFolder()))
afterAll(() => Fs.rm(programs, { recursive: true, force: true }))

beforeEach(async () => {
  folder = await makeFolder()
  path = Path.join(folder, "a.lock")
})

afterEach(async () => {
  vi.restoreAllMocks()
  await Fs.rm(folder, { recursive: true, force: true })
})

const locked = <A, E>(effect: Effect.Effect<A, E>, withinMillis = 20_000) =>
  FileLock.withLock(path, withinMillis)(effect)
const there = () => Fs.readdir(folder)

/** Lets time go by so many times as fast, for a lock that looks at it. */
const hurry = (times: number) => {
  const now = performance.now.bind(performance)
  vi.spyOn(performance, "now").mockImplementation(() => now() * times)
}

const owner = (more: object) =>
  JSON.stringify({ id: "the-dead", pid: process.pid, host: Os.hostname(), instance: "of-another", ...more })

/** The pid of a process that has ended. */
const deadPid = async () => {
  const child = start("--version")
  await child.output
  return child.process.pid
}

describe("a lock", () => {
  it("lets one in at a time, and is gone afterwards, whatever came of it", async () => {
    let inside = 0
    const job = Effect.gen(function*() {
      expect(++inside).toBe(1)
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
      inside--
    })
    await Effect.runPromise(Effect.all(Array.from({ length: 8 }, () => locked(job)), { concurrency: "unbounded" }))
    expect(await Effect.runPromise(Effect.flip(locked(Effect.fail("broken"))))).toBe("broken")
    const fiber = Effect.runFork(locked(Effect.never))
    await vi.waitUntil(async () => (await there()).length === 1)
    await Effect.runPromise(Fiber.interrupt(fiber))
    expect(await there()).toEqual([])
  })

  it("is not waited for without end, and who waits can be interrupted", async () => {
    const holder = Effect.runFork(locked(Effect.never))
    await vi.waitUntil(async () => (await there()).length === 1)
    const error = await Effect.runPromise(Effect.flip(locked(Effect.void, 100)))
    expect(error).toMatchObject({ _tag: "NotLocked", path })
    expect(error.problem).toBe(`was locked for 100 ms by process ${process.pid} on ${Os.hostname()}`)
    const waiting = Effect.runFork(locked(Effect.void))
    await Effect.runPromise(Fiber.interrupt(waiting))
    await Effect.runPromise(Fiber.interrupt(holder))
    expect(await there()).toEqual([])
  })

  it("says what the file system says", async () => {
    path = Path.join(folder, "nowhere", "a.lock")
    const error = await Effect.runPromise(Effect.flip(locked(Effect.void)))
    expect(error.problem).toMatch(/could not be locked: ENOENT/)
  })
})

describe("the lock of a dead owner", () => {
  it("is taken over at once when the process has ended", async () => {
    for (const dead of [owner({ pid: await deadPid() }), owner({})]) {
      await Fs.writeFile(path, dead)
      expect(await Effect.runPromise(locked(Effect.succeed("in"), 5_000))).toBe("in")
      expect(await there()).toEqual([])
    }
  })

  it("is taken over at once when those who were taking it over have died in the middle", async () => {
    const pid = await deadPid()
    await Fs.writeFile(path, owner({ pid, id: "one" }))
    await Fs.writeFile(`${path}.one`, owner({ pid, id: "two" }))
    await Fs.writeFile(`${path}.one.two`, owner({ pid, id: "three" }))
    expect(await Effect.runPromise(locked(Effect.succeed("in"), 5_000))).toBe("in")
    expect(await there()).toEqual([])
  })

  it("is taken over by one alone, however many see that it is dead", async () => {
    const pid = await deadPid()
    let inside = 0
    const job = Effect.gen(function*() {
      expect(++inside).toBe(1)
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, Math.random() * 4)))
      expect(inside--).toBe(1)
    })
    for (let round = 0; round < 30; round++) {
      await Fs.writeFile(path, owner({ pid, id: `dead-${round}` }))
      await Effect.runPromise(Effect.all(Array.from({ length: 8 }, () => locked(job)), { concurrency: "unbounded" }))
      expect(await there()).toEqual([])
    }
  })

  it("is left alone once another has taken it over, though that was a moment after it was seen", async () => {
    await Fs.writeFile(path, owner({ pid: 12345, id: "dead" }))
    const kill = vi.spyOn(process, "kill").mockImplementation(() => {
      // Just now, after the look at the lock, and before anything is done about it.
      writeFileSync(path, owner({ host: "elsewhere", id: "alive" }))
      throw Object.assign(new Error("no such process"), { code: "ESRCH" })
    })
    const error = await Effect.runPromise(Effect.flip(locked(Effect.void, 100)))
    expect(kill).toHaveBeenCalledTimes(1)
    expect(error.problem).toMatch(/on elsewhere$/)
    expect(await there()).toEqual(["a.lock"])
  })

  for (
    const [what, text] of [
      ["of another machine", owner({ host: "elsewhere", pid: 1 })],
      ["without a name", ""]
    ] as const
  ) {
    it(`${what} is taken over once it has not been touched for 20 seconds`, async () => {
      await Fs.writeFile(path, text)
      const error = await Effect.runPromise(Effect.flip(locked(Effect.void, 200)))
      expect(error._tag).toBe("NotLocked")
      hurry(50)
      const began = performance.now()
      expect(await Effect.runPromise(locked(Effect.succeed("in"), 60_000))).toBe("in")
      expect(performance.now() - began).toBeGreaterThan(20_000)
      expect(await there()).toEqual([])
    })
  }

  it("that is touched is left alone", async () => {
    await Fs.writeFile(path, owner({ host: "elsewhere" }))
    const timer = setInterval(() => void Fs.utimes(path, new Date(), new Date()), 20)
    hurry(50)
    const error = await Effect.runPromise(Effect.flip(locked(Effect.void, 40_000)))
    clearInterval(timer)
    expect(error.problem).toMatch(/on elsewhere$/)
  })

  it("that is alive is touched by it", async () => {
    const holder = Effect.runFork(locked(Effect.never))
    await vi.waitUntil(async () => (await there()).length === 1)
    const { mtimeMs } = await Fs.stat(path)
    await vi.waitUntil(async () => (await Fs.stat(path)).mtimeMs > mtimeMs, { timeout: 5_000 })
    await Effect.runPromise(Fiber.interrupt(holder))
  })
})

describe("between processes", () => {
  it("a lock is that of one, after a dead one too", async () => {
    const program = await bundled("counter", programs)
    const file = Path.join(folder, "number")
    await Fs.writeFile(file, "0")
    await Fs.writeFile(`${file}.lock`, owner({ pid: await deadPid() }))
    const running = Array.from({ length: 4 }, () => start(program, file, "25"))
    await Promise.all(running.map(({ output }) => output))
    expect(await Fs.readFile(file, "utf8")).toBe("100")
    expect(await there()).toEqual(["number"])
  })

  it("a lock is free soon after its owner was killed", async () => {
    const program = await bundled("holder", programs)
    for (let i = 0; i < 3; i++) {
      const holder = start(program, path)
      await holder.wrote("held")
      expect((await Effect.runPromise(Effect.flip(locked(Effect.void, 100))))._tag).toBe("NotLocked")
      holder.process.kill("SIGKILL")
      await holder.output
      expect(await Effect.runPromise(locked(Effect.succeed("in"), 5_000))).toBe("in")
    }
    expect(await there()).toEqual([])
  })
})
