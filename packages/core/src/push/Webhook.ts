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
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as PushEvent from "./PushEvent.js"
import { pulled } from "./RequestBody.js"
import { challenge, secretOf, signatureForm, signatureHeader, verify } from "./Signature.js"
import { WebhookRefused } from "./WebhookRefused.js"

export { challenge, sign, signatureHeader, verify } from "./Signature.js"
export { type WebhookReason, WebhookRefused } from "./WebhookRefused.js"

const refuse = (reason: WebhookRefused["reason"]) => Effect.fail(new WebhookRefused({ reason }))

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
    { _tag: "Unknown", id: undefined, account: undefined, tag: undefined, kind: "payload", raw: json }
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
  /** How to check a signature, for a server that has a quicker way than WebCrypto. Default: {@link verify}. */
  readonly verify?: typeof verify | undefined
}

/**
 * A request, as any server has it.
 *
 * @since 0.1.0
 */
export interface WebhookRequest<R = never> {
  readonly method: string
  /** The path with its query, or the whole URL. */
  readonly url: string
  /** The value of a header, whose name is in lower case. */
  readonly header: (name: string) => string | undefined
  /**
   * Reads the body, whose bytes it counts as they come: more than `maxBytes` are
   * refused as `TooLarge`, and what takes longer than `timeout` as `TooSlow`.
   */
  readonly body: (maxBytes: number, timeout: Duration.Duration) => Effect.Effect<Uint8Array, WebhookRefused, R>
}

/**
 * What to answer.
 *
 * @since 0.1.0
 */
export interface WebhookResponse {
  readonly status: number
  /** JSON, if there is something to say. */
  readonly body: object | undefined
  /** Whether to end the connection: after a body that was not read to its end, nothing else can come on it. */
  readonly close: boolean
}

const empty = new Uint8Array(0)

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

const taken: WebhookResponse = { status: 200, body: undefined, close: false }

const refused = ({ message, reason, status }: WebhookRefused): Effect.Effect<WebhookResponse> =>
  Effect.succeed({ status, body: { reason, message }, close: reason === "TooLarge" || reason === "TooSlow" })

/**
 * The answer to a request, for servers that are none of `@effect/platform`. What
 * it refuses, it answers with the status of the {@link WebhookRefused}, having
 * done no more work than it took to tell.
 *
 * @since 0.1.0
 */
export const respond = <R = never>(
  options: WebhookOptions<R>
): <R2>(request: WebhookRequest<R2>) => Effect.Effect<WebhookResponse, never, R | R2> => {
  const { consumerSecret, maxBytes = 1_000_000, onDelivery, verify: check = verify } = options
  const bodyTimeout = Duration.decode(options.bodyTimeout ?? "5 seconds")
  const consumerTimeout = Duration.decode(options.consumerTimeout ?? "4 seconds")
  const challenged = (url: string) => {
    const [token = "", ...others] = parametersOf(url).getAll("crc_token")
    return Effect.map(
      challenge(consumerSecret, others.length === 0 ? token : ""),
      (body): WebhookResponse => ({ status: 200, body, close: false })
    )
  }
  /** What the head of a delivery shows already. */
  const refusal = <R2>({ header }: WebhookRequest<R2>): WebhookRefused["reason"] | undefined => {
    const signature = header(signatureHeader)
    if (signature === undefined) return "Unsigned"
    if (!signatureForm.test(signature)) return "WrongSignature"
    return Number(header("content-length") ?? 0) > maxBytes ? "TooLarge" : undefined
  }
  const handOn = (bytes: Uint8Array) => {
    const delivery = read(decoder.decode(bytes))
    return Either.isLeft(delivery) ? delivery : within(onDelivery(delivery.right), consumerTimeout, "Busy")
  }
  const delivered = <R2>(request: WebhookRequest<R2>) => {
    const reason = refusal(request)
    if (reason !== undefined) return refuse(reason)
    const body = request.header("content-length") === "0" ? Effect.succeed(empty) : request.body(maxBytes, bodyTimeout)
    return Effect.flatMap(body, (bytes) =>
      Effect.as(
        Effect.zipRight(
          check(consumerSecret, request.header(signatureHeader), bytes),
          Effect.suspend(() => handOn(bytes))
        ),
        taken
      ))
  }
  return <R2>(request: WebhookRequest<R2>) => {
    const { method } = request
    const answer: Effect.Effect<WebhookResponse, WebhookRefused, R | R2> = method === "POST"
      ? Effect.zipRight(secretOf(consumerSecret), Effect.suspend(() => delivered(request)))
      : method === "GET"
      ? challenged(request.url)
      : refuse("NoSuchMethod")
    return Effect.catchAll(answer, refused)
  }
}

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
): HttpApp.Default<never, R | Scope.Scope> => appOf<R | Scope.Scope>(respond(options))

/**
 * The HTTP app of what answers a webhook's requests.
 *
 * @since 0.1.0
 */
export const appOf = <R>(
  answer: (request: WebhookRequest<Scope.Scope>) => Effect.Effect<WebhookResponse, never, R>
): HttpApp.Default<never, R> =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    Effect.map(
      answer({
        method: request.method,
        url: request.url,
        header: (name) => request.headers[name],
        body: (maxBytes, timeout) => within(pulled(request, maxBytes), timeout, "TooSlow")
      }),
      ({ body, close, status }) => {
        const headers = close ? { connection: "close" } : {}
        return body === undefined
          ? HttpServerResponse.empty({ status, headers })
          : HttpServerResponse.unsafeJson(body, { status, headers })
      }
    ))
