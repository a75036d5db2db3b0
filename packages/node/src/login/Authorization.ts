/** OAuth 2.0 with PKCE as X has it, by `oauth4webapi` over the client of the program. */
import { TokenSet, type TokenSetJson } from "@effect-xdm/core"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as OAuth from "oauth4webapi"
import { LoginFailed } from "./LoginFailed.js"

/** An app, and where its users log in. */
export interface App {
  readonly clientId: string
  readonly clientSecret?: Redacted.Redacted | undefined
  /** Where the API is. Default `https://api.x.com`. */
  readonly apiUrl?: string | undefined
  /** Where users allow apps to act. Default `https://x.com/i/oauth2/authorize`. */
  readonly authorizeUrl?: string | undefined
}

/** One log-in: what is asked of the user, and what only its answer fits. */
export interface Asked {
  readonly url: URL
  readonly state: string
  readonly verifier: string
  readonly redirectUri: string
}

const defaultApi = "https://api.x.com"

const server = ({ apiUrl = defaultApi, authorizeUrl = "https://x.com/i/oauth2/authorize" }: App) => ({
  issuer: new URL(authorizeUrl).origin,
  authorization_endpoint: authorizeUrl,
  token_endpoint: `${apiUrl}/2/oauth2/token`,
  revocation_endpoint: `${apiUrl}/2/oauth2/revoke`
})

const client = ({ clientId }: App): OAuth.Client => ({ client_id: clientId })

const authentication = ({ clientSecret }: App): OAuth.ClientAuth =>
  clientSecret === undefined ? OAuth.None() : OAuth.ClientSecretBasic(Redacted.value(clientSecret))

const timeout = Duration.seconds(30)

/** Requests of the library through the client of the program, proxies and all; secrets stay out of its spans. */
const options = (http: HttpClient.HttpClient, app: App, signal: AbortSignal) => ({
  // An emulator on this machine has no certificate.
  [OAuth.allowInsecureRequests]: (app.apiUrl ?? "https:").startsWith("http:"),
  signal,
  [OAuth.customFetch]: (
    url: string,
    init: OAuth.CustomFetchOptions<"POST", URLSearchParams>
  ) => {
    const request = HttpClientRequest.post(url).pipe(
      HttpClientRequest.setHeaders(init.headers),
      HttpClientRequest.bodyUrlParams(init.body)
    )
    return Effect.runPromise(
      Effect.flatMap(
        http.execute(request),
        ({ headers, status, text }) => Effect.map(text, (body) => new Response(body, { status, headers }))
      ).pipe(Effect.withTracerEnabled(false)),
      init.signal === undefined ? {} : { signal: init.signal }
    )
  }
})

/** Shows what X says of its reasons, and nothing of a body that may hold tokens. */
const failure = (apiUrl: string) => (error: unknown): LoginFailed => {
  if (error instanceof OAuth.ResponseBodyError) {
    const said = error.error_description === undefined ? error.error : `${error.error}: ${error.error_description}`
    const advice = error.error === "unauthorized_client" || error.error === "invalid_client"
      ? "Check the client id and the client secret, which a public app must not send and a confidential one must."
      : "Log in again: a code is good once and for 30 seconds."
    return new LoginFailed({ reason: "Refused", problem: `X refused the app with "${said}". ${advice}` })
  }
  if (error instanceof OAuth.WWWAuthenticateChallengeError || error instanceof OAuth.OperationProcessingError) {
    return new LoginFailed({
      reason: "Refused",
      problem: `${apiUrl} did not answer as X does when a user logs in. Check where the API is (X_API_URL).`
    })
  }
  return new LoginFailed({
    reason: "Unreachable",
    problem: `${apiUrl} could not be reached. Check the network, and log in again.`
  })
}

const call = <A>(
  app: App,
  run: (http: HttpClient.HttpClient, signal: AbortSignal) => Promise<A>
): Effect.Effect<A, LoginFailed, HttpClient.HttpClient> =>
  Effect.flatMap(HttpClient.HttpClient, (http) =>
    Effect.tryPromise({
      try: (signal) => run(http, signal),
      catch: failure(app.apiUrl ?? defaultApi)
    })).pipe(Effect.timeoutFail({
      duration: timeout,
      onTimeout: () =>
        new LoginFailed({
          reason: "TimedOut",
          problem: `X did not answer within ${Duration.format(timeout)}. Log in again.`
        })
    }))

/** A new log-in: the URL at which the user allows the app to act. */
export const ask = (app: App, scopes: ReadonlyArray<string>, redirectUri: string): Effect.Effect<Asked> =>
  Effect.promise(async () => {
    const [state, verifier] = [OAuth.generateRandomState(), OAuth.generateRandomCodeVerifier()]
    const url = new URL(server(app).authorization_endpoint)
    const query = {
      response_type: "code",
      client_id: app.clientId,
      redirect_uri: redirectUri,
      scope: scopes.join(" "),
      state,
      code_challenge: await OAuth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256"
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return { url, state, verifier, redirectUri }
  })

/** Checks the answer that came back with the user. */
const checked = (app: App, { state }: Asked, answer: URLSearchParams): Effect.Effect<URLSearchParams, LoginFailed> =>
  Effect.try({
    try: () => OAuth.validateAuthResponse(server(app), client(app), answer, state),
    catch: (error) =>
      error instanceof OAuth.AuthorizationResponseError
        ? new LoginFailed({
          reason: "Denied",
          problem: error.error === "access_denied"
            ? "The app was not allowed to act for you, so nobody is logged in. Log in again to allow it."
            : `X refused the log-in with "${error.error}". Check the scopes and the callback URL of the app in X's ` +
              "developer portal."
        })
        : new LoginFailed({
          reason: "NotOurs",
          problem: "The answer belongs to another log-in, or was changed on its way. Log in again."
        })
  })

const decode = Schema.decodeOption(TokenSet)

/** Trades the answer for tokens. */
export const redeem = (
  app: App,
  asked: Asked,
  answer: URLSearchParams
): Effect.Effect<TokenSet, LoginFailed, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const code = yield* checked(app, asked, answer)
    const askedAt = yield* Clock.currentTimeMillis
    const tokens = yield* call(app, async (http, signal) => {
      const [as, me] = [server(app), client(app)]
      const { redirectUri, verifier } = asked
      const response = await OAuth.authorizationCodeGrantRequest(
        as,
        me,
        authentication(app),
        code,
        redirectUri,
        verifier,
        options(http, app, signal)
      )
      return OAuth.processAuthorizationCodeResponse(as, me, response)
    })
    const json: TokenSetJson = {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresAt: tokens.expires_in === undefined
        ? undefined
        : new Date(askedAt + tokens.expires_in * 1000).toISOString(),
      scopes: tokens.scope?.split(" ").filter((scope) => scope !== "")
    }
    return yield* Effect.mapError(decode(json), () =>
      new LoginFailed({
        reason: "Refused",
        problem: "X answered with something that is no access token. Log in again."
      }))
  })

/** Makes X forget a token. */
export const revoke = (
  app: App,
  token: Redacted.Redacted
): Effect.Effect<void, LoginFailed, HttpClient.HttpClient> =>
  call(app, async (http, signal) => {
    const response = await OAuth.revocationRequest(
      server(app),
      client(app),
      authentication(app),
      Redacted.value(token),
      options(http, app, signal)
    )
    await OAuth.processRevocationResponse(response)
  })
