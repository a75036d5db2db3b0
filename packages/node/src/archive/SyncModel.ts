/**
 * What a sync is asked for, tells on its way, and gives.
 *
 * @since 0.1.0
 */
import type { ConversationId, EventId, Listing } from "@effect-xdm/core"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { ArchiveFailed } from "./ArchiveFailed.js"

/**
 * What ends a sync. What it has read is kept, and the next one goes on from
 * there. A `ListingStopped` is what X, the network or the credentials did.
 *
 * @since 0.1.0
 */
export type SyncError = ArchiveFailed | Listing.ListingStopped

/**
 * How to sync.
 *
 * @since 0.1.0
 */
export interface SyncOptions {
  /** How far back: an event, a moment, or a duration before now. Default: the 30 days that X keeps. */
  readonly until?: Listing.Until | undefined
  /** Go on with what is new, for ever, and outlive failures that may pass. Default `false`. */
  readonly follow?: boolean | undefined
  /** How long from one look to the next, when it follows. Default 1 minute, which X's limit allows for ever. */
  readonly every?: Duration.DurationInput | undefined
  /** Only this conversation. Default: all. */
  readonly conversation?: ConversationId | undefined
  /**
   * Bring along users, media and posts, which X bills like events. Default
   * `true`. What was read without them is not read again.
   */
  readonly hydrate?: boolean | undefined
  /**
   * Read this far back once more, though it is known, and mark as deleted what
   * X does not give any more. Default: nothing is read again.
   */
  readonly recheck?: Listing.Until | undefined
  /**
   * Keep the files of pictures, GIFs and videos as well, in a folder `media`
   * beside the archive: those that are not there of the last 30 days. Default
   * `false`.
   */
  readonly media?: boolean | undefined
  /** Told after each page, and before each wait. */
  readonly onProgress?: ((progress: SyncProgress) => Effect.Effect<void>) | undefined
}

/**
 * What a sync has done so far. The phases: `new`, from the newest event back to
 * the newest one that is known; `older`, on from the oldest one that is known;
 * `recheck`; `media`, the files; `follow`, nothing is left but what may come.
 *
 * @since 0.1.0
 */
export interface SyncProgress {
  readonly phase: "new" | "older" | "recheck" | "media" | "follow"
  /** Pages read. */
  readonly requests: number
  /** Events that came. */
  readonly read: number
  /** Those of them that were new. */
  readonly added: number
  /** Events that were marked as deleted. */
  readonly deleted: number
  /** Files of media that were fetched. */
  readonly files: number
  /** How far back it has come; absent before the first event. */
  readonly reached: Option.Option<DateTime.Utc>
  /** How far back it wants to go. */
  readonly until: DateTime.Utc
  /** Why it waits and tries again; absent when all is well. */
  readonly failure: Option.Option<Listing.ListingStopped>
}

/**
 * What a sync has done.
 *
 * @since 0.1.0
 */
export interface Synced {
  readonly requests: number
  readonly read: number
  readonly added: number
  readonly enriched: number
  readonly deleted: number
  /** Files of media that were fetched, and those that X would not give. */
  readonly files: number
  readonly missingFiles: number
  /** The newest and the oldest event of the span that the archive has now without a gap. */
  readonly newest: Option.Option<EventId>
  readonly oldest: Option.Option<EventId>
}
