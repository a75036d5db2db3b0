/**
 * How a user logs in on this machine, and out: OAuth 2.0 with PKCE, in the
 * browser.
 *
 * Source: RFC 7636, RFC 8252, and X's guide to OAuth 2.0 with PKCE.
 *
 * @since 0.1.0
 */
import { Credentials, type Errors, GetMe, type TokenSet, TokenStore, type User, XApi } from "@effect-xdm/core"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Authorization from "./login/Authorization.js"
import { LoginFailed } from "./login/LoginFailed.js"
import * as Loopback from "./login/Loopback.js"

export { LoginFailed } from "./login/LoginFailed.js"

/**
 * The app that users let act for them, and where they do. `clientSecret` is
 * that of a confidential client.
 *
 * @since 0.1.0
 */
export interface App extends Authorization.App {
  /** Names the account in the token store. Default `"default"`. */
  readonly account?: string | undefined
}

/**
 * How to log in.
 *
 * @since 0.1.0
 */
export interface LoginOptions extends App {
  /** What the app may do. Default: read and write messages, see users, and stay logged in. */
  readonly scopes?: ReadonlyArray<string> | undefined
  /**
   * The port of this machine to which X sends the user back. The app must have
   * `http://127.0.0.1:PORT/callback` among its callback URLs in X's developer
   * portal. Default 8723.
   */
  readonly port?: number | undefined
  /** How long the user may take. Default 5 minutes. */
  readonly within?: Duration.DurationInput | undefined
  /** Shows the URL to the user. Default: opens it in the browser, `$BROWSER` or the system's. */
  readonly open?: ((url: URL) => Effect.Effect<void, LoginFailed>) | undefined
  /**
   * For a machine without a browser: shows the URL to the user, who opens it
   * elsewhere, and gives the URL at which that browser ends, which cannot be
   * reached. Nothing listens on the port then, and `open` is not used.
   */
  readonly paste?: ((url: URL) => Effect.Effect<string, LoginFailed>) | undefined
}

/**
 * Who is logged in.
 *
 * @since 0.1.0
 */
export interface LoggedIn {
  readonly account: string
  readonly scopes: ReadonlyArray<string>
  /** The user, as far as X could tell; the tokens are kept whether it could or not. */
  readonly user: Either.Either<User.User, Errors.ReadError>
  /** Whether the log-in lasts: without a refresh token, X ends it after two hours. */
  readonly lasts: boolean
}

/**
 * What `login` asks for by default.
 *
 * @since 0.1.0
 */
export const defaultScopes: ReadonlyArray<string> = [
  "dm.read",
  "dm.write",
  "tweet.read",
  "users.read",
  "media.write",
  "offline.access"
]

const invalid = (problem: string) => Effect.fail(new LoginFailed({ reason: "InvalidInput", problem }))

const isHttp = (url: string | undefined): boolean =>
  url === undefined || URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)

