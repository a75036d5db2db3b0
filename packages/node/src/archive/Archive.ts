/**
 * All messages in a file of one's own: X keeps 30 days and has no search, a
 * local archive keeps them all and finds every word.
 *
 * It is a SQLite database, and the packages for that are optional:
 * `npm install @effect/sql@0.52 @effect/sql-sqlite-node@0.53 @effect/experimental@0.61 better-sqlite3@12`.
 *
 * @example
 * ```ts
 * import { DirectMessages } from "@effect-xdm/core"
 * import { NodeClient } from "@effect-xdm/node"
 * import { Archive } from "@effect-xdm/node/Archive"
 * import { Config, Console, Effect, Layer, Stream } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const archive = yield* Archive
 *   yield* archive.sync()
 *   yield* archive.search("train tickets", { limit: 10 }).pipe(
 *     Stream.runForEach(({ snippet }) => Console.log(snippet))
 *   )
 * })
 *
 * const Live = Layer.merge(
 *   Archive.layer({ file: "messages.db" }),
 *   DirectMessages.layerConfig({ accessToken: Config.redacted("X_ACCESS_TOKEN") }).pipe(
 *     Layer.provide(NodeClient.layer())
 *   )
 * )
 *
 * export const main = Effect.provide(program, Live)
 * ```
 *
 * @since 0.1.0
 */
import type { ConversationId, DirectMessages, EventId, User, UserId, Username } from "@effect-xdm/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import { type ArchiveFailed, fromUnknown } from "./ArchiveFailed.js"
import type {
  Addable,
  Added,
  ArchivedEvent,
  ConversationSummary,
  Filter,
  Hit,
  Participant,
  Query,
  SearchOptions,
  Stats
} from "./ArchiveModel.js"
import type { ExportOptions } from "./ExportModel.js"
import type { Synced, SyncError, SyncOptions, SyncProgress } from "./SyncModel.js"

export { ArchiveFailed, type Reason } from "./ArchiveFailed.js"
export type * from "./ArchiveModel.js"
export type * from "./ExportModel.js"
export type * from "./SyncModel.js"
export { toFile } from "./ToFile.js"

/**
 * An open archive. What reads is lazy: a stream asks for 200 rows when they
 * are needed, and holds no more.
 *
 * @since 0.1.0
 */
