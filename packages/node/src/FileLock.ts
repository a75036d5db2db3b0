/**
 * A lock between processes that outlives none of them: a file with the name of
 * its owner, who keeps it fresh, and whom others replace once it is dead.
 *
 * All of its time is real, whatever `Clock` a program has.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { constVoid } from "effect/Function"
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs/promises"
import { hostname } from "node:os"
import { codeOf, messageOf } from "./FileErrors.js"

/** Who holds a lock. `id` is new each time, `instance` is that of the process: its pid may have been another's. */
interface Owner {
  readonly id: string
  readonly pid: number
  readonly host: string
  readonly instance: string
}

/** How often an owner touches its file, and after how long without that it is taken for dead, in milliseconds. */
const freshEvery = 2_000
const staleAfter = 20_000

const instance = randomUUID()
const host = hostname()

/**
 * The lock could not be had in time, or not at all: `problem` says why, as the
 * end of a sentence, and `holder` who has it, if somebody has.
 *
 * @since 0.1.0
 */
export class NotLocked extends Data.TaggedError("NotLocked")<{
  readonly path: string
  readonly problem: string
  readonly holder?: string
}> {}

const isOwner = (value: unknown): value is Owner =>
  typeof value === "object" && value !== null && "id" in value && typeof value.id === "string" && "pid" in value &&
  typeof value.pid === "number" && "host" in value && typeof value.host === "string" && "instance" in value &&
  typeof value.instance === "string"

const parse = (text: string): Owner | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isOwner(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** A lock that is there, as one sees it: `mark` is another once anything has changed. */
interface Seen {
  readonly owner: Owner | undefined
  readonly id: string
  readonly mark: string
}

const look = async (path: string): Promise<Seen | undefined> => {
  try {
    const [text, { ino, mtimeMs }] = [await Fs.readFile(path, "utf8"), await Fs.stat(path)]
    const owner = parse(text)
    // One that died between making the file and writing its name has none.
    const id = owner === undefined ? `nobody-${ino}-${Math.floor(mtimeMs)}` : owner.id
    return { owner, id, mark: `${id} ${mtimeMs}` }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined
    throw error
  }
}

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== "ESRCH"
  }
}

/** Known to be dead at once, on this machine; elsewhere, or behind the wall of a container, only time tells. */
const isKnownDead = ({ owner }: Seen): boolean =>
  owner !== undefined && owner.host === host &&
  (owner.pid === process.pid ? owner.instance !== instance : !runs(owner.pid))

/** The marks that one process has seen, and since when: what another machine's clock says does not matter. */
class Watch {
  private readonly since = new Map<string, { readonly mark: string; readonly at: number }>()

  isDead(path: string, seen: Seen): boolean {
    const last = this.since.get(path)
    if (last?.mark !== seen.mark) this.since.set(path, { mark: seen.mark, at: performance.now() })
    else if (performance.now() - last.at > staleAfter) return true
    return isKnownDead(seen)
  }
}

const create = async (path: string, owner: Owner): Promise<boolean> => {
  try {
    await Fs.writeFile(path, JSON.stringify(owner), { flag: "wx", mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false
    throw error
  }
}

const isHeldBy = async (path: string, { id }: Owner): Promise<boolean> => (await look(path))?.id === id

const release = async (path: string, owner: Owner): Promise<void> => {
  if (await isHeldBy(path, owner)) await Fs.rm(path, { force: true })
}

const touch = async (path: string, owner: Owner): Promise<void> => {
  const now = new Date()
  if (await isHeldBy(path, owner)) await Fs.utimes(path, now, now)
}

/**
 * Gets the lock if nobody has it, or if its owner is dead. To replace a dead
 * owner is a right that only one may have, and a lock of its own, named for the
 * dead; so whoever dies in the middle of that is replaced in the same way.
 */
const attempt = async (path: string, owner: Owner, watch: Watch): Promise<boolean> => {
  if (await create(path, owner)) return true
  const seen = await look(path)
  if (seen === undefined || !watch.isDead(path, seen)) return false
  const right = `${path}.${seen.id}`
  if (!(await attempt(right, owner, watch))) return false
  try {
    // Another may have replaced it before this one had the right.
    if ((await look(path))?.id !== seen.id) return false
    const next = `${path}.${owner.id}.next`
    await create(next, owner)
    await Fs.rename(next, path)
    return true
  } finally {
    await release(right, owner)
  }
}

const pause = Effect.async<void>((resume) => {
  const timer = setTimeout(() => resume(Effect.void), 10 + Math.random() * 40)
  return Effect.sync(() => clearTimeout(timer))
})

const nameOf = ({ owner }: Seen): string =>
  owner === undefined ? "a process without a name" : `process ${owner.pid} on ${owner.host}`

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

const acquire = (path: string, owner: Owner, withinMillis: number, restore: Restore) =>
  Effect.gen(function*() {
    const began = performance.now()
    const watch = new Watch()
    const tried = <A>(run: () => Promise<A>) =>
      Effect.tryPromise({
        try: run,
        catch: (error) => new NotLocked({ path, problem: `could not be locked: ${messageOf(error)}` })
      })
    while (!(yield* tried(() => attempt(path, owner, watch)))) {
      if (performance.now() - began > withinMillis) {
        const seen = yield* tried(() => look(path))
        const whom = seen === undefined ? "others" : nameOf(seen)
        return yield* new NotLocked({ path, problem: `was locked for ${withinMillis} ms by ${whom}`, holder: whom })
      }
      yield* restore(pause)
    }
    // What cannot be touched is taken for dead, and replaced: the others do not wait for ever.
    const timer = setInterval(() => void touch(path, owner).catch(constVoid), freshEvery)
    timer.unref()
    return timer
  })

/**
 * Runs an effect while no other process, and no other fiber, has the lock at
 * the path, of which the folder must exist. Waits up to `withinMillis` for it.
 *
 * @since 0.1.0
 */
export const withLock =
  (path: string, withinMillis: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | NotLocked, R> =>
    Effect.uninterruptibleMask((restore) => {
      const owner: Owner = { id: randomUUID(), pid: process.pid, host, instance }
      return Effect.flatMap(acquire(path, owner, withinMillis, restore), (timer) =>
        Effect.ensuring(
          restore(effect),
          Effect.promise(async () => {
            clearInterval(timer)
            await release(path, owner).catch(constVoid)
          })
        ))
    })
