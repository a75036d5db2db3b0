/**
 * The front door: all endpoints in one place.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { AppendMediaUpload } from "./endpoints/AppendMediaUpload.js"
import { BlockDms } from "./endpoints/BlockDms.js"
import { CreateByConversationId } from "./endpoints/CreateByConversationId.js"
import { CreateByParticipantId } from "./endpoints/CreateByParticipantId.js"
import { CreateConversation } from "./endpoints/CreateConversation.js"
import { DeleteEvents } from "./endpoints/DeleteEvents.js"
import { DownloadMedia } from "./endpoints/DownloadMedia.js"
import { FinalizeMediaUpload } from "./endpoints/FinalizeMediaUpload.js"
import { GetEvents } from "./endpoints/GetEvents.js"
import { GetEventsByConversationId } from "./endpoints/GetEventsByConversationId.js"
import { GetEventsById } from "./endpoints/GetEventsById.js"
import { GetEventsByParticipantId } from "./endpoints/GetEventsByParticipantId.js"
import { GetMe } from "./endpoints/GetMe.js"
import { GetMediaUploadStatus } from "./endpoints/GetMediaUploadStatus.js"
import { GetUserByUsername } from "./endpoints/GetUserByUsername.js"
import { InitializeMediaUpload } from "./endpoints/InitializeMediaUpload.js"
import { UnblockDms } from "./endpoints/UnblockDms.js"
import { Attachments } from "./media/Attachments.js"
import { Credentials } from "./protocol/Credentials.js"
import type { RateLimits, RateLimitsOptions } from "./protocol/RateLimits.js"
import type { Usage } from "./protocol/Usage.js"
import { XApi, type XApiOptions } from "./protocol/XApi.js"
import { Delivery } from "./sending/Delivery.js"
import * as EventStreams from "./streams/EventStreams.js"

const endpoints = Layer.mergeAll(
  AppendMediaUpload.layer,
  BlockDms.layer,
  CreateByConversationId.layer,
  CreateByParticipantId.layer,
  CreateConversation.layer,
  DeleteEvents.layer,
  DownloadMedia.layer,
  FinalizeMediaUpload.layer,
  GetEvents.layer,
  GetEventsByConversationId.layer,
  GetEventsById.layer,
  GetEventsByParticipantId.layer,
  GetMe.layer,
  GetMediaUploadStatus.layer,
  GetUserByUsername.layer,
  InitializeMediaUpload.layer,
  UnblockDms.layer
)

/**
 * The endpoint services.
 *
 * @since 0.1.0
 */
export type Endpoints = Layer.Layer.Success<typeof endpoints>

/**
 * What the layers of {@link DirectMessages} give: the endpoints together and
 * each alone, how their limits stand, and what they have cost.
 *
 * @since 0.1.0
 */
export type Provided = DirectMessages | Attachments | Delivery | Endpoints | XApi | RateLimits | Usage

const make = Effect.all({
  appendMediaUpload: AppendMediaUpload,
  blockDms: BlockDms,
  deleteEvents: DeleteEvents,
  downloadMedia: DownloadMedia,
  finalizeMediaUpload: FinalizeMediaUpload,
  getEvents: GetEvents,
  getEventsByConversationId: GetEventsByConversationId,
  getEventsById: GetEventsById,
  getEventsByParticipantId: GetEventsByParticipantId,
  getMe: GetMe,
  getMediaUploadStatus: GetMediaUploadStatus,
  getUserByUsername: GetUserByUsername,
  initializeMediaUpload: InitializeMediaUpload,
  unblockDms: UnblockDms,
  events: EventStreams.make
}).pipe(
  // The three sends are those of their endpoints, with the option to reconcile.
  Effect.zipWith(Delivery, (endpoints, { find: _find, serverTime: _time, ...sends }) => ({ ...endpoints, ...sends })),
  Effect.zipWith(Attachments, (all, { send, ...media }) => ({ ...all, send, media }))
)

