/**
 * Uploads: a file in parts, each sent again by itself if need be, and then the
 * wait until X has made of it what messages can carry.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { AppendMediaUpload } from "../endpoints/AppendMediaUpload.js"
import { FinalizeMediaUpload } from "../endpoints/FinalizeMediaUpload.js"
import { GetMediaUploadStatus } from "../endpoints/GetMediaUploadStatus.js"
import { InitializeMediaUpload } from "../endpoints/InitializeMediaUpload.js"
import type { MediaUpload } from "../endpoints/MediaUpload.js"
import { MediaId } from "../model/Ids.js"
import * as MediaType from "../model/MediaType.js"
import { InvalidInput, type ReadError } from "../protocol/Errors.js"
import type { MediaSource } from "./MediaSource.js"
import * as Segments from "./Segments.js"
import {
  MediaProcessingFailed,
  sentBytes,
  type UploadError,
  type UploadOptions,
  type UploadSession,
  UploadStopped,
  WrongMediaSize
} from "./UploadModel.js"

const usualChunk = 1024 * 1024

/** X counts the parts of a file from 0 to 999. */
const mostSegments = 1_000

/** The longest pause between two looks at what X is doing, where X names none, in milliseconds. */
const longestPause = 10_000

const { method, route } = InitializeMediaUpload.endpoint

const invalid = (parameter: string, rule: string, value: unknown) =>
  Either.left(new InvalidInput({ method, route, parameter, rule, value: String(value) }))

/** What can be known before the first byte is sent. */
const checked = (
  { bytes, size: said, type }: MediaSource<unknown, unknown>,
  { chunkSize = usualChunk, concurrency = 1, resume }: UploadOptions
): Either.Either<Pick<UploadSession, "type" | "size" | "chunkSize">, InvalidInput> => {
  if (!MediaType.all.includes(type)) {
    return invalid("type", `must be one of: ${MediaType.all.join(", ")}`, type)
  }
  const size = bytes instanceof Uint8Array ? bytes.length : said
  const most = MediaType.largest[MediaType.categoryOf(type)]
  if (size === undefined || !Number.isInteger(size) || size < 1 || size > most) {
    return invalid("size", `must be 1 to ${most.toLocaleString("en")} bytes for ${type}`, size)
  }
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    return invalid("concurrency", "must be a whole number of at least 1", concurrency)
  }
  if (resume !== undefined) {
    return resume.type === type && resume.size === size
      ? Either.right(resume)
      : invalid("resume", "must be of the same file", `${resume.size} bytes of ${resume.type}`)
  }
  const least = Math.ceil(size / mostSegments)
  return Number.isInteger(chunkSize) && chunkSize >= Math.max(1, least)
    ? Either.right({ type, size, chunkSize })
    : invalid("chunkSize", `must be a whole number of at least ${least}, for X takes 1,000 parts`, chunkSize)
}

/** The function that uploads. */
export const make = Effect.gen(function*() {
  const initialize = yield* InitializeMediaUpload
  const append = yield* AppendMediaUpload
  const finalize = yield* FinalizeMediaUpload
  const status = yield* GetMediaUploadStatus

  /** A finalization that was done although nobody heard of it is refused when it comes again. */
  const finalized = (mediaId: MediaId): Effect.Effect<MediaUpload, ReadError> =>
    Effect.catchTag(finalize({ mediaId }), "BadRequest", (refused) =>
      Effect.flatMap(
        status({ mediaId }),
        (upload) =>
          upload.size === undefined && upload.processingInfo === undefined
            ? Effect.fail(refused)
            : Effect.succeed(upload)
      ))

  /** Looks until X is ready. `checkAfterSecs` may be absent though X is not. */
  const processed = (
    { id, processingInfo }: MediaUpload,
    onLook: (percent: number | undefined) => Effect.Effect<void>,
    pause = 1_000
  ): Effect.Effect<void, ReadError | MediaProcessingFailed> => {
    if (processingInfo === undefined || processingInfo.state === "succeeded") return Effect.void
    const { checkAfterSecs, error, progressPercent, state } = processingInfo
    if (state === "failed") {
      return Effect.fail(
        new MediaProcessingFailed({ mediaId: id, name: error?.name, reason: error?.message })
      )
    }
    const wait = checkAfterSecs !== undefined && checkAfterSecs > 0 ? checkAfterSecs * 1_000 : pause
    return onLook(progressPercent).pipe(
      Effect.zipRight(Effect.sleep(wait)),
      Effect.zipRight(status({ mediaId: id })),
      Effect.flatMap((upload) => processed(upload, onLook, Math.min(2 * pause, longestPause)))
    )
  }

  const begin = (plan: Pick<UploadSession, "type" | "size" | "chunkSize">): Effect.Effect<UploadSession, ReadError> =>
    Effect.map(
      initialize({
        mediaType: plan.type,
        totalBytes: plan.size,
        mediaCategory: MediaType.categoryOf(plan.type),
        shared: true
      }),
      ({ id }) => ({ ...plan, mediaId: id, sent: [], finalized: false })
    )

  return <E = never, R = never>(
    source: MediaSource<E, R>,
    options: UploadOptions = {}
  ): Effect.Effect<MediaId, UploadError<E>, R> =>
    Effect.gen(function*() {
      const plan = yield* checked(source, options)
      let session = options.resume ?? (yield* begin(plan))
      const { mediaId, size } = session

      const tell = (phase: "sending" | "processing", percent?: number) =>
        options.onProgress?.({ phase, sent: sentBytes(session), total: size, percent, session }) ?? Effect.void

      const send = ({ bytes, index }: Segments.Segment) =>
        append({ mediaId, segmentIndex: index, media: bytes }).pipe(
          Effect.zipRight(Effect.suspend(() => {
            session = { ...session, sent: [...session.sent, index] }
            return tell("sending")
          }))
        )

      const all = Effect.gen(function*() {
        if (!session.finalized) {
          yield* Segments.of(source, { ...session, skip: new Set(session.sent) }).pipe(
            Stream.mapEffect(send, { concurrency: options.concurrency ?? 1, unordered: true }),
            Stream.runDrain
          )
        }
        const upload = yield* session.finalized ? status({ mediaId }) : finalized(mediaId)
        session = { ...session, finalized: true }
        yield* processed(upload, (percent) => tell("processing", percent))
      })

      yield* Effect.mapError(all, (reason) =>
        reason instanceof WrongMediaSize || reason instanceof MediaProcessingFailed
          ? reason
          : new UploadStopped<E>({ session, reason }))
      return mediaId
    })
})
