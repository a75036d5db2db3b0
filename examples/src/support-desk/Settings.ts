/** What the desk is told from outside. */
import { Places } from "@effect-xdm/node"
import { PlatformConfigProvider } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { Config, Effect, Layer } from "effect"

/**
 * All that differs between one company and another, and between X and the
 * emulator: from the environment, or from a file `.env`.
 */
export class Settings extends Effect.Service<Settings>()("desk/Settings", {
  effect: Config.all({
    /** The names of the accounts, by which they have logged in: `xdm login --account lumen_help`. */
    accounts: Config.array(Config.nonEmptyString(), "DESK_ACCOUNTS"),
    /** Where the archives, the letters and the checkpoints are: all that a restart goes on from. */
    folder: Config.withDefault(Config.nonEmptyString("DESK_FOLDER"), "desk"),
    clientId: Config.nonEmptyString("X_CLIENT_ID"),
    /** The app's own, by which X tells of messages the moment they arrive. */
    bearerToken: Config.redacted("X_BEARER_TOKEN"),
    tokenFile: Config.withDefault(Config.nonEmptyString("X_TOKEN_FILE"), Places.here().tokens),
    /** Where X is. */
    baseUrl: Config.withDefault(Config.nonEmptyString("X_API_URL"), "https://api.x.com")
  })
}) {
  static readonly Live = Settings.Default.pipe(
    Layer.provide(PlatformConfigProvider.layerDotEnvAdd(".env")),
    Layer.provide(NodeFileSystem.layer)
  )
}
