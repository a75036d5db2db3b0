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
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { CredentialsError } from "./Errors.js"

/**
 * What makes requests an account's own.
 *
 * @since 0.1.0
 */
export interface CredentialsService {
  /** Names the account: its calls are counted together, and errors say whose they were. */
  readonly account: string
  /** Names the app, whose accounts share some of X's limits. */
  readonly app: string
  /** The OAuth 2.0 scopes of the token, where they are known. */
  readonly scopes: Effect.Effect<Option.Option<ReadonlyArray<string>>, CredentialsError>
  /** Gives the request with its `Authorization` header. */
  readonly sign: (
    request: HttpClientRequest.HttpClientRequest
  ) => Effect.Effect<HttpClientRequest.HttpClientRequest, CredentialsError>
  /**
   * Told of a signed request that X refused with 401: gives whether there are
   * other credentials now, so that it is worth signing anew.
   */
  readonly renew: (refused: HttpClientRequest.HttpClientRequest) => Effect.Effect<boolean, CredentialsError>
}

/**
 * What tells accounts and apps apart in a program with several of them.
 *
 * @since 0.1.0
 */
export interface Names {
  /** The account's name. Default `"default"`. */
  readonly account?: string | undefined
  /** The app's name. Default `"default"`. */
  readonly app?: string | undefined
}

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
}
