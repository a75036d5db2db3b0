/**
 * X's signatures: who has made a delivery, and whose server a webhook is.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Redacted from "effect/Redacted"
import { WebhookRefused } from "./WebhookRefused.js"

/**
 * The header in which X signs a delivery.
 *
 * @since 0.1.0
 */
export const signatureHeader = "x-twitter-webhooks-signature"

const refuse = (reason: WebhookRefused["reason"]) => Effect.fail(new WebhookRefused({ reason }))

const encoder = new TextEncoder()

const algorithm = { name: "HMAC", hash: "SHA-256" } as const

/** A program without types may have none at all. */
export const secretOf = (secret: Redacted.Redacted): Effect.Effect<string, WebhookRefused> => {
  const value: unknown = Redacted.value(secret)
  return typeof value === "string" && value.trim() !== "" ? Effect.succeed(value) : refuse("NoSecret")
}

/** A key takes longer to make than a signature. */
const keys = new WeakMap<Redacted.Redacted, CryptoKey>()

const keyOf = (secret: Redacted.Redacted): Effect.Effect<CryptoKey, WebhookRefused> =>
  Effect.suspend(() => {
    const known = keys.get(secret)
    if (known !== undefined) return Effect.succeed(known)
    return Effect.flatMap(secretOf(secret), (value) =>
      Effect.map(
        Effect.promise(() =>
          crypto.subtle.importKey("raw", encoder.encode(value), algorithm, false, ["sign", "verify"])
        ),
        (made) => {
          keys.set(secret, made)
          return made
        }
      ))
  })

type Bytes = Uint8Array<ArrayBuffer>

const hmac = (secret: Redacted.Redacted, bytes: Bytes): Effect.Effect<string, WebhookRefused> =>
  Effect.flatMap(keyOf(secret), (key) =>
    Effect.map(
      Effect.promise(() => crypto.subtle.sign("HMAC", key, bytes)),
      (signature) => `sha256=${Encoding.encodeBase64(new Uint8Array(signature))}`
    ))

/** Whatever else were signed, somebody could use: a delivery of their own making, say. */
const tokenForm = /^[A-Za-z0-9+/=_-]{16,128}$/

/**
 * The answer to X's challenge: GET with a `crc_token`, when a webhook is
 * registered and every hour since. Only tokens of X's form are answered, since
 * all that is answered is signed.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-xdm/core"
 * import { Redacted } from "effect"
 *
 * const answer = Webhook.challenge(Redacted.make("consumer-secret"), "NGVhMTgxMzMtNmU5Ny00")
 * // { response_token: "sha256=…" }
 * ```
 *
 * @since 0.1.0
 */
export const challenge = (
  consumerSecret: Redacted.Redacted,
  token: string
): Effect.Effect<{ readonly response_token: string }, WebhookRefused> =>
  tokenForm.test(token)
    ? Effect.map(hmac(consumerSecret, encoder.encode(token)), (response_token) => ({ response_token }))
    : Effect.zipRight(secretOf(consumerSecret), refuse("BadToken"))

/**
 * The signature of a body, as X puts it into the header
 * {@link signatureHeader}: for deliveries of your own in tests.
 *
 * @since 0.1.0
 */
export const sign = (
  consumerSecret: Redacted.Redacted,
  body: string | Uint8Array
): Effect.Effect<string, WebhookRefused> =>
  hmac(consumerSecret, typeof body === "string" ? encoder.encode(body) : new Uint8Array(body))

export const signatureForm = /^sha256=([A-Za-z0-9+/]{43}=)$/

/**
 * Succeeds if the body is signed by the consumer secret: the `signature` is
 * what the header says, the `body` the raw bytes as they came.
 *
 * @since 0.1.0
 */
export const verify = (
  consumerSecret: Redacted.Redacted,
  signature: string | undefined,
  body: Uint8Array
): Effect.Effect<void, WebhookRefused> =>
  Effect.flatMap(keyOf(consumerSecret), (key) => {
    if (signature === undefined) return refuse("Unsigned")
    const given = Encoding.decodeBase64(signatureForm.exec(signature)?.[1] ?? "")
    if (Either.isLeft(given) || given.right.length !== 32) return refuse("WrongSignature")
    // Copies: the types allow shared memory, which the platform does not.
    const [right, bytes] = [new Uint8Array(given.right), owned(body)]
    return Effect.flatMap(
      Effect.promise(() => crypto.subtle.verify("HMAC", key, right, bytes)),
      (isRight) => isRight ? Effect.void : refuse("WrongSignature")
    )
  })

const owned = (bytes: Uint8Array): Bytes => bytes.buffer instanceof ArrayBuffer ? bytes as Bytes : new Uint8Array(bytes) // its buffer was just looked at
