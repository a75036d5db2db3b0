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

/**
 * What signs a request: it gives the request with its `Authorization` header.
 *
 * @since 0.1.0
 */
export interface CredentialsService {
  readonly sign: (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<HttpClientRequest.HttpClientRequest>
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
   * Source: X's guide to OAuth 2.0.
   *
   * @since 0.1.0
   */
  static readonly layerAccessToken = (
    accessToken: Redacted.Redacted
  ): Layer.Layer<Credentials, ConfigError.ConfigError> =>
    // The characters of a bearer token, by RFC 6750.
    /^[\w.~+/-]+=*$/.test(Redacted.value(accessToken))
      ? Layer.succeed(Credentials, {
        sign: (request) => Effect.succeed(HttpClientRequest.bearerToken(request, Redacted.value(accessToken)))
      })
      : Layer.fail(ConfigError.InvalidData(
        ["accessToken"],
        "accessToken must be the token alone, without \"Bearer\", spaces or line breaks, and not empty"
      ))
}
