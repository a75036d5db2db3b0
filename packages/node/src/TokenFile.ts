/**
 * The tokens of accounts in a file, for any number of processes.
 *
 * The file is JSON that people can read, and write with a first login:
 *
 * ```json
 * { "accounts": { "default": { "accessToken": "…", "refreshToken": "…" } } }
 * ```
 *
 * @since 0.1.0
 */
import { Errors, TokenSet, TokenStore, type TokenStoreService } from "@effect-xdm/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { codeOf, messageOf } from "./FileErrors.js"
import * as FileLock from "./FileLock.js"

const Content = Schema.Struct({ accounts: Schema.Record({ key: Schema.String, value: TokenSet }) })
interface Content extends Schema.Schema.Type<typeof Content> {}

const decode = Schema.decodeOption(Schema.parseJson(Content))
const encode = Schema.encodeSync(Schema.parseJson(Content, { space: 2 }))

const empty: Content = { accounts: {} }

/** A renewal takes as long as X takes, which has half a minute; a write takes a moment. */
const lockMillis = { renewal: 60_000, write: 10_000 }

/** A path for a shell; one with a quote in it is rare enough to be left to the reader. */
const shell = (path: string): string => /^[\w./~-]+$/.test(path) ? path : `"${path}"`

/** Thrown inside, and caught where the store begins: what is wrong with the file, as the end of a sentence. */
class Refused {
  constructor(readonly problem: string) {}
}

const read = async (path: string): Promise<Content> => {
  let file: Fs.FileHandle
  try {
    file = await Fs.open(path, "r")
  } catch (error) {
    if (codeOf(error) === "ENOENT") return empty
    throw new Refused(`could not be read: ${messageOf(error)}`)
  }
  try {
    // Of the open file: that of the path can be another one a moment later.
    const { mode } = await file.stat()
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new Refused(`can be opened by other users of this machine. Run: chmod 600 ${shell(path)}`)
    }
    const content = decode(await file.readFile("utf8"))
    if (Option.isNone(content)) {
      throw new Refused(
        "is not JSON of the form {\"accounts\":{\"NAME\":{\"accessToken\":\"…\",\"refreshToken\":\"…\"}}}. Mend it, or " +
          "remove it and log in again; nothing was overwritten, and what it holds is secret."
      )
    }
    return content.value
  } finally {
    await file.close()
  }
}

/** Whole or not at all: written beside, brought to the disk, and put in place. For who has the lock. */
const write = async (path: string, content: Content): Promise<void> => {
  const next = `${path}.${randomUUID()}.tmp`
  try {
    await removeRemains(path)
    const file = await Fs.open(next, "wx", 0o600)
    try {
      await file.writeFile(`${encode(content)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await Fs.rename(next, path)
  } catch (error) {
    await Fs.rm(next, { force: true })
    throw new Refused(`could not be written: ${messageOf(error)}`)
  }
  await syncFolder(Path.dirname(path))
}

/** What writers that were killed in the middle have left, secrets in it. */
const removeRemains = async (path: string): Promise<void> => {
  const [folder, name] = [Path.dirname(path), Path.basename(path)]
  for (const each of await Fs.readdir(folder)) {
    if (each.startsWith(`${name}.`) && each.endsWith(".tmp")) await Fs.rm(Path.join(folder, each), { force: true })
  }
}

/** Brings the new name to the disk too, where the system can do that. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === "win32") return
  const handle = await Fs.open(folder, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The file behind a link, which a rename would put itself in the place of. */
const target = async (path: string): Promise<string> => {
  try {
    return await Fs.realpath(path)
  } catch {
    return Path.resolve(path)
  }
}

const make = (path: string): TokenStoreService => {
  const failed = (problem: string) => new Errors.TokenStoreFailed({ store: path, problem })
  const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, Errors.TokenStoreFailed> =>
    Effect.tryPromise({
      try: run,
      catch: (error) => failed(error instanceof Refused ? error.problem : `cannot be used: ${messageOf(error)}`)
    })
  const locked = (name: string, withinMillis: number) => <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    attempt(async () => {
      const file = await target(path)
      await Fs.mkdir(Path.dirname(file), { recursive: true, mode: 0o700 })
      return file
    }).pipe(
      Effect.flatMap((file) => FileLock.withLock(`${file}.${name}lock`, withinMillis)(effect)),
      Effect.catchIf((error) => error instanceof FileLock.NotLocked, (error) => failed(error.problem))
    )

  return {
    get: (account) =>
      Effect.map(
        attempt(() => read(path)),
        ({ accounts }) => Object.hasOwn(accounts, account) ? Option.fromNullable(accounts[account]) : Option.none()
      ),
    set: (account, tokens) =>
      attempt(async () => {
        const { accounts } = await read(path)
        await write(await target(path), { accounts: { ...accounts, [account]: tokens } })
      }).pipe(Effect.uninterruptible, locked("", lockMillis.write)),
    remove: (account) =>
      attempt(async () => {
        const { [account]: removed, ...others } = (await read(path)).accounts
        if (removed !== undefined) await write(await target(path), { accounts: others })
      }).pipe(Effect.uninterruptible, locked("", lockMillis.write)),
    // Two accounts whose names look alike in a file's name share a lock, which does no harm.
    withLock: (account) => locked(`${account.replace(/[^\w-]/g, "_").slice(0, 64)}.`, lockMillis.renewal)
  }
}

/**
 * A `TokenStore` in the file at `path`, which is made with the first tokens.
 *
 * Any number of processes on a machine can share it: each renewal is done by
 * one of them, and the others take what it stored. A process that is killed
 * leaves a file that is whole, and a lock that the others take over.
 *
 * The file is for its owner alone (mode 600). One that other users can open,
 * or that is no JSON of tokens, is a `TokenStoreFailed` that says what to do,
 * and is not overwritten. Beside it, files that begin with its name come and
 * go. On Windows the mode is not looked at.
 *
 * @example
 * ```ts
 * import { Credentials } from "@effect-xdm/core"
 * import { TokenFile } from "@effect-xdm/node"
 * import { NodeHttpClient } from "@effect/platform-node"
 * import { Layer } from "effect"
 *
 * const Live = Credentials.layerOAuth2({ clientId: "…" }).pipe(
 *   Layer.provide(TokenFile.layer("tokens.json")),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 * ```
 *
 * @since 0.1.0
 */
export const layer = (path: string): Layer.Layer<TokenStore> => Layer.sync(TokenStore, () => make(path))
