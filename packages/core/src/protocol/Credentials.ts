/**
 * Whose messages these are: what signs each request.
 *
 * @since 0.1.0
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { CredentialsService, Names } from "./CredentialsService.js"
import * as OAuth1 from "./OAuth1.js"

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
  ): Layer.Layer<Credentials, ConfigError.ConfigError> =>
    // The characters of a bearer token, by RFC 6750.
    /^[\w.~+/-]+=*$/.test(Redacted.value(accessToken))
      ? Layer.succeed(Credentials, {
        account,
        app,
        scopes: Effect.succeedNone,
        renew: () => Effect.succeed(false),
        sign: (request) => Effect.succeed(HttpClientRequest.bearerToken(request, Redacted.value(accessToken)))
      })
      : Layer.fail(ConfigError.InvalidData(
        ["accessToken"],
        "accessToken must be the token alone, without \"Bearer\", spaces or line breaks, and not empty"
      ))

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
  ): Layer.Layer<Credentials, ConfigError.ConfigError> => Layer.effect(Credentials, OAuth1.make(options))
}
