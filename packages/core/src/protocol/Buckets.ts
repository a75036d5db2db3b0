/**
 * Which calls X counts together, and how many of them it allows.
 *
 * Source: X's guide to rate limits; a call is counted by its endpoint.
 *
 * @since 0.1.0
 */
import { keys } from "effect/Struct"

/**
 * How many calls are allowed: of a user in 15 minutes and in 24 hours, and of
 * all users of an app in 24 hours.
 *
 * @since 0.1.0
 */
export interface Limits {
  readonly window: number
  readonly userDay?: number | undefined
  readonly appDay?: number | undefined
}

const reads: Limits = { window: 15 }
/** X publishes no figures for the app's own housekeeping; its answers tell them. */
const housekeeping: Limits = { window: 300 }
const sends: Limits = { window: 15, userDay: 1_440, appDay: 1_440 }
// X also counts 25 in 15 minutes of an app, which no header tells: it is met like a cap that X does not publish.
const blocks: Limits = { window: 10, userDay: 400, appDay: 1_000 }
// X's figure for the parts of an upload, and taken for its other steps as well.
const uploads: Limits = { window: 1_875 }

/**
 * The figures that X publishes. They hold until X's answers tell others.
 *
 * @since 0.1.0
 */
export const published = {
  GetEvents: reads,
  GetEventsById: reads,
  GetEventsByConversationId: reads,
  GetEventsByParticipantId: reads,
  CreateByConversationId: sends,
  CreateByParticipantId: sends,
  CreateConversation: sends,
  BlockDms: blocks,
  UnblockDms: blocks,
  InitializeMediaUpload: uploads,
  AppendMediaUpload: uploads,
  FinalizeMediaUpload: uploads,
  GetMediaUploadStatus: uploads,
  // X publishes no figure for downloads; its answers tell.
  DownloadMedia: { window: 900 },
  DeleteEvents: { window: 300, userDay: 1_500, appDay: 4_000 },
  GetMe: { window: 75 },
  GetUserByUsername: { window: 900 },
  ActivityStream: housekeeping,
  ActivitySubscriptions: housekeeping,
  Webhooks: housekeeping
} satisfies { readonly [name: string]: Limits }

/**
 * A bucket: the calls that X counts together, by the name of their endpoint.
 *
 * @since 0.1.0
 */
export type BucketName = keyof typeof published

/** @since 0.1.0 */
export const names: ReadonlyArray<BucketName> = keys(published)

/**
 * The windows in which X counts the calls of one bucket.
 *
 * @since 0.1.0
 */
export type CountedWindow = "15 minutes" | "24 hours of the user" | "24 hours of the app"

/**
 * How long a window lasts, in milliseconds.
 *
 * @since 0.1.0
 */
export const lengthOf: { readonly [W in CountedWindow]: number } = {
  "15 minutes": 15 * 60_000,
  "24 hours of the user": 24 * 60 * 60_000,
  "24 hours of the app": 24 * 60 * 60_000
}

/** @since 0.1.0 */
export const limitOf = (limits: Limits, window: CountedWindow): number | undefined =>
  window === "15 minutes" ? limits.window : window === "24 hours of the user" ? limits.userDay : limits.appDay
