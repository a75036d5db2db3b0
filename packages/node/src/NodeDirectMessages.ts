/**
 * X's Direct Messages on Node, from the environment to the layer.
 *
 * @since 0.1.0
 */
import { DirectMessages, type Provided } from "@effect-xdm/core"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as PlatformConfigProvider from "@effect/platform/PlatformConfigProvider"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { environment } from "./Environment.js"
import * as Settings from "./Settings.js"

export type { AccessTokenSettings, ConnectionOptions, OAuth1Settings, OAuth2Settings, Settings } from "./Settings.js"

/**
 * How to read the environment, and how to reach X.
 *
 * @since 0.1.0
 */
export interface Options extends Settings.ConnectionOptions {
  /** A file of variables that the environment does not have. It need not exist. Default `".env"`. */
  readonly envFile?: string | undefined
}

const fromSettings = (settings: Settings.Settings): Layer.Layer<Provided, ConfigError> =>
  DirectMessages.layerCredentials({ maxConnections: settings.connections, ...settings }).pipe(
    Layer.provide(Settings.layer(settings))
  )

/**
 * Everything that {@link DirectMessages} has, by what the environment says, and
 * a file `.env` beside it:
 *
 * | Variable | |
 * |---|---|
 * | `X_ACCESS_TOKEN` | a user's access token of OAuth 2.0 |
 * | `X_CLIENT_ID`, and `X_CLIENT_SECRET` if the app has one | an app, whose user has logged in by `xdm login` or `Login` |
 * | `X_TOKEN_FILE`, `X_ACCOUNT` | where the log-in is kept, and under which name, if not by default |
 * | `X_CONSUMER_KEY`, `X_CONSUMER_SECRET`, `X_ACCESS_TOKEN`, `X_ACCESS_TOKEN_SECRET` | the four of OAuth 1.0a |
 * | `X_API_URL` | where the API is, such as an emulator's; default `https://api.x.com` |
 * | `X_DIALECT` | `post` (default) or `tweet` |
 *
 * A token that is set goes before a log-in. What is passed as an option goes
 * before the environment.
 *
 * Fails with a `ConfigError` that names what is missing and where to get it,
 * and shows no secret.
 *
 * @example
 * ```ts
 * import { DirectMessages } from "@effect-xdm/core"
 * import { NodeDirectMessages } from "@effect-xdm/node"
 * import { NodeRuntime } from "@effect/platform-node"
 * import { Console, Effect, Stream } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const dm = yield* DirectMessages
 *   yield* Stream.runForEach(dm.events.all({ limit: 10 }), Console.log)
 * })
 *
 * NodeRuntime.runMain(Effect.provide(program, NodeDirectMessages.layer()))
 * ```
 *
 * @since 0.1.0
 */
export const layer = (
  { envFile = ".env", ...options }: Options = {}
): Layer.Layer<Provided, ConfigError> =>
  Layer.unwrapEffect(Effect.map(environment, (found) => fromSettings(Settings.of(found, undefined, options)))).pipe(
    Layer.provide(PlatformConfigProvider.layerDotEnvAdd(envFile)),
    Layer.provide(NodeFileSystem.layer)
  )

/**
 * The same by settings of any names, each from a `Config`: an access token, or
 * the four of OAuth 1.0a, or a client id with the token file.
 *
 * @example
 * ```ts
 * import { NodeDirectMessages } from "@effect-xdm/node"
 * import { Config } from "effect"
 *
 * const Support = NodeDirectMessages.layerConfig({
 *   clientId: Config.string("SUPPORT_CLIENT_ID"),
 *   tokenFile: Config.string("SUPPORT_TOKENS")
 * })
 * ```
 *
 * @since 0.1.0
 */
export const layerConfig = (
  settings:
    | Config.Config.Wrap<Settings.AccessTokenSettings>
    | Config.Config.Wrap<Settings.OAuth1Settings>
    | Config.Config.Wrap<Settings.OAuth2Settings>
): Layer.Layer<Provided, ConfigError> =>
  Layer.unwrapEffect(
    // A Wrap of one of the kinds unwraps to that kind, which the type of `Wrap` cannot say of a union.
    Effect.map(Config.unwrap<Settings.Settings>(settings as Config.Config.Wrap<Settings.Settings>), fromSettings)
  )
