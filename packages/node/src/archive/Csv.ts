import type { SqlError } from "@effect/sql/SqlError"
import * as Stream from "effect/Stream"
import type { ArchiveFailed } from "./ArchiveFailed.js"
import type { Filter } from "./ArchiveModel.js"
import type { Database } from "./Database.js"

export const rows = (_database: Database, _options: Filter = {}): Stream.Stream<string, SqlError | ArchiveFailed> =>
  Stream.dieMessage("not built yet")
