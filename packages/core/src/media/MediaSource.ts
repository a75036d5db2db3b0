/**
 * A file to be uploaded.
 *
 * @since 0.1.0
 */
import type * as Stream from "effect/Stream"
import type { MediaType } from "../model/MediaType.js"

interface About {
  /** What the file is. X takes no other types. */
  readonly type: MediaType
  /** The name of the file, for those who show what is being sent. X is not told. */
  readonly name?: string | undefined
}

/**
 * A file that is in memory.
 *
 * @since 0.1.0
 */
export interface BytesSource extends About {
  readonly bytes: Uint8Array
  readonly size?: undefined
}

/**
 * A file whose bytes come as a stream, which must give the same bytes each time
 * that it is run: an upload that has stopped goes on with it.
 *
 * @since 0.1.0
 */
export interface StreamSource<E = never, R = never> extends About {
  readonly bytes: Stream.Stream<Uint8Array, E, R>
  /** How many bytes it will be. */
  readonly size: number
}

/**
 * A file to be uploaded. In Node, `MediaFile.source(path)` makes one of a file.
 *
 * @example
 * ```ts
 * import type { MediaSource } from "@effect-xdm/core"
 *
 * declare const png: Uint8Array
 * const picture: MediaSource = { bytes: png, type: "image/png" }
 * ```
 *
 * @since 0.1.0
 */
export type MediaSource<E = never, R = never> = BytesSource | StreamSource<E, R>
