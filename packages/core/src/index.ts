/**
 * @since 0.1.0
 */
export { DirectMessages } from "./DirectMessages.js"
export type { CredentialsOptions, DirectMessagesService, Endpoints, Options, Provided } from "./DirectMessages.js"

export { CreateByConversationId } from "./endpoints/CreateByConversationId.js"
export { CreateByParticipantId } from "./endpoints/CreateByParticipantId.js"
export { CreateConversation } from "./endpoints/CreateConversation.js"
export type { Created } from "./endpoints/Created.js"
export { DeleteEvents } from "./endpoints/DeleteEvents.js"
export { GetEvents } from "./endpoints/GetEvents.js"
export { GetEventsByConversationId } from "./endpoints/GetEventsByConversationId.js"
export { GetEventsById } from "./endpoints/GetEventsById.js"
export { GetEventsByParticipantId } from "./endpoints/GetEventsByParticipantId.js"
export { GetMe } from "./endpoints/GetMe.js"
export { GetUserByUsername } from "./endpoints/GetUserByUsername.js"

export * as Carrier from "./protocol/Carrier.js"
export { Credentials } from "./protocol/Credentials.js"
export type { CredentialsService, Names } from "./protocol/Credentials.js"
export * as Endpoint from "./protocol/Endpoint.js"
export * as Errors from "./protocol/Errors.js"
export type { OAuth1Options } from "./protocol/OAuth1.js"
export type { OAuth2Options } from "./protocol/OAuth2.js"
export { RateLimitPolicy } from "./protocol/RateLimitPolicy.js"
export type { Policy } from "./protocol/RateLimitPolicy.js"
export { RateLimits } from "./protocol/RateLimits.js"
export type { BucketStatus, RateLimitsOptions, RateLimitsService, Wait, WindowStatus } from "./protocol/RateLimits.js"
export { RateLimitStore } from "./protocol/RateLimitStore.js"
export type { RateLimitStoreService } from "./protocol/RateLimitStore.js"
export { RetryPauses } from "./protocol/Retries.js"
export type { Pauses } from "./protocol/Retries.js"
export { TokenSet } from "./protocol/TokenSet.js"
export type { TokenSetJson } from "./protocol/TokenSet.js"
export { TokenStore } from "./protocol/TokenStore.js"
export type { TokenStoreService } from "./protocol/TokenStore.js"
export { Usage } from "./protocol/Usage.js"
export type { Counts, Prices, Totals, UsageService } from "./protocol/Usage.js"
export { XApi } from "./protocol/XApi.js"
export type { XApiOptions, XApiService } from "./protocol/XApi.js"

export * as Decoder from "./model/Decoder.js"
export type { Dialect } from "./model/Dialect.js"
export * as DmEvent from "./model/DmEvent.js"
export * as Entities from "./model/Entities.js"
export * as EventsPage from "./model/EventsPage.js"
export * as Fields from "./model/Fields.js"
export { ConversationId, EventId, MediaId, MediaKey, PageToken, PostId, UserId, Username } from "./model/Ids.js"
export * as Ids from "./model/Ids.js"
export * as Includes from "./model/Includes.js"
export * as Media from "./model/Media.js"
export * as Message from "./model/Message.js"
export * as Post from "./model/Post.js"
export * as Problem from "./model/Problem.js"
export type { Recipient } from "./model/Recipient.js"
export * as Snowflake from "./model/Snowflake.js"
export * as User from "./model/User.js"

export { Delivery } from "./sending/Delivery.js"
export type { DeliveryService, SendOptions } from "./sending/Delivery.js"
export type { ReconcileOptions } from "./sending/Reconciliation.js"

export type { Letter, Outcome, Result, State as LetterState } from "./sending/Letter.js"
export { Outbox } from "./sending/Outbox.js"
export type { OutboxOptions, OutboxService } from "./sending/Outbox.js"
export { OutboxStore, OutboxStoreFailed } from "./sending/OutboxStore.js"
export type { OutboxStoreService } from "./sending/OutboxStore.js"

