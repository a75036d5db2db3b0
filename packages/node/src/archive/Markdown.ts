import type { SqlError } from "@effect/sql/SqlError"
import * as Stream from "effect/Stream"
import type { ArchiveFailed } from "./ArchiveFailed.js"
import type { Database } from "./Database.js"
import type { ExportOptions } from "./ExportModel.js"

export const text = (
  _database: Database,
  _options: ExportOptions = {}
): Stream.Stream<string, SqlError | ArchiveFailed> => Stream.dieMessage("not built yet")
