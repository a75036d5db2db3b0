import type { DirectMessages } from "@effect-xdm/core"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Database } from "./Database.js"
import type { Synced, SyncError, SyncOptions, SyncProgress } from "./SyncModel.js"

export const sync = (
  _database: Database,
  _options: SyncOptions = {}
): Effect.Effect<Synced, SyncError, DirectMessages> => Effect.die("not built yet")

export const syncing = (
  _database: Database,
  _options: SyncOptions = {}
): Stream.Stream<SyncProgress, SyncError, DirectMessages> => Stream.die("not built yet")
