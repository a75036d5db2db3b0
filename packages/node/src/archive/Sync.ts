/**
 * Reading from X what an archive does not have, in rounds.
 *
 * It follows by rounds too, and not on `dm.events.follow`: that one gives
 * events without their users, media and posts, and keeps its place elsewhere,
 * where it could differ from what the archive has.
 */
import { DirectMessages, Ids, Listing } from "@effect-xdm/core"
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as FileLock from "../FileLock.js"
import { ArchiveFailed } from "./ArchiveFailed.js"
import * as Database from "./Database.js"
import * as Files from "./Files.js"
import * as Spans from "./Spans.js"
import type { Synced, SyncError, SyncOptions, SyncProgress } from "./SyncModel.js"
import * as SyncRound from "./SyncRound.js"

/** The pauses after failures that may pass. */
const patient = Schedule.exponential("1 second").pipe(Schedule.union(Schedule.spaced("5 minutes")), Schedule.jittered)

const mayPass = (error: SyncError): error is Listing.ListingStopped =>
  error._tag === "ListingStopped" && Listing.mayPass(error.reason)

/** Whether the archive can be written, before anything is paid for: what it has of spans is written as it is. */
const touch = ({ sql }: Database.Database) =>
  Database.transaction(sql, Effect.flatMap(Spans.load(sql, ""), (spans) => Spans.save(sql, "", spans)))

/** Whose archive it is: X is asked once. */
const ownerOf = ({ file, sql }: Database.Database) =>
  Effect.gen(function*() {
    const typed = Database.typed(file)
    const known = yield* typed(Spans.owner(sql))
    if (Option.isSome(known)) return known.value
    const dm = yield* DirectMessages
    const { id } = yield* Effect.mapError(dm.getMe(), (reason) =>
      new Listing.ListingStopped({
        reason,
        given: 0,
        resumeFrom: undefined,
        rest: { source: { _tag: "All" }, options: {} }
      }))
    yield* typed(Spans.saveOwner(sql, id))
    return id
  })

/** A round, and the files of what the archive has then. */
const round = (means: SyncRound.Means) => {
  const { database, options, tally } = means
  if (options.media !== true) return SyncRound.round(means)
  const files = Effect.suspend(() => {
    const { files, missingFiles } = tally
    return Files.fetch(database, (fetched) => {
      tally.files = files + fetched.files
      tally.missingFiles = missingFiles + fetched.missing
      return SyncRound.report(means, "media")
    })
  })
  return Effect.zipLeft(SyncRound.round(means), files)
}

/** Rounds for ever, with pauses between them and after failures that may pass. */
const follow = (means: SyncRound.Means) =>
  round(means).pipe(
    Effect.tapError((error) => mayPass(error) ? SyncRound.report(means, "follow", error) : Effect.void),
    Effect.retry({ schedule: patient, while: mayPass }),
    Effect.zipRight(SyncRound.report(means, "follow")),
    Effect.zipRight(Effect.sleep(means.options.every ?? "1 minute")),
    Effect.forever
  )

const run = (database: Database.Database, options: SyncOptions): Effect.Effect<Synced, SyncError, DirectMessages> =>
  Effect.gen(function*() {
    yield* Database.typed(database.file)(touch(database))
    const tally: SyncRound.Tally = {
      requests: 0,
      read: 0,
      added: 0,
      enriched: 0,
      deleted: 0,
      files: 0,
      missingFiles: 0,
      spans: []
    }
    const means = { database, dm: yield* DirectMessages, options, owner: yield* ownerOf(database), tally }
    yield* options.follow === true ? follow(means) : round(means)
    const { spans: [current], ...done } = tally
    const eventId = (id: string | undefined) =>
      Option.map(Option.fromNullable(id), (id) => Ids.received.EventId.make(id))
    return { ...done, newest: eventId(current?.newest), oldest: eventId(current?.oldest) }
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
