/**
 * The receiving end of X's webhooks: the answer that shows X whose server it
 * is, the check that a delivery is X's, and both as an HTTP app for any server
 * of `@effect/platform`.
 *
 * Everything is refused without a secret. Deliveries are checked over their
 * raw bytes, in constant time, before anything of them is read.
 *
 * Source: X's guide to webhooks.
 *
 * @since 0.1.0
 */
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as PushEvent from "./PushEvent.js"
import { WebhookRefused } from "./WebhookRefused.js"

export { type WebhookReason, WebhookRefused } from "./WebhookRefused.js"

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
const secretOf = (secret: Redacted.Redacted): Effect.Effect<string, WebhookRefused> => {
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

const signatureForm = /^sha256=([A-Za-z0-9+/]{43}=)$/

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

/**
 * A delivery that X has signed.
 *
 * @since 0.1.0
 */
export interface Delivery {
  readonly events: ReadonlyArray<PushEvent.PushEvent>
  /** The body as it came, from which {@link read} gives the events again. */
  readonly body: string
}

/**
 * The delivery of a body that was checked before. JSON of a form that is not
 * known is one event, an `Unknown` of the kind `"payload"`.
 *
 * @since 0.1.0
 */
export const read = (body: string): Either.Either<Delivery, WebhookRefused> => {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return Either.left(new WebhookRefused({ reason: "NotJson" }))
  }
  const events = Either.getOrElse(PushEvent.fromJson(json), (): ReadonlyArray<PushEvent.PushEvent> => [
    { _tag: "Unknown", id: undefined, account: undefined, kind: "payload", raw: json }
  ])
  return Either.right({ events, body })
}

/**
 * How a webhook receives.
 *
 * @since 0.1.0
 */
export interface WebhookOptions<R = never> {
  /** The consumer secret of the app, from X's developer portal ("API key secret"). */
  readonly consumerSecret: Redacted.Redacted
  /**
   * Takes a delivery, and must do so soon: X waits 10 seconds for the answer,
   * and delivers again what was not answered with success. A consumer that fails
   * (`new WebhookRefused({ reason: "Busy" })`) has X deliver it again.
   */
  readonly onDelivery: (delivery: Delivery) => Effect.Effect<void, WebhookRefused, R>
  /** The largest body, in bytes, 1 and more. Default 1,000,000. */
  readonly maxBytes?: number | undefined
  /** The time that a body may take to come. Default 5 seconds. */
  readonly bodyTimeout?: Duration.DurationInput | undefined
  /** The time that the consumer may take, after which X shall deliver again. Default 4 seconds. */
  readonly consumerTimeout?: Duration.DurationInput | undefined
  /**
   * How to read a body, for a server that has a quicker way: it must count the
   * bytes as they come, and keep to the time. Default: the stream of the request.
   */
  readonly readBody?: ReadBody | undefined
  /** How to check a signature, for a server that has a quicker way than WebCrypto. Default: {@link verify}. */
  readonly verify?: typeof verify | undefined
}

/**
 * Reads a body of at most so many bytes in time, or refuses it.
 *
 * @since 0.1.0
 */
export type ReadBody = (
  request: HttpServerRequest.HttpServerRequest,
  maxBytes: number,
  timeout: Duration.Duration
) => Effect.Effect<Uint8Array, WebhookRefused, Scope.Scope>

const empty = new Uint8Array(0)

