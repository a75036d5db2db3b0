/**
 * Files of this machine as attachments, and attachments as files.
 *
 * @example
 * ```ts
 * import { DirectMessages, EventId, UserId } from "@effect-xdm/core"
 * import { MediaFile } from "@effect-xdm/node"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const dm = yield* DirectMessages
 *   const media = yield* MediaFile.source("sunrise.jpg")
 *   yield* dm.send({ user: UserId.make("2244994945") }, { text: "This morning", media })
 *   yield* MediaFile.save(EventId.make("1146654567674912769"), { folder: "pictures" })
 * })
 * ```
 *
 * @since 0.1.0
 */
import { DirectMessages, type Download, type Errors, type MediaSource, MediaType } from "@effect-xdm/core"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { createReadStream } from "node:fs"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { codeOf, messageOf } from "./FileErrors.js"
import * as WholeFile from "./WholeFile.js"

/**
 * Why a file could not be read or written:
 *
 * - `NotFound`: there is no file at the path, or no folder for it.
 * - `NoFile`: there is a folder, or something else.
 * - `UnknownType`: it is nothing that X takes, by its first bytes and its name.
 * - `Exists`: there is a file already, and it was not to be overwritten.
 * - `NoAccess`, `Full`: the system does not allow it, or has no space.
 * - `Unexpected`: anything else, as `problem` says.
 *
 * @since 0.1.0
 */
export type Reason = "NotFound" | "NoFile" | "UnknownType" | "Exists" | "NoAccess" | "Full" | "Unexpected"

/**
 * A file could not be read or written. A file that was there is as it was.
 *
 * @since 0.1.0
 */
export class MediaFileFailed extends Data.TaggedError("MediaFileFailed")<{
  readonly path: string
  readonly reason: Reason
  /** What is wrong, as the end of a sentence: `"is not there"`. */
  readonly problem: string
}> {
  override get message(): string {
    return `the file ${this.path} ${this.problem}.`
  }
}

const known: { readonly [code: string]: readonly [Reason, string] } = {
  ENOENT: ["NotFound", "is not there, or its folder is not"],
  ENOTDIR: ["NotFound", "cannot be there: a part of its path is no folder"],
  EISDIR: ["NoFile", "is a folder"],
  EEXIST: ["Exists", "is there already, and was left as it is"],
  EACCES: ["NoAccess", "may not be used by this user"],
  EPERM: ["NoAccess", "may not be used by this user"],
  EROFS: ["NoAccess", "is on a disk that is read only"],
  ENOSPC: ["Full", "could not be written: the disk is full"]
}

const failed = (path: string) => (error: unknown): MediaFileFailed => {
  const [reason, problem] = known[codeOf(error) ?? ""] ?? ["Unexpected", `cannot be used: ${messageOf(error)}`]
  return new MediaFileFailed({ path, reason, problem })
}

/** The size of a file and its first bytes. */
const look = async (path: string) => {
  const file = await Fs.open(path, "r")
  try {
    const stat = await file.stat()
    const { buffer, bytesRead } = stat.isFile()
      ? await file.read(new Uint8Array(16), 0, 16, 0)
      : { buffer: new Uint8Array(), bytesRead: 0 }
    return { isFile: stat.isFile(), size: stat.size, head: buffer.subarray(0, bytesRead) }
  } finally {
    await file.close()
  }
}

/**
 * A file to be sent or uploaded. Its type is told by its first bytes, or else by
 * the end of its name; it is read when it is uploaded, and never whole.
 *
 * @since 0.1.0
 */
export const source = (path: string): Effect.Effect<MediaSource<MediaFileFailed>, MediaFileFailed> =>
  Effect.gen(function*() {
    const { head, isFile, size } = yield* Effect.tryPromise({ try: () => look(path), catch: failed(path) })
    if (!isFile) return yield* new MediaFileFailed({ path, reason: "NoFile", problem: "is no file" })
    const type = MediaType.ofBytes(head) ?? MediaType.ofName(path)
    if (type === undefined) {
      const problem = `is nothing that X takes: ${MediaType.all.join(", ")}`
      return yield* new MediaFileFailed({ path, reason: "UnknownType", problem })
    }
    const bytes = NodeStream.fromReadable<MediaFileFailed, Uint8Array>(() => createReadStream(path), failed(path))
    return { bytes, size, type, name: Path.basename(path) }
  })

/**
 * Whether a file that is there may be replaced. Default: no.
 *
 * @since 0.1.0
 */
export interface WriteOptions {
  readonly overwrite?: boolean | undefined
}

/** Puts a complete file in its place. A link fails where there is a file, and a rename would replace it. */
const put = async (from: string, to: string, overwrite: boolean): Promise<void> => {
  if (overwrite) return Fs.rename(from, to)
  try {
    await Fs.link(from, to)
    await Fs.rm(from)
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw error
    // A file system without links.
    const isThere = await Fs.access(to).then(() => true, () => false)
    if (isThere) throw Object.assign(new Error("it is there"), { code: "EEXIST" })
    await Fs.rename(from, to)
  }
}

/**
 * Writes bytes into a file, for its owner alone, whole or not at all: it is
 * written beside its place, and put there when it is complete. Gives how many
 * bytes there were.
 *
 * @since 0.1.0
 */
export const write = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  path: string,
  { overwrite = false }: WriteOptions = {}
): Effect.Effect<number, E | MediaFileFailed, R> =>
  WholeFile.write(bytes, path, { failed: failed(path), put: (next) => put(next, path, overwrite) })

/**
 * Where to save an attachment.
 *
 * @since 0.1.0
 */
export interface SaveOptions extends WriteOptions {
  /** The folder, which is made if it is not there. Default: the working folder. */
  readonly folder?: string | undefined
  /** The name of the file in it. Default: the one it has at X. */
  readonly name?: string | undefined
  /** Which of several attachments, from 0. Default 0. */
  readonly index?: number | undefined
}

/**
 * A file that was saved.
 *
 * @since 0.1.0
 */
export interface Saved {
  readonly path: string
  /** The media type. */
  readonly type: string
  /** In bytes. */
  readonly size: number
}

/**
 * What can go wrong with it.
 *
 * @since 0.1.0
 */
export type SaveError = Download.DownloadError | Errors.Unreachable | Errors.TimedOut | MediaFileFailed

/** A name of X's that begins with no dot, and so leads nowhere else and hides nothing. */
const harmless = (name: string): string => name.replace(/^\.+/, "_").replace(/[^a-zA-Z0-9_.-]/g, "_")

/**
 * Saves what is attached to a message as a file.
 *
 * @since 0.1.0
 */
export const save = (
  attached: Download.Attached,
  { folder = ".", index, name, overwrite = false }: SaveOptions = {}
): Effect.Effect<Saved, SaveError, DirectMessages> =>
  Effect.scoped(Effect.gen(function*() {
    const { media } = yield* DirectMessages
    const download = yield* media.open(attached, index)
    const path = Path.join(folder, name ?? harmless(download.name))
    yield* Effect.tryPromise({
      try: async () => {
        await Fs.mkdir(folder, { recursive: true })
        // Before it comes in vain.
        if (!overwrite && await Fs.access(path).then(() => true, () => false)) {
          throw Object.assign(new Error("it is there"), { code: "EEXIST" })
        }
      },
      catch: failed(path)
    })
    const size = yield* write(download.stream, path, { overwrite })
    return { path, type: download.type, size }
  }))
