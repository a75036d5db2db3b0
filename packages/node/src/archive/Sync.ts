/**
 * Reading from X what an archive does not have, so that it can be stopped at
 * any moment: a page, what it covers and the token that goes on below are
 * written in one transaction.
 *
 * It follows by looking again and again, and not on `dm.events.follow`: that
 * one gives events without their users, media and posts, and keeps its place
 * elsewhere, where it could differ from what the archive has.
 */
import { DirectMessages, type EventsPage, Ids, Listing, type PageToken, Snowflake } from "@effect-xdm/core"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as FileLock from "../FileLock.js"
import { ArchiveFailed } from "./ArchiveFailed.js"
import * as Database from "./Database.js"
import { pointOf } from "./Read.js"
import * as Spans from "./Spans.js"
import type { Synced, SyncError, SyncOptions, SyncProgress } from "./SyncModel.js"
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

/** The pauses after failures that may pass. */
const patient = Schedule.exponential("1 second").pipe(Schedule.union(Schedule.spaced("5 minutes")), Schedule.jittered)

/** The bounds of one round, as ids. */
interface Bounds {
  readonly horizon: string
  readonly floor: string
  readonly recheck: string | undefined
}

const boundsOf = ({ recheck, until }: SyncOptions, now: number): Bounds => {
  const horizon = Snowflake.fromMillis(now - horizonMillis)
  const asked = until === undefined ? horizon : pointOf(until, now)
  return {
    horizon,
    floor: Snowflake.isNewer(asked, horizon) ? asked : horizon,
    recheck: recheck === undefined ? undefined : pointOf(recheck, now)
  }
}

/** What a round that begins at a token of the archive does when X does not take it. */
const isRefused = ({ reason }: Listing.ListingStopped): boolean =>
  reason._tag === "BadRequest" || reason._tag === "NotFound" || reason._tag === "RepeatedToken"

