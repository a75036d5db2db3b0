/**
 * How an archive fails.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import { codeOf, messageOf } from "../FileErrors.js"

/**
 * Why an archive could not be used:
 *
 * - `NotInstalled`: the database packages, which are optional, are not there.
 * - `NotFound`: there is no archive at the path, and it was to be read only.
 * - `NotAnArchive`: the file is something else, or damaged.
 * - `Newer`: a later version of this library has written it.
 * - `ReadOnly`: the file, its folder or its disk cannot be written, or it was opened to be read only.
 * - `NoAccess`: the file cannot be opened at all.
 * - `Full`: the disk is full, or a quota is used up.
 * - `Busy`: another process kept it locked for longer than 5 seconds.
 * - `Syncing`: another sync of it is running.
 * - `OtherAccount`: it is that of another account than the one that syncs.
 * - `Unreadable`: what was to be imported is no archive line, or an event has an id that is no snowflake.
 * - `InvalidInput`: an option makes no sense; `problem` names it.
 * - `Unexpected`: anything else; `problem` says what.
 *
 * @since 0.1.0
 */
export type Reason =
  | "NotInstalled"
  | "NotFound"
  | "NotAnArchive"
  | "Newer"
  | "ReadOnly"
  | "NoAccess"
  | "Full"
  | "Busy"
  | "Syncing"
  | "OtherAccount"
  | "Unreadable"
  | "InvalidInput"
  | "Unexpected"

/**
 * The archive in `file` could not be used, for a `reason`. What was in it is
 * still in it: each write is done whole or not at all. `problem` says what
 * happened, `message` that and what to do.
 *
 * @since 0.1.0
 */
export class ArchiveFailed extends Data.TaggedError("ArchiveFailed")<{
  readonly reason: Reason
  readonly file: string
  readonly problem: string
}> {
  override get message(): string {
    const advice = advices[this.reason]
    return `${this.file} ${this.problem}.${advice === "" ? "" : ` ${advice}`}`
  }
}

const advices: { readonly [R in Reason]: string } = {
  NotInstalled:
    "Run: npm install @effect/sql@0.52 @effect/sql-sqlite-node@0.53 @effect/experimental@0.61 better-sqlite3@12",
  NotFound: "Check the path, or make one with a sync.",
  NotAnArchive: "Nothing was written to it. Name another file, or bring back a copy of this one.",
  Newer: "Nothing was written to it. Install that version of @effect-xdm/node, or a later one.",
  ReadOnly: "Nothing was lost. Allow writing to the file and to its folder, or copy it to where that is allowed.",
  NoAccess:
    "Check its path, and the rights to the file and to its folder; SQLite keeps two files more beside an archive.",
  Full: "Nothing was lost, and the last write was taken back. Make room, and run the same again.",
  Busy: "Nothing was lost. Run the same again once the other process is done.",
  Syncing: "Wait for it, or stop it: the next one goes on where it left off.",
  OtherAccount: "Nothing was written to it. Give each account an archive of its own.",
  Unreadable: "What came before it is kept, and to import it again does no harm.",
  InvalidInput: "",
  Unexpected: "Nothing was lost: each write is done whole or not at all."
}

/** SQLite's names for what went wrong, from their beginnings. */
const reasons: ReadonlyArray<readonly [code: string, reason: Reason, problem: string]> = [
  ["SQLITE_NOTADB", "NotAnArchive", "is no SQLite database"],
  ["SQLITE_CORRUPT", "NotAnArchive", "is damaged"],
  ["SQLITE_FULL", "Full", "could not be written: the disk is full"],
  ["SQLITE_IOERR", "Full", "could not be written or read: the disk is full, or fails"],
  ["SQLITE_READONLY", "ReadOnly", "cannot be written"],
  ["SQLITE_CANTOPEN", "NoAccess", "cannot be opened"],
  ["SQLITE_PERM", "NoAccess", "cannot be opened"],
  ["SQLITE_AUTH", "NoAccess", "cannot be opened"],
  ["SQLITE_BUSY", "Busy", "is locked by another process"],
  ["SQLITE_LOCKED", "Busy", "is locked by another process"],
  ["EACCES", "NoAccess", "cannot be opened"],
  ["EPERM", "NoAccess", "cannot be opened"],
  ["EROFS", "ReadOnly", "cannot be written: its disk is read-only"],
  ["ENOSPC", "Full", "could not be written: the disk is full"],
  ["EDQUOT", "Full", "could not be written: the quota is used up"],
  ["EISDIR", "NotAnArchive", "is a folder"],
  ["EEXIST", "NoAccess", "cannot be opened: a part of its path is no folder"],
  ["ENOTDIR", "NoAccess", "cannot be opened: a part of its path is no folder"],
  ["ENOENT", "NotFound", "is not there"],
  ["ERR_MODULE_NOT_FOUND", "NotInstalled", "needs packages that are not installed"],
  ["MODULE_NOT_FOUND", "NotInstalled", "needs packages that are not installed"]
]

/** libsql gives SQLite's number where better-sqlite3 gives its name. */
const byNumber: { readonly [code: string]: string } = {
  3: "SQLITE_PERM",
  5: "SQLITE_BUSY",
  8: "SQLITE_READONLY",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  14: "SQLITE_CANTOPEN",
  26: "SQLITE_NOTADB"
}

/** libsql forgets the code of some errors, and their text is SQLite's own. */
const byText: ReadonlyArray<readonly [text: RegExp, code: string]> = [
  [/readonly database/, "SQLITE_READONLY"],
  [/database (table )?is locked/, "SQLITE_BUSY"],
  [/disk is full/, "SQLITE_FULL"],
  [/disk I\/O error/, "SQLITE_IOERR"],
  [/image is malformed/, "SQLITE_CORRUPT"],
  [/not a database/, "SQLITE_NOTADB"],
  [/unable to open/, "SQLITE_CANTOPEN"]
]

/** The error at the bottom, which is the one that knows: `SqlError` and the like only wrap it. */
const origin = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "cause" in error && error.cause !== undefined
    ? origin(error.cause)
    : error

const reasonOf = (code: string | undefined) => reasons.find(([each]) => code?.startsWith(each) === true)

/**
 * What an error of SQLite, of Node's file system or of its module loader means
 * for the archive. Neither messages nor names of people get into it.
 */
export const fromUnknown = (file: string) => (error: unknown): ArchiveFailed => {
  if (error instanceof ArchiveFailed) return error
  const cause = origin(error)
  const text = messageOf(cause)
  const number = /^ConnectionFailed\(.*: (\d+)"\)$/.exec(text)?.[1]
  const code = number === undefined ? codeOf(cause) : byNumber[number]
  const known = reasonOf(code) ?? reasonOf(byText.find(([pattern]) => pattern.test(text))?.[1])
  // better-sqlite3 was installed, and what it was to be compiled to was not.
  if (known === undefined && /bindings file|invalid ELF|NODE_MODULE_VERSION/.test(text)) {
    return new ArchiveFailed({
      reason: "NotInstalled",
      file,
      problem: "needs a database that is not built for this Node"
    })
  }
  return known === undefined
    ? new ArchiveFailed({ reason: "Unexpected", file, problem: `cannot be used: ${text}` })
    : new ArchiveFailed({ reason: known[1], file, problem: known[2] })
}
