/**
 * OAuth 1.0a, user context: each request signed by the secrets of an app and
 * of a user, which never travel themselves and do not run out.
 *
 * Source: RFC 5849, and X's guide "Creating a signature".
 *
 * @since 0.1.0
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Clock from "effect/Clock"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Redacted from "effect/Redacted"
import type { CredentialsService, Names } from "./CredentialsService.js"

/**
 * The four parts of OAuth 1.0a credentials, as X's developer portal names
 * them: "API key and secret" are the consumer's. `account` is by default the
 * user id that X's access tokens begin with.
 *
 * @since 0.1.0
 */
export interface OAuth1Options extends Names {
  readonly consumerKey: Redacted.Redacted
  readonly consumerSecret: Redacted.Redacted
  readonly accessToken: Redacted.Redacted
  readonly accessTokenSecret: Redacted.Redacted
}

type Parameters = ReadonlyArray<readonly [name: string, value: string]>

/**
 * The text with every byte escaped that RFC 3986 does not reserve for itself.
 *
 * @since 0.1.0
 */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const ascending = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/**
 * What is signed: the method, the URL without its query, and all parameters in
 * order. `parameters` are those that the URL does not hold: the protocol's,
 * and a form's.
 *
 * @since 0.1.0
 */
export const baseString = (method: string, url: URL, parameters: Parameters): string => {
  const sorted = [...url.searchParams, ...parameters]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => ascending(a, b) || ascending(x, y))
    .map((pair) => pair.join("="))
    .join("&")
  // A URL has its host in lower case and no default port already.
  return [method.toUpperCase(), `${url.protocol}//${url.host}${url.pathname}`, sorted].map(percentEncode).join("&")
}

/**
 * The function that signs a text by the two secrets, HMAC-SHA1 in base64.
 *
 * @since 0.1.0
 */
export const signer = (consumerSecret: string, tokenSecret: string): (text: string) => Promise<string> => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  let key: Promise<CryptoKey> | undefined
  return async (text) => {
    key ??= crypto.subtle.importKey(
      "raw",
      bytes(`${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`),
      { name: "HMAC", hash: "SHA-1" },
      false,
      ["sign"]
    )
    return Encoding.encodeBase64(new Uint8Array(await crypto.subtle.sign("HMAC", await key, bytes(text))))
  }
}

/** The parameters of a form; any other body is not signed. */
const formOf = ({ body }: HttpClientRequest.HttpClientRequest): Parameters =>
  body._tag === "Uint8Array" && body.contentType.startsWith("application/x-www-form-urlencoded")
    ? [...new URLSearchParams(new TextDecoder().decode(body.body))]
    : []

const nonce = (): string => Encoding.encodeHex(crypto.getRandomValues(new Uint8Array(16)))

const check = (options: OAuth1Options): Effect.Effect<void, ConfigError.ConfigError> =>
  Effect.forEach(
    ["consumerKey", "consumerSecret", "accessToken", "accessTokenSecret"] as const,
    (name) =>
      /^[\x21-\x7e]+$/.test(Redacted.value(options[name]))
        ? Effect.void
        : Effect.fail(
          ConfigError.InvalidData(
            [name],
            `${name} must not be empty or hold spaces, line breaks or letters beyond ASCII`
          )
        ),
    { discard: true }
  )

/**
 * Credentials that sign. Fails with a `ConfigError` that shows no secret if a
 * part is empty or holds what no such part does, like a line break.
 *
 * @since 0.1.0
 */
export const make = (options: OAuth1Options): Effect.Effect<CredentialsService, ConfigError.ConfigError> =>
  Effect.map(check(options), () => {
    const accessToken = Redacted.value(options.accessToken)
    const sign = signer(Redacted.value(options.consumerSecret), Redacted.value(options.accessTokenSecret))
    return {
      account: options.account ?? /^([0-9]+)-/.exec(accessToken)?.[1] ?? "default",
      app: options.app ?? "default",
      scopes: Effect.succeedNone,
      renew: () => Effect.succeed(false),
      sign: (request) => {
        const url = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
        // Such a request cannot be sent either, and fails then for what it is.
        if (Either.isLeft(url)) return Effect.succeed(request)
        return Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const parameters: Parameters = [
            ["oauth_consumer_key", Redacted.value(options.consumerKey)],
            ["oauth_nonce", nonce()],
            ["oauth_signature_method", "HMAC-SHA1"],
            ["oauth_timestamp", String(Math.floor(now / 1000))],
            ["oauth_token", accessToken],
            ["oauth_version", "1.0"]
          ]
          const text = baseString(request.method, url.right, [...parameters, ...formOf(request)])
          return Effect.map(Effect.promise(() => sign(text)), (signature) => {
            const header = [...parameters, ["oauth_signature", signature] as const]
              .map(([name, value]) => `${name}="${percentEncode(value)}"`)
            return HttpClientRequest.setHeader(request, "authorization", `OAuth ${header.join(", ")}`)
          })
        })
      }
    }
  })