export interface ArchiveService {
  readonly file: string
  /**
   * Keeps all that a stream of events gives, each chunk in one transaction.
   * What is known already changes nothing; a copy that knows more enriches the
   * one that is there, and one that knows less takes nothing away. So a follower
   * that gives an event twice does no harm.
   */
  readonly add: <E, R>(events: Stream.Stream<Addable, E, R>) => Effect.Effect<Added, E | ArchiveFailed, R>
  /**
   * Reads from X what the archive does not have: what is new, then what is
   * older, as far back as X keeps events. Each page is one request and one
   * transaction, so it can be stopped or killed at any moment, and the next sync
   * goes on there. One sync of an archive runs at a time, whatever the process.
   *
   * The first sync of an archive also asks X whose it is.
   */
  readonly sync: (options?: SyncOptions) => Effect.Effect<Synced, SyncError, DirectMessages>
  /** As `sync`, as a stream of its progress. */
  readonly syncing: (options?: SyncOptions) => Stream.Stream<SyncProgress, SyncError, DirectMessages>
  /** The events that a query asks for; without one all, newest first. */
  readonly events: (query?: Query) => Stream.Stream<ArchivedEvent, ArchiveFailed>
  /** The conversations, the one with the newest event first. */
  readonly conversations: Stream.Stream<ConversationSummary, ArchiveFailed>
  readonly event: (id: EventId) => Effect.Effect<Option.Option<ArchivedEvent>, ArchiveFailed>
  readonly user: (id: UserId) => Effect.Effect<Option.Option<User.User>, ArchiveFailed>
  /** The user who was last seen by this name, whatever its case. */
  readonly userByName: (username: Username) => Effect.Effect<Option.Option<User.User>, ArchiveFailed>
  /** Those who are or were in a conversation; who came or spoke last is first. */
  readonly participants: (
    conversation: ConversationId
  ) => Effect.Effect<ReadonlyArray<Participant>, ArchiveFailed>
  /**
   * The messages that hold all of the words, in any order, whatever their case
   * and accents. Quotes make a phrase (`"see you"`), a star the beginning of a
   * word (`tick*`), and nothing else has a meaning of its own: `AND`, `-` and
   * `(` are looked for as they are. An emoji is found as well. No words find
   * nothing.
   *
   * Scripts without spaces between words, like Chinese and Japanese, are found
   * by a whole run of characters or, with a star, by how one begins.
   */
  readonly search: (words: string, options?: SearchOptions) => Stream.Stream<Hit, ArchiveFailed>
  /**
   * Marks events as deleted now; they stay, and one that is marked already keeps
   * its time. Gives how many were marked.
   */
  readonly markDeleted: (ids: Iterable<EventId>) => Effect.Effect<number, ArchiveFailed>
  readonly stats: Effect.Effect<Stats, ArchiveFailed>
  /**
   * All that the archive has of these events, oldest first, a JSON object a
   * line: an event in X's own JSON, and before it the users, media and posts that
   * it refers to. Nothing is lost, and `importJsonl` reads it; what syncs have
   * covered stays behind.
   */
  readonly exportJsonl: (filter?: Filter) => Stream.Stream<string, ArchiveFailed>
  /**
   * A table for spreadsheets and programs, by RFC 4180: a row an event. A text
   * that a spreadsheet would run as a formula has an apostrophe before it.
   */
  readonly exportCsv: (filter?: Filter) => Stream.Stream<string, ArchiveFailed>
  /**
   * Markdown to read: a heading a conversation and a day, a paragraph a message.
   * Events of which no conversation is known are left out, as in `exportHtml`.
   */
  readonly exportMarkdown: (options?: ExportOptions) => Stream.Stream<string, ArchiveFailed>
  /** One page of HTML to read in a browser: bubbles, days, names. It loads nothing from elsewhere and runs nothing. */
  readonly exportHtml: (options?: ExportOptions) => Stream.Stream<string, ArchiveFailed>
  /**
   * Adds what `exportJsonl` has written, as the text or the bytes of a file come.
   * Fails at the first line that is none of it, naming the line; what came before
   * it is kept.
   */
  readonly importJsonl: <E, R>(
    lines: Stream.Stream<string | Uint8Array, E, R>
  ) => Effect.Effect<Added, E | ArchiveFailed, R>
}

/**
 * How to open an archive.
 *
 * @since 0.1.0
 */
export interface ArchiveOptions {
  /** The path of the file. Its folder and the file are made if they are not there, for their owner alone. */
  readonly file: string
  /** Change nothing, and fail if there is no archive. Default `false`. */
  readonly readOnly?: boolean | undefined
}

/**
 * A local archive of messages.
 *
 * @since 0.1.0
 */
export class Archive extends Context.Tag("@effect-xdm/node/Archive")<Archive, ArchiveService>() {
  /**
   * Opens the archive in a file as long as the layer lives, and brings an older
   * one up to date. Any number of processes may use it at once.
   *
   * @example
   * ```ts
   * import { Archive } from "@effect-xdm/node/Archive"
   * import { Console, Effect, Stream } from "effect"
   *
   * const newest = Effect.flatMap(Archive, (archive) =>
   *   archive.events({ limit: 20 }).pipe(Stream.runForEach(({ event }) => Console.log(event))))
   *
   * export const main = Effect.provide(newest, Archive.layer({ file: "messages.db", readOnly: true }))
   * ```
   *
   * @since 0.1.0
   */
  static readonly layer = (options: ArchiveOptions): Layer.Layer<Archive, ArchiveFailed> =>
    Layer.scoped(
      Archive,
      Effect.flatMap(
        // The database is loaded here and nowhere else, so that its absence is a failure like others.
        Effect.tryPromise({ try: () => import("./SqliteArchive.js"), catch: fromUnknown(options.file) }),
        ({ make }) => make(options)
      )
    )
}
