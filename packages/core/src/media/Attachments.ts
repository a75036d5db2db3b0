/**
 * Files to and from messages.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { isRecord } from "effect/Predicate"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { AppendMediaUpload } from "../endpoints/AppendMediaUpload.js"
import { CreateByConversationId } from "../endpoints/CreateByConversationId.js"
import { CreateByParticipantId } from "../endpoints/CreateByParticipantId.js"
import { CreateConversation } from "../endpoints/CreateConversation.js"
import type { Created } from "../endpoints/Created.js"
import type { DownloadMedia } from "../endpoints/DownloadMedia.js"
import type { FinalizeMediaUpload } from "../endpoints/FinalizeMediaUpload.js"
import type { GetEventsById } from "../endpoints/GetEventsById.js"
import type { GetMediaUploadStatus } from "../endpoints/GetMediaUploadStatus.js"
import type { InitializeMediaUpload } from "../endpoints/InitializeMediaUpload.js"
import { MediaId } from "../model/Ids.js"
import type { Message } from "../model/Message.js"
import type { Recipient } from "../model/Recipient.js"
import * as Endpoint from "../protocol/Endpoint.js"
import type { InvalidInput, SendError } from "../protocol/Errors.js"
import { Delivery, type SendOptions } from "../sending/Delivery.js"
import * as Download from "./Download.js"
import type { MediaSource } from "./MediaSource.js"
import * as Upload from "./Upload.js"
import type { UploadError, UploadOptions } from "./UploadModel.js"

/**
 * A message with a file that is uploaded before it is sent.
 *
 * @since 0.1.0
 */
export interface MessageWithMedia<E = never, R = never> {
  readonly text?: string | undefined
  readonly media: MediaSource<E, R>
  readonly attachments?: undefined
}

/**
 * A message with a medium that is uploaded already.
 *
 * @since 0.1.0
 */
export interface MessageWithMediaId {
  readonly text?: string | undefined
  readonly media: MediaId
  readonly attachments?: undefined
}

/**
 * How to send a message with a file.
 *
 * @since 0.1.0
 */
export interface MediaSendOptions extends SendOptions {
  readonly upload?: UploadOptions | undefined
}

/** @since 0.1.0 */
export interface Send {
  (
    to: Recipient,
    message: Message & { readonly media?: undefined } | MessageWithMediaId,
    options?: SendOptions
  ): Effect.Effect<Created, SendError>
  <E = never, R = never>(
    to: Recipient,
    message: MessageWithMedia<E, R>,
    options?: MediaSendOptions
  ): Effect.Effect<Created, SendError | UploadError<E>, R>
}

/** @since 0.1.0 */
export interface AttachmentsService {
  /**
   * As `dm.send` of texts, and for a message with a file: that is uploaded once,
   * before the message is sent, and not again when the send is reconciled. What
   * is wrong with the message shows before a byte is sent.
   *
   * @example
   * ```ts
   * import { DirectMessages, UserId } from "@effect-xdm/core"
   * import { Effect } from "effect"
   *
   * declare const png: Uint8Array
   * const picture = Effect.flatMap(DirectMessages, (dm) =>
   *   dm.send({ user: UserId.make("2244994945") }, { text: "Look!", media: { bytes: png, type: "image/png" } }))
   * ```
   */
  readonly send: Send
  /**
   * Uploads a file, for a message within the next 24 hours. Its type and size
   * are checked before the first byte is sent. Each part is sent again by itself
   * after a failure that may pass.
   */
  readonly upload: <E = never, R = never>(
    source: MediaSource<E, R>,
    options?: UploadOptions
  ) => Effect.Effect<MediaId, UploadError<E>, R>
  /**
   * Begins to fetch what is attached to a message: its name, type and size, and
   * the stream of its bytes. Of several attachments `index` says which, from 0.
   * The connection is held until the scope closes.
   */
  readonly open: (
    attached: Download.Attached,
    index?: number
  ) => Effect.Effect<Download.Download, Download.DownloadError, Scope.Scope>
  /**
   * The bytes of what is attached to a message.
   *
   * @example
   * ```ts
   * import { DirectMessages, EventId } from "@effect-xdm/core"
   * import { Effect, Stream } from "effect"
   *
   * const bytes = Effect.flatMap(DirectMessages, (dm) =>
   *   Stream.runFold(dm.media.download(EventId.make("1146654567674912769")), 0, (sum, { length }) => sum + length))
   * ```
   */
  readonly download: (
    attached: Download.Attached,
    index?: number
  ) => Stream.Stream<Uint8Array, Download.DownloadError>
}

type Needs =
  | AppendMediaUpload
  | Delivery
  | DownloadMedia
  | FinalizeMediaUpload
  | GetEventsById
  | GetMediaUploadStatus
  | InitializeMediaUpload

/** The checks of the endpoints that send, of which a file must not be uploaded in vain. */
const checks = {
  conversation: Endpoint.request(CreateByConversationId.endpoint, "post"),
  user: Endpoint.request(CreateByParticipantId.endpoint, "post"),
  users: Endpoint.request(CreateConversation.endpoint, "post")
}

const check = (to: Recipient, text: string | undefined): Either.Either<unknown, InvalidInput> => {
  const message = {
    ...(text === undefined ? undefined : { text }),
    attachments: [{ mediaId: MediaId.make("1") }]
  } as const
  if ("conversation" in to) return checks.conversation({ ...message, conversationId: to.conversation })
  if ("user" in to) return checks.user({ ...message, participantId: to.user })
  return to.users.length === 1
    ? checks.user({ ...message, participantId: to.users[0]! })
    : checks.users({ participantIds: to.users, message })
}

const make: Effect.Effect<AttachmentsService, never, Needs> = Effect.gen(function*() {
  const delivery = yield* Delivery
  const upload = yield* Upload.make
  const { download, open } = yield* Download.make

  const withId = (text: string | undefined, mediaId: MediaId): Message => ({
    ...(text === undefined ? undefined : { text }),
    attachments: [{ mediaId }]
  })

  const send = <E, R>(
    to: Recipient,
    message: Message & { readonly media?: undefined } | MessageWithMediaId | MessageWithMedia<E, R>,
    { upload: how, ...options }: MediaSendOptions = {}
  ): Effect.Effect<Created, SendError | UploadError<E>, R> => {
    // A program without types may pass anything, of which the send itself says what is wrong.
    if (!isRecord(to) || !isRecord(message) || message.media === undefined) {
      return delivery.send(to, message as Message, options)
    }
    const { media, text } = message
    if (typeof media === "string") return delivery.send(to, withId(text, media), options)
    return Effect.zipRight(
      check(to, text),
      Effect.flatMap(upload(media, how), (mediaId) => delivery.send(to, withId(text, mediaId), options))
    )
  }

  // Only a source can fail as an upload does: the two forms of Send say so, which one function cannot.
  return { upload, open, download, send: send as Send }
})

/**
 * Files to and from messages, over the endpoints.
 *
 * @since 0.1.0
 */
export class Attachments extends Context.Tag("@effect-xdm/core/Attachments")<Attachments, AttachmentsService>() {
  static get layer(): Layer.Layer<Attachments, never, Needs> {
    return Layer.effect(Attachments, make)
  }
}
