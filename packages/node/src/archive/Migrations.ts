/**
 * The tables of an archive, and how an older archive gets them.
 *
 * Ids of events are 64-bit integers here and strings everywhere else: they are
 * snowflakes, so the order of the numbers is the order of time, the primary key
 * is the order in which events are read, and FTS5 wants an integer for its row.
 * They never pass through a number of JavaScript, which would round them: they
 * come in as text within JSON, and go out by `CAST (id AS TEXT)`.
 *
 * `user_version` counts the migrations that a file has; all that are missing
 * are done in one transaction.
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import { ArchiveFailed } from "./ArchiveFailed.js"
import * as Database from "./Database.js"

/** `Xdm ` in ASCII: `file` and SQLite's tools show it, and other programs' databases have another. */
const applicationId = 0x58646d20

const first = [
  `CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    conversation TEXT,
    sender TEXT,
    type TEXT,
    text TEXT,
    json TEXT NOT NULL,
    deleted_at INTEGER
  )`,
  "CREATE INDEX events_of_conversation ON events (conversation, id)",
  "CREATE INDEX events_of_sender ON events (sender, id)",
  `CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    events INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    oldest INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    last_message INTEGER
  ) WITHOUT ROWID`,
  "CREATE INDEX conversations_by_newest ON conversations (newest)",
  `CREATE TABLE participants (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    user TEXT NOT NULL,
    present INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (conversation, user)
  ) WITHOUT ROWID`,
  `CREATE TABLE users (
    id TEXT PRIMARY KEY,
    username TEXT COLLATE NOCASE,
    json TEXT NOT NULL,
    seen_at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  "CREATE INDEX users_by_username ON users (username)",
  "CREATE TABLE media (id TEXT PRIMARY KEY, json TEXT NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE posts (id TEXT PRIMARY KEY, json TEXT NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID",
  `CREATE TABLE spans (
    scope TEXT NOT NULL,
    newest INTEGER NOT NULL,
    oldest INTEGER NOT NULL,
    next_token TEXT,
    PRIMARY KEY (scope, newest)
  ) WITHOUT ROWID`,
  "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
  // The words of the messages; the texts themselves stay in `events`.
  `CREATE VIRTUAL TABLE words USING fts5 (
    text, content = 'events', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
  )`,
  `CREATE TRIGGER words_of_new AFTER INSERT ON events WHEN new.text IS NOT NULL BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id, new.text);
  END`,
  `CREATE TRIGGER words_of_changed AFTER UPDATE OF text ON events WHEN old.text IS NOT new.text BEGIN
    INSERT INTO words (words, rowid, text) SELECT 'delete', old.id, old.text WHERE old.text IS NOT NULL;
    INSERT INTO words (rowid, text) SELECT new.id, new.text WHERE new.text IS NOT NULL;
  END`,
  `CREATE TRIGGER words_of_removed AFTER DELETE ON events WHEN old.text IS NOT NULL BEGIN
    INSERT INTO words (words, rowid, text) VALUES ('delete', old.id, old.text);
  END`
]

/** The files of media that are kept in a folder beside the archive. */
const second = [
  `CREATE TABLE files (
    media TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    bytes INTEGER NOT NULL
  ) WITHOUT ROWID`
]

/** Each makes of an archive of the version before it one of its own. A migration that was released is never changed. */
const migrations: ReadonlyArray<ReadonlyArray<string>> = [first, second]

/** The version of the archives that this library writes. */
export const version = migrations.length

const pragma = (sql: SqlClient.SqlClient, name: string) =>
  Effect.map(sql.unsafe<Record<string, number>>(`PRAGMA ${name}`), ([row]) => row?.[name] ?? 0)

/** The version of an open archive; 0 for a file in which there is nothing yet. */
export const versionOf = (sql: SqlClient.SqlClient, file: string) =>
  Effect.gen(function*() {
    const found = yield* pragma(sql, "user_version")
    const id = yield* pragma(sql, "application_id")
    const tables = yield* sql<{ count: number }>`SELECT count(*) AS count FROM sqlite_master`
    if (id !== applicationId && (found !== 0 || tables[0]?.count !== 0)) {
      const problem = "is the database of another program"
      return yield* new ArchiveFailed({ reason: "NotAnArchive", file, problem })
    }
    if (found > version) {
      const problem = `is of version ${found}, and this library knows versions up to ${version}`
      return yield* new ArchiveFailed({ reason: "Newer", file, problem })
    }
    return found
  })

/** Does those of some migrations that a file does not have, whole or not at all; a second process waits, and finds it done. */
export const migrateBy = (sql: SqlClient.SqlClient, file: string, all: typeof migrations) =>
  Effect.gen(function*() {
    if ((yield* versionOf(sql, file)) === all.length) return
    yield* Database.transaction(
      sql,
      Effect.gen(function*() {
        const found = yield* versionOf(sql, file)
        for (const statement of all.slice(found).flat()) yield* sql.unsafe(statement)
        yield* sql.unsafe(`PRAGMA application_id = ${applicationId}`)
        yield* sql.unsafe(`PRAGMA user_version = ${all.length}`)
      })
    )
  })

/** Brings an archive up to this version. */
export const migrate = (sql: SqlClient.SqlClient, file: string) => migrateBy(sql, file, migrations)
