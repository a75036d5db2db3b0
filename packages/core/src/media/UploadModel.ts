/**
 * What an upload is told, and tells.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { MediaId } from "../model/Ids.js"
import type { MediaType } from "../model/MediaType.js"
import type { ReadError } from "../protocol/Errors.js"

/**
 * How to upload. All of it has a default.
 *
 * @since 0.1.0
 */
export interface UploadOptions {
  /**
   * The size of the parts in which the file is sent, in bytes: at least a
   * thousandth of the file. Default 1,048,576.
   */
  readonly chunkSize?: number | undefined
  /**
   * How many parts to send side by side, 1 and more. Of the parts, so many and
   * one more are in memory at most, and each that is on its way twice. Default 1.
   */
  readonly concurrency?: number | undefined
  /** An upload that has stopped, to go on with. The source must give the same bytes again. */
  readonly resume?: UploadSession | undefined
  /** Told of each part that X has, and of each look at what X makes of the file. */
  readonly onProgress?: ((progress: UploadProgress) => Effect.Effect<void>) | undefined
}

/**
 * How far an upload has come: `sending` its bytes, then waiting while X is
 * `processing` them.
 *
 * @since 0.1.0
 */
export interface UploadProgress {
  readonly phase: "sending" | "processing"
  /** How many bytes X has. */
  readonly sent: number
  readonly total: number
  /** How much of the processing is done, from 0 to 100, as far as X tells. */
  readonly percent: number | undefined
  /** What an upload that stops here goes on with. */
  readonly session: UploadSession
}

/**
 * An upload on its way, as plain data that can be kept as JSON. X takes the rest
 * for 24 hours from its beginning.
 *
 * @since 0.1.0
 */
export interface UploadSession {
  readonly mediaId: MediaId
  readonly type: MediaType
  /** In bytes. */
  readonly size: number
  readonly chunkSize: number
  /** The parts that X has, by their indexes. */
  readonly sent: ReadonlyArray<number>
  /** Whether X was told that these are all. */
  readonly finalized: boolean
}

/** The size of a part. */
export const sizeOf = ({ chunkSize, size }: Pick<UploadSession, "chunkSize" | "size">, index: number): number =>
  Math.min(chunkSize, size - index * chunkSize)

/** How many bytes X has. */
export const sentBytes = (session: UploadSession): number =>
  session.sent.reduce((sum, index) => sum + sizeOf(session, index), 0)

const words = (reason: unknown): string => reason instanceof Error ? reason.message : String(reason)

/**
 * An upload stopped on its way: the source failed, or a call did, for good.
 * What X has is kept there, and `session` goes on with the rest.
 *
 * @example
 * ```ts
 * import type { DirectMessages, MediaSource } from "@effect-xdm/core"
 * import { Effect } from "effect"
 *
 * const patient = (dm: DirectMessages["Type"], picture: MediaSource) =>
 *   dm.media.upload(picture).pipe(
 *     Effect.catchTag("UploadStopped", ({ session }) =>
 *       Effect.delay(dm.media.upload(picture, { resume: session }), "1 minute"))
 *   )
 * ```
 *
 * @since 0.1.0
 */
export class UploadStopped<E = never> extends Data.TaggedError("UploadStopped")<{
  readonly session: UploadSession
  readonly reason: unknown
}> {
  declare readonly reason: E | ReadError
  override get message(): string {
    const { mediaId, size } = this.session
    return `the upload of the medium ${mediaId} stopped after ${sentBytes(this.session)} of ${size} bytes: ` +
      `${words(this.reason)} To go on with the rest, upload the same source with { resume: error.session }.`
  }
}

/**
 * The source gave fewer or more bytes than it had said. Nothing can be made of
 * the upload.
 *
 * @since 0.1.0
 */
export class WrongMediaSize extends Data.TaggedError("WrongMediaSize")<{
  /** How many bytes were said. */
  readonly said: number
  /** How many came; of those that are too many, not all are counted. */
  readonly came: number
}> {
  override get message(): string {
    const { came, said } = this
    return came < said
      ? `the file ended after ${came} bytes of ${said}. Say its true size, and upload it again.`
      : `the file has more than the ${said} bytes that were said. Say its true size, and upload it again.`
  }
}

/**
 * X has all the bytes, and cannot use them: the format is damaged, or is none
 * that X knows. The same file fails again.
 *
 * @since 0.1.0
 */
export class MediaProcessingFailed extends Data.TaggedError("MediaProcessingFailed")<{
  readonly mediaId: MediaId
  /** X's name and words for it, where X tells. */
  readonly name: string | undefined
  readonly reason: string | undefined
}> {
  override get message(): string {
    const why = [this.name, this.reason].filter((each) => each !== undefined).join(": ")
    return `X cannot use the file (medium ${this.mediaId}). ${why === "" ? "X does not say why." : `X says: ${why}`}`
  }
}

/**
 * What an upload can meet. A {@link ReadError} by itself comes before its first
 * byte, and one after that is the `reason` of `UploadStopped`.
 *
 * @since 0.1.0
 */
export type UploadError<E = never> = ReadError | UploadStopped<E> | WrongMediaSize | MediaProcessingFailed
