/**
 * Text into a file, whole or not at all.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as WholeFile from "../WholeFile.js"
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
): Effect.Effect<number, E | ArchiveFailed, R> =>
  WholeFile.write(
    Stream.map(Stream.chunks(text), (chunk) => Buffer.from([...chunk].join(""))),
    path,
    { failed: failed(path) }
  )

const failed = (path: string) => (error: unknown): ArchiveFailed => {
  const known = fromUnknown(path)(error)
  return known.reason === "NotFound"
    ? new ArchiveFailed({ file: path, reason: "NoAccess", problem: "cannot be written: its folder is not there" })
    : known
}
