/**
 * Whose messages these are: what signs each request.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { CredentialsService, Names } from "./CredentialsService.js"
import type * as OAuth1 from "./OAuth1.js"
import type * as OAuth2 from "./OAuth2.js"
import { isAccessToken } from "./TokenSet.js"
import type { TokenStore } from "./TokenStore.js"

export type { CredentialsService, Names } from "./CredentialsService.js"

/**
 * The account that calls are made for.
 *
 * @since 0.1.0
 */
export class Credentials extends Context.Tag("@effect-xdm/core/Credentials")<Credentials, CredentialsService>() {
  /**
   * A user's access token that does not change. It must come from OAuth 2.0
   * with PKCE and hold the scopes of the calls: `dm.read`, `dm.write`,
   * `tweet.read`, `users.read`. X lets it expire after two hours.
   *
   * Fails with a `ConfigError` that does not show it if it is empty or holds
   * what no token does, such as the line break at the end of a file.
   *
   * `names` tells accounts and apps apart where a program has several.
   *
   * Source: X's guide to OAuth 2.0.
   *
   * @since 0.1.0
   */
  static readonly layerAccessToken = (
    accessToken: Redacted.Redacted,
    { account = "default", app = "default" }: Names = {}
  ): Layer.Layer<Credentials, ConfigError.ConfigError> => fixed("accessToken", accessToken, { account, app })

  /**
   * The app-only bearer token that X's developer portal shows under "Keys and
   * tokens": it stands for the app and no user, does not run out, and is what
   * webhooks, activity subscriptions and the activity stream take. Direct
   * Messages do not take it.
   *
   * Fails with a `ConfigError` that does not show it if it is empty or holds
   * what no token does.
   *
   * Source: X's guide to app-only authentication.
   *
   * @since 0.1.0
   */
  static readonly layerBearer = (
    bearerToken: Redacted.Redacted,
    { account = "app-only", app = "default" }: Names = {}
  ): Layer.Layer<Credentials, ConfigError.ConfigError> => fixed("bearerToken", bearerToken, { account, app })

  /**
   * The credentials of OAuth 1.0a: those that X's developer portal gives for
   * the owner of an app, or that its older way to log in gave. They do not run
   * out, and have no scopes: what they allow is set for the app.
   *
   * Fails with a `ConfigError` that shows no secret if one of the four is
   * empty or holds what none does, such as a line break.
   *
   * @example
   * ```ts
   * import { Credentials } from "@effect-xdm/core"
   * import { Config, Effect, Layer } from "effect"
   *
   * const Live = Layer.unwrapEffect(Effect.map(
   *   Config.all({
   *     consumerKey: Config.redacted("X_CONSUMER_KEY"),
   *     consumerSecret: Config.redacted("X_CONSUMER_SECRET"),
   *     accessToken: Config.redacted("X_ACCESS_TOKEN"),
   *     accessTokenSecret: Config.redacted("X_ACCESS_TOKEN_SECRET")
   *   }),
   *   Credentials.layerOAuth1
   * ))
   * ```
   *
   * @since 0.1.0
   */
  static readonly layerOAuth1 = (
    options: OAuth1.OAuth1Options
  ): Layer.Layer<Credentials, ConfigError.ConfigError> =>
    Layer.effect(
      Credentials,
      // Loaded by those who sign that way, as OAuth 2.0 below is: a program with a token starts without either.
      Effect.flatMap(Effect.promise(() => import("./OAuth1.js")), ({ make }) => make(options))
    )

  /**
   * The tokens of an OAuth 2.0 login, which are taken from the `TokenStore`
   * and renewed: before they run out, and when X refuses one. That needs the
   * scope `offline.access`; without a refresh token, they are used to their
   * end. `account` names them in the store.
   *
   * However many calls meet a token that has run out, one request renews it,
   * and the new pair is stored before it is used. Programs that share the
   * store do not renew it twice, if its lock reaches that far, and if it does
   * not, the one that is late takes what the other has stored.
   *
   * Calls fail with
   * - `RefreshFailed` if X could not be asked just now: the next call asks
   *   again;
   * - `NeedsLogin` if there are no tokens, or X takes them no more: nothing is
   *   asked again until the store has others, and then all goes on by itself;
   * - `TokenStoreFailed` if the store cannot be read or written. A new pair
   *   that could not be stored is kept, and stored at the next call.
   *
   * The layer fails with a `ConfigError` if an option makes no sense.
   *
   * @example
   * ```ts
   * import { Credentials, TokenStore } from "@effect-xdm/core"
   * import { FetchHttpClient, KeyValueStore } from "@effect/platform"
   * import { Layer } from "effect"
   *
   * const Live = Credentials.layerOAuth2({ clientId: "…" }).pipe(
   *   Layer.provide(TokenStore.layerKeyValueStore),
   *   Layer.provide(KeyValueStore.layerStorage(() => localStorage)),
   *   Layer.provide(FetchHttpClient.layer)
   * )
   * ```
   *
   * @since 0.1.0
   */
  static readonly layerOAuth2 = (
    options: OAuth2.OAuth2Options
  ): Layer.Layer<Credentials, ConfigError.ConfigError, HttpClient.HttpClient | TokenStore> =>
    Layer.scoped(
      Credentials,
      Effect.flatMap(Effect.promise(() => import("./OAuth2.js")), ({ make }) => make(options))
    )
}

/** A token that stays what it is. */
const fixed = (
  option: string,
  token: Redacted.Redacted,
  names: { readonly account: string; readonly app: string }
): Layer.Layer<Credentials, ConfigError.ConfigError> =>
  // X shows bearer tokens with percent signs, and takes them as it shows them.
  isAccessToken(Redacted.value(token).replaceAll("%", ""))
    ? Layer.succeed(Credentials, {
      ...names,
      scopes: Effect.succeedNone,
      renew: () => Effect.succeed(false),
      sign: (request) => Effect.succeed(HttpClientRequest.bearerToken(request, Redacted.value(token)))
    })
    : Layer.fail(ConfigError.InvalidData(
      [option],
      `${option} must be the token alone, without "Bearer", spaces or line breaks, and not empty`
    ))
