/**
 * What an archive gives and takes.
 *
 * @since 0.1.0
 */
import type {
  ConversationId,
  DmEvent,
  EventId,
  EventsPage,
  HydratedEvent,
  Listing,
  User,
  UserId
} from "@effect-xdm/core"
import type * as DateTime from "effect/DateTime"
import type * as Option from "effect/Option"

/**
 * What can be added: events as the listings of `dm.events`, its `pages`, its
 * `hydrated` and its followers give them, and those of another archive.
 *
 * @since 0.1.0
 */
export type Addable = DmEvent.DmEvent | HydratedEvent | ArchivedEvent | EventsPage.EventsPage

/**
 * What adding did: how many events came, how many of them were new, and how
 * many were known and brought something that was not.
 *
 * @since 0.1.0
 */
export interface Added {
  readonly read: number
  readonly added: number
  readonly enriched: number
}

/**
 * An event with what the archive holds of its sender, participants, media and
 * posts. `deletedAt` is when it was marked as deleted.
 *
 * @since 0.1.0
 */
export interface ArchivedEvent extends HydratedEvent {
  readonly deletedAt: Option.Option<DateTime.Utc>
}

/**
 * Which events of an archive.
 *
 * @since 0.1.0
 */
export interface Filter {
  readonly conversation?: ConversationId | undefined
  readonly sender?: UserId | undefined
  /** Only events of these types. Default: all. */
  readonly types?: ReadonlyArray<DmEvent.DmEvent["_tag"]> | undefined
  /** From here on: an event, a moment, or a duration before now. What is at it is among them. */
  readonly since?: Listing.Until | undefined
  /** Up to here: an event, a moment, or a duration before now. What is at it is not among them. */
  readonly until?: Listing.Until | undefined
  /** `true`: only those marked as deleted; `false`: only the others. Default: both. */
  readonly deleted?: boolean | undefined
}

/**
 * Which events of an archive, in which order, and how many at most.
 *
 * @since 0.1.0
 */
export interface Query extends Filter {
  /** Default `"newest"`: newest first. */
  readonly order?: "newest" | "oldest" | undefined
  /** Default: all. */
  readonly limit?: number | undefined
}

/**
 * Someone in a conversation; `user` is known if it ever came along with an
 * event. `present` is `false` for one who has left.
 *
 * @since 0.1.0
 */
export interface Participant {
  readonly id: UserId
  readonly user: Option.Option<User.User>
  readonly present: boolean
}

/**
 * A conversation, as far as the archive knows it.
 *
 * @since 0.1.0
 */
export interface ConversationSummary {
  readonly id: ConversationId
  /** The newest message. */
  readonly lastMessage: Option.Option<DmEvent.MessageCreate>
  readonly newest: EventId
  readonly oldest: EventId
  /** Those who are in it now; who has left is among `participants(id)`. */
  readonly participants: ReadonlyArray<Participant>
  readonly events: number
  readonly messages: number
}

/**
 * How to search.
 *
 * @since 0.1.0
 */
export interface SearchOptions extends Omit<Filter, "types"> {
  /** `"relevance"` (default) or the `"newest"` first. */
  readonly order?: "relevance" | "newest" | undefined
  /** Default: all. */
  readonly limit?: number | undefined
}

/**
 * A part of a text: from `start`, up to and without `end`, in UTF-16 units as
 * JavaScript's strings count them.
 *
 * @since 0.1.0
 */
export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * A message that was found. `snippet` is the part of its text around what was
 * found, on one line, with an ellipsis where text was left out, and `marks` are
 * the places within the snippet that match.
 *
 * @since 0.1.0
 */
export interface Hit extends ArchivedEvent {
  readonly snippet: string
  readonly marks: ReadonlyArray<Range>
}

/**
 * A part of time of which the archive has all that X gave: from the event
 * `oldest` to the event `newest`. `complete`: X has nothing older that it would
 * give. `conversation` is there if the sync was of one alone.
 *
 * @since 0.1.0
 */
export interface Span {
  readonly conversation: ConversationId | undefined
  readonly newest: EventId
  readonly oldest: EventId
  readonly complete: boolean
}

/**
 * What is in an archive.
 *
 * @since 0.1.0
 */
export interface Stats {
  readonly events: number
  readonly messages: number
  readonly deleted: number
  readonly conversations: number
  readonly users: number
  readonly media: number
  readonly posts: number
  readonly newest: Option.Option<EventId>
  readonly oldest: Option.Option<EventId>
  /** What syncs have covered, newest first. */
  readonly covered: ReadonlyArray<Span>
  /** Whose archive it is, once a sync has asked X. */
  readonly owner: Option.Option<UserId>
  /** The version of its tables. */
  readonly version: number
  /** The size of the file, in bytes. */
  readonly bytes: number
}