const joined = (chunks: ReadonlyArray<Uint8Array>, length: number): Uint8Array => {
  const [first] = chunks
  if (chunks.length === 1 && first !== undefined) return first
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/**
 * The bytes of a body, counted as they come. It is pulled within the scope of
 * the request: a stream that is given up takes its connection with it, and the
 * refusal has to get out first.
 */
const bytesOf: ReadBody = (request, maxBytes, timeout) => within(pulled(request, maxBytes), timeout, "TooSlow")

const pulled = (
  request: HttpServerRequest.HttpServerRequest,
  maxBytes: number
): Effect.Effect<Uint8Array, WebhookRefused, Scope.Scope> =>
  Effect.gen(function*() {
    const pull = yield* Stream.toPull(request.stream)
    const chunks: Array<Uint8Array> = []
    let length = 0
    for (;;) {
      const next = yield* Effect.either(pull)
      if (Either.isLeft(next)) return Option.isNone(next.left) ? joined(chunks, length) : yield* refuse("BrokenOff")
      for (const chunk of Chunk.toReadonlyArray(next.right)) {
        length += chunk.length
        if (length > maxBytes) return yield* refuse("TooLarge")
        chunks.push(chunk)
      }
    }
  })

const parametersOf = (url: string): URLSearchParams => {
  const query = url.indexOf("?")
  return new URLSearchParams(query === -1 ? "" : url.slice(query))
}

/** Servers run their apps uninterruptibly, and a consumer may be so itself: X is answered all the same. */
const within = <A, R>(
  effect: Effect.Effect<A, WebhookRefused, R>,
  duration: Duration.Duration,
  reason: WebhookRefused["reason"]
): Effect.Effect<A, WebhookRefused, R> =>
  !Duration.isFinite(duration) ? effect : Effect.interruptible(Effect.timeoutFail(Effect.disconnect(effect), {
    duration,
    onTimeout: () => new WebhookRefused({ reason })
  }))

const decoder = new TextDecoder()

const answer = <R>(
  {
    bodyTimeout = "5 seconds",
    consumerSecret,
    consumerTimeout = "4 seconds",
    maxBytes = 1_000_000,
    onDelivery,
    readBody = bytesOf,
    verify: check = verify
  }: WebhookOptions<R>,
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<HttpServerResponse.HttpServerResponse, WebhookRefused, R | Scope.Scope> =>
  Effect.gen(function*() {
    if (request.method === "GET") {
      const [token = "", ...others] = parametersOf(request.url).getAll("crc_token")
      const json = yield* challenge(consumerSecret, others.length === 0 ? token : "")
      return HttpServerResponse.unsafeJson(json)
    }
    if (request.method !== "POST") return yield* refuse("NoSuchMethod")
    yield* secretOf(consumerSecret)
    const signature = request.headers[signatureHeader]
    if (signature === undefined) return yield* refuse("Unsigned")
    if (!signatureForm.test(signature)) return yield* refuse("WrongSignature")
    const length = request.headers["content-length"]
    if (Number(length ?? 0) > maxBytes) return yield* refuse("TooLarge")
    const bytes = length === "0" ? empty : yield* readBody(request, maxBytes, Duration.decode(bodyTimeout))
    yield* check(consumerSecret, signature, bytes)
    const delivery = yield* read(decoder.decode(bytes))
    yield* within(onDelivery(delivery), Duration.decode(consumerTimeout), "Busy")
    return HttpServerResponse.empty({ status: 200 })
  })

/** After a body that was not read to its end, nothing else can come on the connection. */
const refused = ({ message, reason, status }: WebhookRefused): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.unsafeJson({ reason, message }, {
    status,
    headers: reason === "TooLarge" || reason === "TooSlow" ? { connection: "close" } : {}
  })

/**
 * The webhook as an HTTP app: it answers X's challenges, checks deliveries and
 * hands them on. What it refuses, it answers with the status of the
 * {@link WebhookRefused}, having done no more work than it took to tell.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-xdm/core"
 * import { HttpRouter } from "@effect/platform"
 * import { Console, Redacted } from "effect"
 *
 * const webhook = Webhook.app({
 *   consumerSecret: Redacted.make("…"),
 *   onDelivery: ({ events }) => Console.log(events)
 * })
 * const router = HttpRouter.empty.pipe(HttpRouter.all("/webhooks/x", webhook))
 * ```
 *
 * @since 0.1.0
 */
export const app = <R = never>(
  options: WebhookOptions<R>
): HttpApp.Default<never, R | Scope.Scope> =>
  Effect.flatMap(
    HttpServerRequest.HttpServerRequest,
    (request) => Effect.catchAll(answer(options, request), (refusal) => Effect.succeed(refused(refusal)))
  )
