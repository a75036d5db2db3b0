/**
 * What happens between us and X's server: failures of the connection told
 * without the request, and answers told without the credentials.
 *
 * @since 0.1.0
 */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { type Call, Unreachable } from "./Errors.js"
import type { RawAnswer } from "./Failure.js"

/** The failures that come before anything is written to a connection: Node's and Deno's codes, undici's, Bun's. */
const beforeSending: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID"
])

/** A code is one word; whatever else an error carries as its code may quote the request. */
const codeForm = /^[A-Za-z][A-Za-z0-9_]{1,50}$/

/** The code of an error or of what caused it; a connection tried at several addresses fails with several. */
const codeOf = (error: unknown, depth = 0): string | undefined => {
  if (typeof error !== "object" || error === null || depth > 5) return undefined
  if ("code" in error && typeof error.code === "string" && codeForm.test(error.code)) return error.code
  const inner = "errors" in error && Array.isArray(error.errors) ? error.errors[0] : undefined
  return codeOf(inner, depth + 1) ?? ("cause" in error ? codeOf(error.cause, depth + 1) : undefined)
}

/**
 * The failure of a connection. The platform's error holds the request, token
 * and all, so only the code of its cause is kept.
 *
 * @since 0.1.0
 */
export const unreachable = ({ method, route }: Call, error: HttpClientError): Unreachable => {
  const code = codeOf(error.cause)
  const notSent = error._tag === "RequestError" &&
    (error.reason !== "Transport" || (code !== undefined && beforeSending.has(code)))
  return new Unreachable({ method, route, code, notSent })
}

/** A value without its percent signs; unlike `decodeURIComponent`, this throws at nothing. */
const unescapedValue = (value: string): string =>
  new URLSearchParams(`v=${value.replaceAll("+", "%2B").replaceAll("&", "%26")}`).get("v") ?? value

/** What is secret in a header: all after the scheme, and for OAuth 1.0a each value of its own, as it is and escaped. */
const secretsIn = (header: string): ReadonlyArray<string> =>
  header.startsWith("OAuth ")
    ? [...header.matchAll(/oauth_(?:token|signature|consumer_key|nonce)="([^"]*)"/g)]
      .flatMap(([, value = ""]) => [value, unescapedValue(value)])
    : [header.slice(header.indexOf(" ") + 1)]

/**
 * An answer in which texts that are secret are blotted out.
 *
 * @since 0.1.0
 */
export const blotted = (answer: RawAnswer, secrets: ReadonlyArray<string>): RawAnswer => {
  // No credential is shorter, and a short word would blot out half the answer.
  const long = secrets.filter((secret) => secret.length >= 8)
  if (long.length === 0) return answer
  const clean = (text: string) => long.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), text)
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, value && clean(value)])
  return { ...answer, headers: Object.fromEntries(headers), body: clean(unescaped(answer.body)) }
}

/**
 * An answer in which the credentials of its request, should it repeat them,
 * are blotted out.
 *
 * @since 0.1.0
 */
export const withoutSecrets = (answer: RawAnswer, signed: HttpClientRequest.HttpClientRequest): RawAnswer =>
  blotted(answer, secretsIn(signed.headers["authorization"] ?? ""))

/** JSON with each character written in one way only, so that a secret in it can be found; other texts as they are. */
const unescaped = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body))
  } catch {
    return body
  }
}
