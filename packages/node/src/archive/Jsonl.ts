/** The lossless form of an archive: a JSON object a line. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArchiveFailed } from "./ArchiveFailed.js"
import type { Added, Filter } from "./ArchiveModel.js"
import type { Database } from "./Database.js"

export const lines = (_database: Database, _filter: Filter = {}): Stream.Stream<string, SqlError | ArchiveFailed> =>
  Stream.dieMessage("not built yet")

export const read = <E, R>(
  _database: Database,
  _lines: Stream.Stream<string | Uint8Array, E, R>
): Effect.Effect<Added, E | ArchiveFailed, R> => Effect.dieMessage("not built yet")