/**
 * The endpoints, each as its own service has it; `send` and `reconcile`, which
 * make sure of what was sent; `events`, the listings as streams; and `media`,
 * uploads and downloads.
 *
 * @since 0.1.0
 */
export interface DirectMessagesService extends Effect.Effect.Success<typeof make> {}

/**
 * Everything that {@link DirectMessages.layerCredentials} takes.
 *
 * @since 0.1.0
 */
export interface CredentialsOptions extends XApiOptions {
  /** How to keep X's rate limits. */
  readonly rateLimits?: RateLimitsOptions | undefined
}

/**
 * Everything that {@link DirectMessages.layer} takes.
 *
 * @since 0.1.0
 */
export interface Options extends CredentialsOptions {
  /** A user's access token, from OAuth 2.0 with PKCE. */
  readonly accessToken: Redacted.Redacted
}

/**
 * X's Direct Messages: every endpoint as a function that gives an Effect with
 * exact errors.
 *
 * A program that needs one endpoint can ask for that service alone; the layers
 * here give those as well.
 *
 * @since 0.1.0
 */
export class DirectMessages extends Context.Tag("@effect-xdm/core/DirectMessages")<
  DirectMessages,
  DirectMessagesService
>() {
  /**
   * Every endpoint over an `XApi` that is there already. Each time that it is
   * asked for it is another layer, so that accounts which live side by side do
   * not share one: Effect builds a layer once, whatever it is provided with.
   *
   * @since 0.1.0
   */
  static get layerXApi(): Layer.Layer<DirectMessages | Attachments | Delivery | Endpoints, never, XApi> {
    return Layer.fresh(overXApi)
  }

  /**
   * Every endpoint for the account of the `Credentials`, within limits and with
   * an account of the usage of its own.
   *
   * @since 0.1.0
   */
  static readonly layerCredentials = (
    options: CredentialsOptions = {}
  ): Layer.Layer<Provided, ConfigError, HttpClient.HttpClient | Credentials> =>
    DirectMessages.layerXApi.pipe(Layer.provideMerge(XApi.layer(options)))

  /**
   * Every endpoint for the account of an access token. Needs an `HttpClient`,
   * such as `FetchHttpClient.layer`. Fails with a `ConfigError` if an option
   * makes no sense.
   *
   * @example
   * ```ts
   * import { DirectMessages } from "@effect-xdm/core"
   * import { FetchHttpClient } from "@effect/platform"
   * import { Layer, Redacted } from "effect"
   *
   * const Live = DirectMessages.layer({ accessToken: Redacted.make("…") }).pipe(
   *   Layer.provide(FetchHttpClient.layer)
   * )
   * ```
   *
   * @since 0.1.0
   */
  static readonly layer = (
    { accessToken, ...options }: Options
  ): Layer.Layer<Provided, ConfigError, HttpClient.HttpClient> =>
    DirectMessages.layerCredentials(options).pipe(Layer.provide(Credentials.layerAccessToken(accessToken)))

  /**
   * As {@link DirectMessages.layer}, with each option from a `Config`.
   *
   * @example
   * ```ts
   * import { DirectMessages } from "@effect-xdm/core"
   * import { FetchHttpClient } from "@effect/platform"
   * import { Config, Layer } from "effect"
   *
   * const Live = DirectMessages.layerConfig({ accessToken: Config.redacted("X_ACCESS_TOKEN") }).pipe(
   *   Layer.provide(FetchHttpClient.layer)
   * )
   * ```
   *
   * @since 0.1.0
   */
  static readonly layerConfig = (
    options: Config.Config.Wrap<Options>
  ): Layer.Layer<Provided, ConfigError, HttpClient.HttpClient> =>
    Layer.unwrapEffect(Effect.map(Config.unwrap(options), (unwrapped) => DirectMessages.layer(unwrapped)))
}

const overXApi = Layer.effect(DirectMessages, make).pipe(
  Layer.provideMerge(Attachments.layer),
  Layer.provideMerge(Delivery.layer),
  Layer.provideMerge(endpoints)
)
