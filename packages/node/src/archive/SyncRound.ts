/**
 * One round of a sync: from the newest event down to what is known, and on
 * below that. A page, what it covers and the token that goes on below are
 * written in one transaction, so a round can be stopped at any moment.
 */
import { type DirectMessagesService, type EventsPage, Listing, type PageToken, Snowflake } from "@effect-xdm/core"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ArchiveFailed } from "./ArchiveFailed.js"
import * as Database from "./Database.js"
import { pointOf } from "./Points.js"
import * as Spans from "./Spans.js"
import type { SyncError, SyncOptions, SyncProgress } from "./SyncModel.js"
import * as SyncPage from "./SyncPage.js"

/** X keeps events for 30 days. */
const horizonMillis = Duration.toMillis("30 days")

/** The options of a listing that bring all along, as `dm.events.hydrated` asks for it. */
const hydrating: Listing.ListingOptions = {
  expansions: ["sender_id", "participant_ids", "attachments.media_keys", "referenced_posts"],
  mediaFields: [
    "media_key",
    "type",
    "url",
    "preview_image_url",
    "alt_text",
    "width",
    "height",
    "duration_ms",
    "variants"
  ]
}

/** The bounds of a round, as ids. */
interface Bounds {
  readonly horizon: string
  readonly floor: string
  readonly recheck: string | undefined
}

const boundsOf = (file: string, { recheck, until }: SyncOptions, now: number): Either.Either<Bounds, ArchiveFailed> => {
  const horizon = Snowflake.fromMillis(now - horizonMillis)
  return Either.map(
    Either.all({
      until: until === undefined ? Either.right(horizon) : pointOf(file, "until", until, now),
      recheck: recheck === undefined ? Either.right(undefined) : pointOf(file, "recheck", recheck, now)
    }),
    ({ recheck, until }) => ({ horizon, floor: Snowflake.isNewer(until, horizon) ? until : horizon, recheck })
  )
}

/** What a listing that began at a token of the archive says when X does not take it. */
const isRefused = ({ reason }: Listing.ListingStopped): boolean =>
  reason._tag === "BadRequest" || reason._tag === "NotFound" || reason._tag === "RepeatedToken"

/** What all rounds of a sync have done so far. */
export interface Tally {
  requests: number
  read: number
  added: number
  enriched: number
  deleted: number
  /** Files of media that were fetched, and those that X would not give. */
  files: number
  missingFiles: number
  /** What is covered, newest first. */
  spans: ReadonlyArray<Spans.Open>
}

/** What a round is done with. */
export interface Means {
  readonly database: Database.Database
  readonly dm: DirectMessagesService
  readonly options: SyncOptions
  readonly owner: string
  readonly tally: Tally
}

/** Tells how far a sync has come. */
export const report = (
  { database, options, tally }: Means,
  phase: SyncProgress["phase"],
  failure?: Listing.ListingStopped
): Effect.Effect<void, ArchiveFailed> =>
  Effect.gen(function*() {
    if (options.onProgress === undefined) return
    const { floor } = yield* boundsOf(database.file, options, yield* Clock.currentTimeMillis)
    const { spans: [current], added, deleted, files, read, requests } = tally
    yield* options.onProgress({
      phase,
      requests,
      read,
      added,
      deleted,
      files,
      reached: Option.flatMap(Option.fromNullable(current), ({ oldest }) => Snowflake.toDateTime(oldest)),
      until: Option.getOrElse(Snowflake.toDateTime(floor), () => DateTime.unsafeMake(0)),
      failure: Option.fromNullable(failure)
    })
  })

const listing = ({ dm, options: { conversation, hydrate } }: Means, resumeFrom: PageToken | undefined) => {
  const how = { ...hydrate === false ? undefined : hydrating, resumeFrom }
  return conversation === undefined ? dm.events.pages.all(how) : dm.events.pages.conversation(conversation, how)
}

/** Does one round. */
export const round = (means: Means): Effect.Effect<void, SyncError> =>
  Effect.gen(function*() {
    const { database, options, owner, tally } = means
    const typed = Database.typed(database.file)
    const scope = Spans.scopeOf(options.conversation)
    const bounds = yield* boundsOf(database.file, options, yield* Clock.currentTimeMillis)
    tally.spans = yield* typed(Spans.load(database.sql, scope))
    const known = tally.spans[0]?.newest
    let walk: Spans.Walk = { spans: tally.spans, begun: false, next: undefined }
    /** From this event up all was seen in this round. */
    let seen: string | undefined
    let checking = bounds.recheck !== undefined

    const isDone = (): boolean => {
      const [current] = walk.spans
      return !checking && walk.begun && current !== undefined && !Snowflake.isNewer(current.oldest, bounds.floor)
    }

    /** Takes in a page; says whether the listing that it is from has done its part. */
    const take = (page: EventsPage.EventsPage) =>
      Effect.gen(function*() {
        const standing = { scope, walk, seen, checking, horizon: bounds.horizon, owner }
        const taken = yield* typed(SyncPage.write(database, page, standing))
        tally.requests++
        tally.read += page.events.length
        tally.added += taken.added
        tally.enriched += taken.enriched
        tally.deleted += taken.deleted
        walk = taken.walk
        tally.spans = walk.spans
        seen = taken.oldest ?? seen
        const isNew = known !== undefined && seen !== undefined && Snowflake.isNewer(seen, known)
        yield* report(means, checking ? "recheck" : isNew ? "new" : "older")
        if (checking && (page.meta.nextToken === undefined || isBelow(seen, bounds.recheck))) {
          checking = false
          walk = { ...walk, next: walk.spans[0]?.next }
        }
        // A listing goes on at its own token, and where another is next, another listing has to begin.
        return walk.next === undefined || walk.next !== page.meta.nextToken || isDone()
      })

    const from = (token: PageToken | undefined): Effect.Effect<void, SyncError> =>
      listing(means, token).pipe(
        Stream.mapEffect(take),
        Stream.takeUntil((ended) => ended),
        Stream.runDrain,
        Effect.catchIf(
          // Only where it began at a token that the archive had kept.
          (error): error is Listing.ListingStopped =>
            token !== undefined && error._tag === "ListingStopped" && isRefused(error),
          ({ resumeFrom }) => {
            // What the span covered is there; only the way on below it is lost, and leads through it once more.
            walk = { spans: walk.spans.filter(({ next }) => next !== resumeFrom), begun: false, next: undefined }
            seen = undefined
            return from(undefined)
          }
        )
      )

    yield* from(undefined)
    while (walk.next !== undefined && !isDone()) yield* from(walk.next)
  })

const isBelow = (seen: string | undefined, point: string | undefined): boolean =>
  seen !== undefined && point !== undefined && !Snowflake.isNewer(seen, point)
