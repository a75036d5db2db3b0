/** The archive over its database. What needs `@effect/sql` is loaded by this module, and this one only by the layer. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ArchiveOptions, ArchiveService } from "./Archive.js"
import { ArchiveFailed, fromUnknown } from "./ArchiveFailed.js"
import type { Addable, Added } from "./ArchiveModel.js"
import * as Batch from "./Batch.js"
import * as Csv from "./Csv.js"
import * as Database from "./Database.js"
import * as Html from "./Html.js"
import * as Jsonl from "./Jsonl.js"
import * as Markdown from "./Markdown.js"
import * as Migrations from "./Migrations.js"
import * as People from "./People.js"
import * as Read from "./Read.js"
import * as Search from "./Search.js"
import * as Sync from "./Sync.js"
import * as Write from "./Write.js"

/** About how many events one transaction writes: enough to cost little, and not so many that others wait. */
const batchSize = 1_000

const nothing: Added = { read: 0, added: 0, enriched: 0 }

/** Writes a chunk of whatever events come in, in as few transactions as its size allows. */
const writeAll = (database: Database.Database, items: Iterable<Addable>) =>
  Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    let done = nothing
    let batch = Batch.empty()
    let read = 0
    const flush = Effect.suspend(() =>
      Effect.map(Database.transaction(database.sql, Write.write(database, batch)), (written) => {
        done = Write.plus(done, { read, ...written })
        batch = Batch.empty()
        read = 0
      })
    )
    for (const item of items) {
      read += Batch.add(batch, item, now)
      if (batch.events.size >= batchSize) yield* flush
    }
    if (read > 0) yield* flush
    return done
  })

const markDeleted = ({ sql }: Database.Database, ids: Iterable<string>) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => Database.transaction(sql, Write.markDeleted(sql, ids, now)))

/** Opens an archive, for `Archive.layer`. */
export const make = (
  { file, readOnly = false }: ArchiveOptions
): Effect.Effect<ArchiveService, ArchiveFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const typed = Database.typed(file)
    const sql = yield* Database.open(file, readOnly)
    const database: Database.Database = { file, sql }
    if (readOnly) {
      if ((yield* typed(Migrations.versionOf(sql, file))) < Migrations.version) {
        const problem = "is of an older version, and was opened to be read only. Open it once for writing"
        return yield* new ArchiveFailed({ reason: "ReadOnly", file, problem })
      }
    } else yield* typed(Migrations.migrate(sql, file))
    const stream = <A>(events: Stream.Stream<A, SqlError | ArchiveFailed>) => Stream.mapError(events, fromUnknown(file))

    return {
      file,
      add: <E, R>(events: Stream.Stream<Addable, E, R>) =>
        // What the stream fails with is the caller's, and goes through as it is.
        Stream.runFoldEffect(
          Stream.chunks(events),
          nothing,
          (done, chunk) => Effect.map(typed(writeAll(database, chunk)), (added) => Write.plus(done, added))
        ),
      sync: (options) => Sync.sync(database, options),
      syncing: (options) => Sync.syncing(database, options),
      events: (query) => stream(Read.events(database, query)),
      conversations: stream(People.conversations(database)),
      event: (id) => typed(Read.event(database, id)),
      user: (id) => typed(People.user(database, id)),
      userByName: (username) => typed(People.userByName(database, username)),
      participants: (conversation) => typed(People.participants(database, conversation)),
      search: (words, options) => stream(Search.search(database, words, options)),
      markDeleted: (ids) => typed(markDeleted(database, ids)),
      stats: typed(People.stats(database)),
      exportJsonl: (filter) => stream(Jsonl.lines(database, filter)),
      exportCsv: (filter) => stream(Csv.rows(database, filter)),
      exportMarkdown: (options) => stream(Markdown.text(database, options)),
      exportHtml: (options) => stream(Html.page(database, options)),
      importJsonl: (lines) => Jsonl.read(database, lines)
    }
  })
