/** The SQLite file of an archive, opened, and transactions in it. */
import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import type { Connection } from "@effect/sql/SqlConnection"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { type ArchiveFailed, fromUnknown } from "./ArchiveFailed.js"

/** Messages are private: the folder, the file, and those that SQLite keeps beside it are for their owner alone. */
const prepare = async (file: string, readOnly: boolean): Promise<void> => {
  if (!readOnly) await Fs.mkdir(Path.dirname(file), { recursive: true, mode: 0o700 })
  // An empty file is an empty database to SQLite.
  const handle = await Fs.open(file, readOnly ? "r" : "a", 0o600)
  try {
    if ((await handle.stat()).isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" })
  } finally {
    await handle.close()
  }
}

/**
 * Opens the file as long as the scope lasts.
 *
 * WAL lets others read while one writes, and survives a kill at any moment.
 */
export const open = (file: string, readOnly: boolean) =>
  Effect.gen(function*() {
    yield* Effect.tryPromise({ try: () => prepare(file, readOnly), catch: (error) => error })
    // What opening a file throws comes as a defect from this one.
    const sql = yield* SqliteClient.make({ filename: Path.resolve(file), readonly: readOnly, disableWAL: true }).pipe(
      Effect.provide(Reactivity.layer),
      Effect.catchAllDefect((error) => Effect.fail(error))
    )
    yield* sql`PRAGMA busy_timeout = 5000`
    if (readOnly) yield* sql`PRAGMA query_only = ON`
    else {
      yield* sql`PRAGMA journal_mode = WAL`
      yield* sql`PRAGMA synchronous = NORMAL`
      yield* sql`PRAGMA foreign_keys = ON`
      // 16 MB, so that pages that every transaction changes are not copied into the file again and again.
      yield* sql`PRAGMA wal_autocheckpoint = 4000`
    }
    return sql
  }).pipe(Effect.mapError(fromUnknown(file)))

/** Not unprepared, as the client itself does it: that throws where this fails. */
const control = (connection: Connection, statement: string) => connection.execute(statement, [], undefined)

/**
 * Does all of an effect's statements, or none. The lock is taken at the start
 * (`IMMEDIATE`): one that is taken at the first write fails at once when
 * another process has written meanwhile. The client's own transactions do
 * neither, and die when the disk is too full to end one.
 */
export const transaction = <A, E, R>(
  sql: SqlClient.SqlClient,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | SqlError, R> =>
  Effect.scoped(
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(sql.reserve), (connection) =>
        Effect.gen(function*() {
          yield* control(connection, "BEGIN IMMEDIATE")
          const exit = yield* Effect.exit(
            Effect.provideService(restore(effect), SqlClient.TransactionConnection, [connection, 0]).pipe(
              Effect.tap(() => control(connection, "COMMIT"))
            )
          )
          // SQLite has taken back some failures by itself, and then there is nothing to take back.
          if (Exit.isFailure(exit)) yield* Effect.ignore(control(connection, "ROLLBACK"))
          return yield* exit
        }))
    )
  )

/** An archive's file, and its database. */
export interface Database {
  readonly file: string
  readonly sql: SqlClient.SqlClient
}

/** Effects on the database fail as the archive does; what a statement throws is such a failure too. */
export const typed =
  (file: string) =>
  <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>): Effect.Effect<A, Exclude<E, SqlError> | ArchiveFailed, R> =>
    Effect.mapError(effect, (error) =>
      isSqlError(error)
        ? fromUnknown(file)(error)
        : error as Exclude<E, SqlError>) // the guard has taken the other part of the union

const isSqlError = (error: unknown): error is SqlError =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "SqlError"
