/** The files of the media, kept in a folder `media` beside the archive: one file each, by the key of the medium. */
import { DirectMessages, type Download, type Errors, Listing, MediaType, Snowflake } from "@effect-xdm/core"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import * as MediaFile from "../MediaFile.js"
import { ArchiveFailed, fromUnknown } from "./ArchiveFailed.js"
import type { ArchivedEvent } from "./ArchiveModel.js"
import * as Database from "./Database.js"
import * as Read from "./Read.js"

/** What was fetched, and how much of it X would not give. */
export interface Fetched {
  readonly files: number
  readonly missing: number
}

/** X gives the media of events for as long as the events. */
const horizonMillis = Duration.toMillis("30 days")

export const folderOf = (file: string): string => Path.join(Path.dirname(file), "media")

/** A name that is the same for the same medium, and can be that of a file on any system. */
const nameOf = (key: string, type: string): string => {
  const stem = /^[0-9]{1,10}_[0-9]{1,19}$/.test(key) ? key : createHash("sha256").update(key).digest("hex").slice(0, 32)
  return `${stem}.${MediaType.endingOf(type) ?? "bin"}`
}

/** The events of the last 30 days with media whose files are not there, newest first. */
const lacking = (database: Database.Database, now: number) => {
  const { sql } = database
  const oldest = Snowflake.fromMillis(now - horizonMillis)
  return Read.paged<Read.EventRow, ArchivedEvent>(
    Infinity,
    (count, after) =>
      sql`SELECT CAST(id AS TEXT) AS id, json, deleted_at FROM events
        WHERE id >= CAST(${oldest} AS INTEGER) AND id < CAST(${after?.id ?? "9223372036854775807"} AS INTEGER)
          AND instr(json, '"media_keys"') > 0 AND deleted_at IS NULL
          AND EXISTS (SELECT 1 FROM json_each(events.json, '$.attachments.media_keys') AS keys
            WHERE keys.value NOT IN (SELECT media FROM files))
        ORDER BY id DESC LIMIT ${count}`,
    (rows) => Read.hydrated(database, rows)
  )
}

/** What belongs to one medium, and does not keep the others from being fetched. */
const isOfItself = (error: Download.DownloadError): boolean =>
  error._tag === "MediaNotLocated" || error._tag === "NotFound" || error._tag === "BadRequest" ||
  (error._tag === "Forbidden" && error.reason === "NotAuthorizedForResource")

const asFailed = ({ path, problem, reason }: MediaFile.MediaFileFailed): ArchiveFailed =>
  new ArchiveFailed({ file: path, problem, reason: reason === "Full" ? "Full" : "NoAccess" })

/** A call that failed for all media is told as that of a listing would be. */
const asStopped = (given: number) => (reason: Errors.ReadError): Listing.ListingStopped =>
  new Listing.ListingStopped({ reason, given, resumeFrom: undefined, rest: { source: { _tag: "All" }, options: {} } })

/** Fetches the files that are not there; each is written whole, and then noted. */
export const fetch = (
  database: Database.Database,
  onFile: (fetched: Fetched) => Effect.Effect<void, ArchiveFailed>
): Effect.Effect<Fetched, ArchiveFailed | Listing.ListingStopped, DirectMessages> =>
  Effect.gen(function*() {
    const { file, sql } = database
    const { media } = yield* DirectMessages
    const folder = folderOf(file)
    const typed = Database.typed(file)
    let fetched: Fetched = { files: 0, missing: 0 }
    const known = new Set((yield* typed(sql<{ media: string }>`SELECT media FROM files`)).map(({ media }) => media))

    const save = (archived: ArchivedEvent, key: string, index: number) =>
      Effect.scoped(Effect.gen(function*() {
        const download = yield* media.open(archived, index)
        yield* Effect.tryPromise({
          try: () => Fs.mkdir(folder, { recursive: true, mode: 0o700 }),
          catch: fromUnknown(folder)
        })
        const name = nameOf(key, download.type)
        const bytes = yield* MediaFile.write(download.stream, Path.join(folder, name), { overwrite: true })
        yield* typed(
          sql`INSERT OR REPLACE INTO files (media, name, type, bytes) VALUES (${key}, ${name}, ${download.type}, ${bytes})`
        )
      })).pipe(
        Effect.as(true),
        Effect.catchAll((error): Effect.Effect<boolean, ArchiveFailed | Listing.ListingStopped> =>
          error._tag === "ArchiveFailed"
            ? Effect.fail(error)
            : error._tag === "MediaFileFailed"
            ? Effect.fail(asFailed(error))
            : isOfItself(error) || error._tag === "MediaNotLocated"
            ? Effect.succeed(false)
            : Effect.fail(asStopped(fetched.files)(error))
        )
      )

    const take = (archived: ArchivedEvent) =>
      Effect.forEach(Read.mentioned(archived.event).media, (key, index) => {
        if (known.has(key)) return Effect.void
        known.add(key)
        return Effect.flatMap(save(archived, key, index), (saved) => {
          fetched = saved
            ? { ...fetched, files: fetched.files + 1 }
            : { ...fetched, missing: fetched.missing + 1 }
          return onFile(fetched)
        })
      }, { discard: true })

    const now = yield* Clock.currentTimeMillis
    yield* Stream.runForEach(Stream.mapError(lacking(database, now), fromUnknown(file)), take)
    return fetched
  })

/** The largest picture that a page shows, in bytes. */
const largestShown = MediaType.largest.dm_gif

/** The pictures of an event that are kept, by the keys of the media, as `data:` addresses. */
export const pictures = ({ file, sql }: Database.Database, archived: ArchivedEvent) =>
  Effect.gen(function*() {
    const shown = new Map<string, string>()
    for (const { mediaKey } of archived.media) {
      const [kept] = yield* sql<{ name: string; type: string; bytes: number }>`SELECT name, type, bytes FROM files
        WHERE media = ${mediaKey}`
      if (kept === undefined || !kept.type.startsWith("image/") || kept.bytes > largestShown) continue
      const path = Path.join(folderOf(file), Path.basename(kept.name))
      // One that was taken away is told in words, as those that were never fetched.
      const bytes = yield* Effect.option(Effect.tryPromise(() => Fs.readFile(path)))
      if (Option.isSome(bytes)) shown.set(mediaKey, `data:${kept.type};base64,${bytes.value.toString("base64")}`)
    }
    return shown
  })