const run = (database: Database.Database, options: SyncOptions) =>
  Effect.gen(function*() {
    const { sql } = database
    const dm = yield* DirectMessages
    const typed = Database.typed(database.file)
    const scope = Spans.scopeOf(options.conversation)
    const listing = (
      resumeFrom: PageToken | undefined
    ): Stream.Stream<EventsPage.EventsPage, Listing.ListingStopped> => {
      const how = { ...options.hydrate === false ? undefined : hydrating, resumeFrom }
      return options.conversation === undefined
        ? dm.events.pages.all(how)
        : dm.events.pages.conversation(options.conversation, how)
    }
    let done = { requests: 0, read: 0, added: 0, enriched: 0, deleted: 0 }
    let reached: string | undefined
    let spans: ReadonlyArray<Spans.Open> = []

    const report = (phase: SyncProgress["phase"], { floor }: Bounds, failure?: Listing.ListingStopped) =>
      options.onProgress?.({
        phase,
        requests: done.requests,
        read: done.read,
        added: done.added,
        deleted: done.deleted,
        reached: Option.flatMap(Option.fromNullable(reached), Snowflake.toDateTime),
        until: Option.getOrElse(Snowflake.toDateTime(floor), () => DateTime.unsafeMake(0)),
        failure: Option.fromNullable(failure)
      }) ?? Effect.void

    /** From the newest event down to what is known, and on below that. */
    const round = (owner: Option.Option<string>) =>
      Effect.gen(function*() {
        const bounds = boundsOf(options, yield* Clock.currentTimeMillis)
        spans = yield* typed(Spans.load(sql, scope))
        const known = spans[0]?.newest
        let walk: Spans.Walk = { spans, begun: false, next: undefined }
        /** Down to where all events were seen in this round. */
        let seen: string | undefined
        let checking = bounds.recheck !== undefined

        const take = (page: EventsPage.EventsPage) =>
          Effect.gen(function*() {
            const taken = yield* typed(SyncPage.write(database, page, {
              scope,
              walk,
              seen,
              checking,
              horizon: bounds.horizon,
              owner
            }))
            const { added, deleted, enriched, oldest } = taken
            done = {
              requests: done.requests + 1,
              read: done.read + page.events.length,
              added: done.added + added,
              enriched: done.enriched + enriched,
              deleted: done.deleted + deleted
            }
            walk = taken.walk
            seen = oldest ?? seen
            spans = walk.spans
            reached = spans[0]?.oldest
            const isNew = known !== undefined &&
              Option.exists(Option.fromNullable(seen), (id) => Snowflake.isNewer(id, known))
            yield* report(checking ? "recheck" : isNew ? "new" : "older", bounds)
            if (bounds.recheck !== undefined && seen !== undefined && !Snowflake.isNewer(seen, bounds.recheck)) {
              checking = false
              walk = { ...walk, next: walk.spans[0]?.next }
            }
            // The listing in hand goes on at its own token, and another one has to begin at any other.
            return walk.next === undefined || walk.next !== page.meta.nextToken || isDone()
          })

        const isDone = (): boolean => {
          const [current] = walk.spans
          return !checking && walk.begun && current !== undefined && !Snowflake.isNewer(current.oldest, bounds.floor)
        }

        const from = (token: PageToken | undefined): Effect.Effect<void, SyncError> =>
          listing(token).pipe(
            Stream.mapEffect(take),
            Stream.takeUntil((ended) => ended),
            Stream.runDrain,
            Effect.catchIf(
              // Only where it began at a token that the archive had kept.
              (error) => token !== undefined && error._tag === "ListingStopped" && isRefused(error),
              (error) => {
                const lost = error._tag === "ListingStopped" ? error.resumeFrom : undefined
                // What the span covered is there; only the way on below it is lost, and leads through it once more.
                walk = { spans: walk.spans.filter(({ next }) => next !== lost), begun: false, next: undefined }
                seen = undefined
                return from(undefined)
              }
            )
          )

        yield* from(undefined)
        while (walk.next !== undefined && !isDone()) yield* from(walk.next)
        return bounds
      })

    // Before anything is paid for: whether the archive can be written.
    yield* typed(Database.transaction(
      sql,
      Effect.flatMap(Spans.load(sql, scope), (known) => Spans.save(sql, scope, known))
    ))
    const owner = yield* typed(Spans.owner(sql)).pipe(
      Effect.flatMap(Option.match({
        onSome: (id) => Effect.succeed(id),
        onNone: () =>
          dm.getMe().pipe(
            Effect.mapError((reason) =>
              new Listing.ListingStopped({
                reason,
                given: 0,
                resumeFrom: undefined,
                rest: { source: { _tag: "All" }, options: {} }
              })
            ),
            Effect.tap(({ id }) => typed(Spans.saveOwner(sql, id))),
            Effect.map(({ id }) => id)
          )
      })),
      Effect.asSome
    )

    if (options.follow === true) {
      const looked = Effect.retry(
        round(owner).pipe(
          Effect.tapErrorTag("ListingStopped", (failure) =>
            Effect.flatMap(
              Clock.currentTimeMillis,
              (now) => Listing.mayPass(failure.reason) ? report("follow", boundsOf(options, now), failure) : Effect.void
            ))
        ),
        { schedule: patient, while: (error) => error._tag === "ListingStopped" && Listing.mayPass(error.reason) }
      )
      yield* looked.pipe(
        Effect.tap((bounds) => report("follow", bounds)),
        Effect.zipRight(Effect.sleep(options.every ?? "1 minute")),
        Effect.forever
      )
    } else yield* round(owner)

    const eventId = (id: string | undefined) =>
      Option.map(Option.fromNullable(id), (id) => Ids.received.EventId.make(id))
    return { ...done, newest: eventId(spans[0]?.newest), oldest: eventId(spans[0]?.oldest) }
  })

/** One sync of an archive at a time, whatever the process: two would read everything twice. */
const alone = (file: string) => <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  FileLock.withLock(`${file}.sync.lock`, 0)(effect).pipe(
    Effect.catchIf(
      (error) => error instanceof FileLock.NotLocked,
      ({ holder, problem }) =>
        new ArchiveFailed(
          holder === undefined
            ? { reason: "Unexpected", file, problem: `cannot be synced: its lock ${problem}` }
            : { reason: "Syncing", file, problem: `is being synced by ${holder}` }
        )
    )
  )

/** Reads what the archive does not have. */
export const sync = (
  database: Database.Database,
  options: SyncOptions = {}
): Effect.Effect<Synced, SyncError, DirectMessages> => alone(database.file)(run(database, options))

/** As `sync`, as a stream: the next page is asked for when its consumer comes back, and not before. */
export const syncing = (
  database: Database.Database,
  options: SyncOptions = {}
): Stream.Stream<SyncProgress, SyncError, DirectMessages> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const wanted = yield* Queue.unbounded<void>()
    const progress = yield* Mailbox.make<SyncProgress, SyncError>()
    const told = (each: SyncProgress) =>
      Effect.zipRight(options.onProgress?.(each) ?? Effect.void, progress.offer(each)).pipe(
        Effect.zipRight(Queue.take(wanted))
      )
    const syncs = sync(database, { ...options, onProgress: told })
    yield* Effect.forkScoped(Mailbox.into(Effect.zipRight(Queue.take(wanted), syncs), progress))
    const pull = yield* Stream.toPull(Mailbox.toStream(progress))
    return Stream.repeatEffectChunkOption(Effect.zipRight(Queue.offer(wanted, undefined), pull))
  }))
