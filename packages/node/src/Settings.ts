/** Credentials of every kind, and the client and the credentials that they make. */
import { Credentials, type CredentialsOptions, type Names, type OAuth1Options } from "@effect-xdm/core"
import type * as HttpClient from "@effect/platform/HttpClient"
import type { ConfigError } from "effect/ConfigError"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Environment } from "./Environment.js"
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

/** The credentials, and a client with so many connections. */
export const layer = (
  settings: Settings
): Layer.Layer<Credentials | HttpClient.HttpClient, ConfigError> =>
  credentials(settings).pipe(Layer.provideMerge(NodeClient.layer({ connections: settings.connections })))

/** What the environment says; what is passed goes before it. */
export const of = (
  { account, baseUrl, dialect, login, tokenFile }: Environment,
  name: string | undefined,
  options: ConnectionOptions = {}
): Settings => {
  const common = { ...options, baseUrl: options.baseUrl ?? baseUrl, dialect: options.dialect ?? dialect }
  switch (login._tag) {
    case "AccessToken":
      return { ...common, accessToken: login.accessToken }
    case "OAuth1": {
      const { _tag, ...four } = login
      return { ...common, ...four, account: name ?? account }
    }
    case "OAuth2":
      return {
        ...common,
        clientId: login.clientId,
        clientSecret: login.clientSecret,
        account: name ?? account,
        tokenFile
      }
  }
}

/** What tells one account from another. It holds secrets. */
export const identity = (settings: Settings): ReadonlyArray<string> => {
  const where = settings.baseUrl ?? ""
  return "clientId" in settings
    ? [where, settings.clientId, settings.account ?? "", settings.tokenFile ?? ""]
    : [where, Redacted.value(settings.accessToken)]
}