const check = ({ apiUrl, authorizeUrl, clientId, port = 8723, scopes = defaultScopes, within }: LoginOptions) => {
  if (!/^[\x21-\x7e]+$/.test(clientId)) {
    return invalid("The client id must be the id alone, without spaces or line breaks, and not empty.")
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return invalid("The port must be a number of 1 to 65535.")
  if (scopes.length === 0 || scopes.some((scope) => !/^[a-z.]+$/.test(scope))) {
    return invalid("Scopes must be names like dm.read, and there must be one at least.")
  }
  if (!isHttp(apiUrl) || !isHttp(authorizeUrl)) return invalid("X's addresses must be http or https URLs.")
  const time = Duration.decodeUnknown(within ?? "5 minutes")
  return Option.isNone(time) || Duration.toMillis(time.value) <= 0
    ? invalid("The time that the user has must be a duration longer than nothing, like \"5 minutes\".")
    : Effect.succeed({ port, scopes, within: time.value })
}

/**
 * Opens a URL in the browser of this machine: `$BROWSER`, or the system's.
 *
 * @since 0.1.0
 */
export const openBrowser = (url: URL): Effect.Effect<void, LoginFailed> =>
  Effect.tryPromise({
    try: async () => {
      const { default: open } = await import("open")
      const { BROWSER: name } = process.env
      await open(url.href, name === undefined || name === "" ? {} : { app: { name } })
    },
    catch: () =>
      new LoginFailed({
        reason: "NoBrowser",
        problem: "No browser could be opened. Log in with --no-browser, or pass a way to paste the answer."
      })
  })

/** The answer in what a user pastes: the whole URL, or its query alone. */
const pasted = (text: string): URLSearchParams => {
  const trimmed = text.trim()
  return URL.canParse(trimmed) ? new URL(trimmed).searchParams : new URLSearchParams(trimmed)
}

const late = (within: Duration.Duration) => () =>
  new LoginFailed({
    reason: "TimedOut",
    problem: `Nobody came back from X within ${Duration.format(within)}, so nobody is logged in. Log in again.`
  })

/** Who the tokens belong to. */
const whoIs = (tokens: TokenSet, apiUrl: string | undefined) =>
  Effect.flatMap(GetMe, (getMe) => getMe()).pipe(
    Effect.provide(GetMe.layer),
    Effect.provide(XApi.layer({ baseUrl: apiUrl })),
    Effect.provide(Credentials.layerAccessToken(tokens.accessToken)),
    // The URL and the token have been looked at already.
    Effect.catchTag("ConfigError", Effect.die),
    Effect.either
  )

/**
 * Has a user log in, and keeps the tokens in the `TokenStore`, in place of those
 * that the account had.
 *
 * It opens the browser at X, listens on a port of this machine for the answer,
 * of which it checks that it belongs to this log-in, and trades it for tokens.
 * `paste` does without a browser on this machine.
 *
 * Fails with a `LoginFailed` that says what to do, or a `TokenStoreFailed`.
 *
 * @example
 * ```ts
 * import { Login, NodeClient, Places, TokenFile } from "@effect-xdm/node"
 * import { Console, Effect } from "effect"
 *
 * const program = Login.login({ clientId: "…" }).pipe(
 *   Effect.flatMap(({ scopes }) => Console.log(`You are logged in, and may ${scopes.join(", ")}.`)),
 *   Effect.provide(TokenFile.layer(Places.here().tokens)),
 *   Effect.provide(NodeClient.layer())
 * )
 * ```
 *
 * @since 0.1.0
 */
export const login = (
  options: LoginOptions
): Effect.Effect<LoggedIn, LoginFailed | Errors.TokenStoreFailed, HttpClient.HttpClient | TokenStore> =>
  Effect.gen(function*() {
    const { port, scopes, within } = yield* check(options)
    const { account = "default", apiUrl, open = openBrowser, paste } = options
    const store = yield* TokenStore
    const asked = yield* Authorization.ask(options, scopes, Loopback.redirectUri(port))
    const isOurs = (answer: URLSearchParams) => answer.get("state") === asked.state
    const answer = paste === undefined
      ? Effect.scoped(
        Effect.flatMap(Loopback.listen(port, isOurs), (answer) => Effect.zipRight(open(asked.url), answer))
      )
      : Effect.map(paste(asked.url), pasted)
    const tokens = yield* Effect.flatMap(
      Effect.timeoutFail(answer, { duration: within, onTimeout: late(within) }),
      (found) => Authorization.redeem(options, asked, found)
    )
    yield* store.withLock(account)(store.set(account, tokens))
    return {
      account,
      scopes: tokens.scopes ?? [],
      user: yield* whoIs(tokens, apiUrl),
      lasts: tokens.refreshToken !== undefined
    }
  })

/**
 * Logs an account out: X forgets its tokens, and then the `TokenStore` does.
 * Gives whether there were any.
 *
 * Fails with a `LoginFailed` if X could not be told, and then keeps the tokens,
 * so that it can be tried again; and with a `TokenStoreFailed`.
 *
 * @example
 * ```ts
 * import { Login, NodeClient, Places, TokenFile } from "@effect-xdm/node"
 * import { Effect } from "effect"
 *
 * const program = Login.logout({ clientId: "…" }).pipe(
 *   Effect.provide(TokenFile.layer(Places.here().tokens)),
 *   Effect.provide(NodeClient.layer())
 * )
 * ```
 *
 * @since 0.1.0
 */
export const logout = (
  app: App
): Effect.Effect<boolean, LoginFailed | Errors.TokenStoreFailed, HttpClient.HttpClient | TokenStore> =>
  Effect.gen(function*() {
    const { account = "default" } = app
    const store = yield* TokenStore
    return yield* store.withLock(account)(Effect.gen(function*() {
      const tokens = yield* store.get(account)
      if (Option.isNone(tokens)) return false
      const { accessToken, refreshToken } = tokens.value
      if (refreshToken !== undefined) yield* Authorization.revoke(app, refreshToken)
      yield* Authorization.revoke(app, accessToken)
      yield* store.remove(account)
      return true
    }))
  })
