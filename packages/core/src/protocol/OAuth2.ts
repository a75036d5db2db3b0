/**
 * OAuth 2.0 user tokens that renew themselves.
 *
 * Source: RFC 6749, RFC 6750, and X's guide to OAuth 2.0 with PKCE.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { CredentialsService, Names } from "./CredentialsService.js"
import * as Renewal from "./Renewal.js"
import * as TokenRequest from "./TokenRequest.js"
import { TokenStore } from "./TokenStore.js"

/**
 * Which app renews the tokens of which account, and when.
 *
 * @since 0.1.0
 */
export interface OAuth2Options extends Names {
  /** The app's "OAuth 2.0 Client ID" in X's developer portal. It is no secret. */
  readonly clientId: string
  /** The secret of a confidential client, which a "Web App" or "Automated App or Bot" is; others have none. */
  readonly clientSecret?: Redacted.Redacted | undefined
  /** Where tokens are renewed: an http or https URL. Default `https://api.x.com/2/oauth2/token`. */
  readonly tokenUrl?: string | undefined
  /** How long before it runs out an access token is renewed, at most an hour. Default 60 seconds. */
  readonly refreshBefore?: Duration.DurationInput | undefined
  /** How long X may take to renew it. Default 30 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
}

const invalid = (option: string, rule: string) => ConfigError.InvalidData([option], `${option} ${rule}`)

const word = /^[\x21-\x7e]+$/

const check = (options: OAuth2Options) =>
  Effect.gen(function*() {
    const { account = "default", app = "default", clientId, clientSecret } = options
    if (!word.test(clientId)) {
      return yield* Effect.fail(
        invalid("clientId", "must be the id alone, without spaces or line breaks, and not empty")
      )
    }
    if (clientSecret !== undefined && !word.test(Redacted.value(clientSecret))) {
      return yield* Effect.fail(
        invalid("clientSecret", "must be the secret alone, without spaces or line breaks, and not empty")
      )
    }
    const url = parse(options.tokenUrl ?? "https://api.x.com/2/oauth2/token")
    if (url === undefined) {
      return yield* Effect.fail(
        invalid("tokenUrl", "must be an http or https URL without a user, like https://api.x.com/2/oauth2/token")
      )
    }
    const refreshBefore = Duration.decodeUnknown(options.refreshBefore ?? "60 seconds")
    // An access token is good for two hours: with more, each call would renew it.
    if (refreshBefore._tag === "None" || Duration.toMillis(refreshBefore.value) > 3_600_000) {
      return yield* Effect.fail(invalid("refreshBefore", "must be a duration of at most an hour, like \"60 seconds\""))
    }
    const timeout = Duration.decodeUnknown(options.timeout ?? "30 seconds")
    if (timeout._tag === "None" || Duration.toMillis(timeout.value) <= 0) {
      return yield* Effect.fail(invalid("timeout", "must be a duration longer than nothing, like \"30 seconds\""))
    }
    return { account, app, clientId, clientSecret, url, refreshBefore: refreshBefore.value, timeout: timeout.value }
  })

const parse = (text: string): URL | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === ""
    ? url
    : undefined
}

const bearerOf = ({ headers }: HttpClientRequest.HttpClientRequest): string | undefined =>
  /^Bearer (.+)$/.exec(headers["authorization"] ?? "")?.[1]

/**
 * Credentials that take the account's tokens from the store and renew them
 * through the client. Fails with a `ConfigError` that shows no secret if an
 * option makes no sense.
 *
 * @since 0.1.0
 */
export const make = (
  options: OAuth2Options
): Effect.Effect<
  CredentialsService,
  ConfigError.ConfigError,
  HttpClient.HttpClient | TokenStore | Scope.Scope
> =>
  Effect.gen(function*() {
    const { account, app, refreshBefore, ...means } = yield* check(options)
    const client = yield* HttpClient.HttpClient
    const { known, replace, tokens } = yield* Renewal.make({
      account,
      store: yield* TokenStore,
      beforeMillis: Duration.toMillis(refreshBefore),
      refresh: TokenRequest.make({ ...means, client })
    })
    return {
      account,
      app,
      scopes: Effect.map(known, Option.flatMap(({ scopes }) => Option.fromNullable(scopes))),
      sign: (request) =>
        Effect.map(tokens, ({ accessToken }) => HttpClientRequest.bearerToken(request, Redacted.value(accessToken))),
      renew: (refused) => {
        const accessToken = bearerOf(refused)
        return accessToken === undefined ? Effect.succeed(false) : Effect.as(replace(accessToken), true)
      }
    }
  })
