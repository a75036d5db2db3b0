/**
 * X's Direct Messages on Node, from the environment to the layer.
 *
 * @since 0.1.0
 */
import {
  Credentials,
  type CredentialsOptions,
  DirectMessages,
  type Names,
  type OAuth1Options,
  type Provided
} from "@effect-xdm/core"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as PlatformConfigProvider from "@effect/platform/PlatformConfigProvider"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { environment } from "./Environment.js"
import * as NodeClient from "./NodeClient.js"
import * as Places from "./Places.js"
import * as TokenFile from "./TokenFile.js"

/**
 * How to reach X from Node. All of it has a default.
 *
 * @since 0.1.0
 */
export interface ConnectionOptions extends CredentialsOptions {
  /** How many connections to keep to X at most, 1 and more, which is how many requests are under way. Default 16. */
  readonly connections?: number | undefined
}

/**
 * How to read the environment, and how to reach X.
 *
 * @since 0.1.0
 */
export interface Options extends ConnectionOptions {
  /** A file of variables that the environment does not have. It need not exist. Default `".env"`. */
  readonly envFile?: string | undefined
}

/**
 * A user's access token that does not change.
 *
 * @since 0.1.0
 */
export interface AccessTokenSettings extends ConnectionOptions {
  readonly accessToken: Redacted.Redacted
}

/**
 * The four parts of OAuth 1.0a credentials.
 *
 * @since 0.1.0
 */
export interface OAuth1Settings extends ConnectionOptions, OAuth1Options {}

/**
 * The tokens of an OAuth 2.0 log-in, which are kept in a file and renewed.
 *
 * @since 0.1.0
 */
export interface OAuth2Settings extends ConnectionOptions, Names {
  readonly clientId: string
  /** For a confidential client; a public one has none. */
  readonly clientSecret?: Redacted.Redacted | undefined
  /** The path of the token file. Default: `Places.here().tokens`, where `xdm login` puts them. */
  readonly tokenFile?: string | undefined
}

/**
 * Credentials of any kind, and how to reach X.
 *
 * @since 0.1.0
 */
export type Settings = AccessTokenSettings | OAuth1Settings | OAuth2Settings

/** Credentials of the kind that the settings are of. */
const credentials = (
  settings: Settings
): Layer.Layer<Credentials, ConfigError, HttpClient.HttpClient> => {
  if ("clientId" in settings) {
    const { account, app, baseUrl = "https://api.x.com", clientId, clientSecret, tokenFile } = settings
    const tokenUrl = `${baseUrl.replace(/\/$/, "")}/2/oauth2/token`
    return Credentials.layerOAuth2({ account, app, clientId, clientSecret, tokenUrl }).pipe(
      Layer.provide(TokenFile.layer(tokenFile ?? Places.here().tokens))
    )
  }
  return "consumerKey" in settings
    ? Credentials.layerOAuth1(settings)
    : Credentials.layerAccessToken(settings.accessToken)
}

const fromSettings = ({ connections = 16, ...settings }: Settings): Layer.Layer<Provided, ConfigError> =>
  DirectMessages.layerCredentials({ maxConnections: connections, ...settings }).pipe(
    Layer.provide(credentials(settings)),
    Layer.provide(NodeClient.layer({ connections }))
  )

const fromEnvironment = (options: ConnectionOptions) =>
  Effect.map(environment, ({ account, baseUrl, dialect, login: { _tag, ...login }, tokenFile }) =>
    fromSettings({
      ...options,
      baseUrl: options.baseUrl ?? baseUrl,
      dialect: options.dialect ?? dialect,
      account,
      ...(_tag === "OAuth2" ? { tokenFile } : undefined),
      ...login
    }))

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
  Layer.unwrapEffect(fromEnvironment(options)).pipe(
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
    | Config.Config.Wrap<AccessTokenSettings>
    | Config.Config.Wrap<OAuth1Settings>
    | Config.Config.Wrap<OAuth2Settings>
): Layer.Layer<Provided, ConfigError> =>
  Layer.unwrapEffect(
    // A Wrap of one of the kinds unwraps to that kind, which the type of `Wrap` cannot say of a union.
    Effect.map(Config.unwrap<Settings>(settings as Config.Config.Wrap<Settings>), fromSettings)
  )
