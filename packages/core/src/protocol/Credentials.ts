/**
 * Whose messages these are: what signs each request.
 *
 * @since 0.1.0
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
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
   * Source: X's guide to OAuth 2.0.
   *
   * @since 0.1.0
   */
  static readonly layerAccessToken = (accessToken: Redacted.Redacted): Layer.Layer<Credentials> =>
    Layer.succeed(Credentials, {
      sign: (request) => Effect.succeed(HttpClientRequest.bearerToken(request, Redacted.value(accessToken)))
    })
}