export { AppendMediaUpload } from "./endpoints/AppendMediaUpload.js"
export { BlockDms } from "./endpoints/BlockDms.js"
export { DownloadMedia } from "./endpoints/DownloadMedia.js"
export { FinalizeMediaUpload } from "./endpoints/FinalizeMediaUpload.js"
export { GetMediaUploadStatus } from "./endpoints/GetMediaUploadStatus.js"
export { InitializeMediaUpload } from "./endpoints/InitializeMediaUpload.js"
export type { MediaUpload, Processing } from "./endpoints/MediaUpload.js"
export { UnblockDms } from "./endpoints/UnblockDms.js"
export { Attachments } from "./media/Attachments.js"
export type {
  AttachmentsService,
  MediaSendOptions,
  MessageWithMedia,
  MessageWithMediaId,
  Send
} from "./media/Attachments.js"
export * as Download from "./media/Download.js"
export type { MediaSource } from "./media/MediaSource.js"
export { MediaProcessingFailed, UploadStopped, WrongMediaSize } from "./media/UploadModel.js"
export type { UploadError, UploadOptions, UploadProgress, UploadSession } from "./media/UploadModel.js"
export * as MediaType from "./model/MediaType.js"
export type { Bytes } from "./protocol/Bytes.js"

export * as Checkpoint from "./streams/Checkpoint.js"
export { CheckpointStore } from "./streams/Checkpoint.js"
export type { Events, Listings } from "./streams/Events.js"
export type { Following } from "./streams/Follow.js"
export type { CheckpointedOptions, FollowError, FollowOptions, Since, UnkeptError } from "./streams/FollowOptions.js"
export type { Gap, Health } from "./streams/Health.js"
export * as Hydrated from "./streams/Hydrated.js"
export type { HydratedEvent } from "./streams/Hydrated.js"
export * as Inbox from "./streams/Inbox.js"
export * as Listing from "./streams/Listing.js"
export type { Live } from "./streams/Live.js"
export type {
  CheckpointedOptions as LiveCheckpointedOptions,
  Line,
  LiveHealth,
  LiveOptions,
  LiveSource
} from "./streams/LiveOptions.js"
export * as Merge from "./streams/Merge.js"
export * as Timeline from "./streams/Timeline.js"

export { ActivityStream } from "./push/ActivityStream.js"
export type {
  ActivityError,
  ActivityLayerOptions,
  ActivityStreamOptions,
  ActivityStreamService,
  Health as ActivityHealth,
  Reason as ActivityReason
} from "./push/ActivityStream.js"
export * as PushEvent from "./push/PushEvent.js"
export * as PushSource from "./push/Source.js"
export * as Webhook from "./push/Webhook.js"
export { WebhookRefused } from "./push/WebhookRefused.js"

export type { ActivityKind, ActivitySubscription } from "./endpoints/ActivitySubscription.js"
export { CreateActivitySubscription } from "./endpoints/CreateActivitySubscription.js"
export { CreateWebhooks } from "./endpoints/CreateWebhooks.js"
export { DeleteActivitySubscription } from "./endpoints/DeleteActivitySubscription.js"
export { DeleteWebhooks } from "./endpoints/DeleteWebhooks.js"
export { GetActivitySubscriptions } from "./endpoints/GetActivitySubscriptions.js"
export { GetWebhooks } from "./endpoints/GetWebhooks.js"
export { UpdateActivitySubscription } from "./endpoints/UpdateActivitySubscription.js"
export { ValidateWebhooks } from "./endpoints/ValidateWebhooks.js"
export type { WebhookConfig } from "./endpoints/WebhookConfig.js"
export { DeliveryStore, DeliveryStoreFailed } from "./push/DeliveryStore.js"
export type { DeliveryStoreService } from "./push/DeliveryStore.js"
export { Registration } from "./push/Registration.js"
export type { Registered, RegisterInput, RegistrationService } from "./push/Registration.js"
export { WebhookInbox } from "./push/WebhookInbox.js"
export type { WebhookInboxOptions, WebhookInboxService } from "./push/WebhookInbox.js"
