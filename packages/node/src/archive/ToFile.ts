/**
 * Text into a file, whole or not at all.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs/promises"
import { ArchiveFailed, fromUnknown } from "./ArchiveFailed.js"

/**
 * Writes what a stream gives into the file at `path`, for its owner alone. It
 * is written beside it and put in place when it is complete: a file that was
 * there stays as it is if the stream fails, the disk is full or the program is
 * ended. Gives how many bytes it wrote.
 *
 * @example
 * ```ts
 * import { ConversationId } from "@effect-xdm/core"
 * import { Archive, toFile } from "@effect-xdm/node/Archive"
 * import { Effect } from "effect"
 *
 * const conversation = ConversationId.make("123123123-456456456")
 * const saved = Effect.flatMap(Archive, (archive) =>
 *   toFile(archive.exportHtml({ conversation }), "conversation.html"))
 * ```
 *
 * @since 0.1.0
 */
export const toFile = <E, R>(
  text: Stream.Stream<string, E, R>,
  path: string
): Effect.Effect<number, E | ArchiveFailed, R> => {
  const next = `${path}.${randomUUID()}.tmp`
  const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: fromUnknown(path) })
  return Effect.acquireUseRelease(
    Effect.mapError(attempt(() => Fs.open(next, "wx", 0o600)), (error) =>
      error.reason === "NotFound"
        ? new ArchiveFailed({ file: path, reason: "NoAccess", problem: "cannot be written: its folder is not there" })
        : error),
    (file) =>
      Effect.gen(function*() {
        let bytes = 0
        yield* Stream.runForEachChunk(text, (chunk) =>
          attempt(async () => {
            const data = Buffer.from([...chunk].join(""))
            await file.appendFile(data)
            bytes += data.length
          }))
        yield* attempt(() => file.sync())
        yield* attempt(() => file.close())
        yield* attempt(() => Fs.rename(next, path))
        return bytes
      }),
    (file, exit) =>
      Exit.isSuccess(exit)
        ? Effect.void
        : Effect.promise(async () => {
          await file.close().catch(() => undefined)
          await Fs.rm(next, { force: true }).catch(() => undefined)
        })
  )
}
