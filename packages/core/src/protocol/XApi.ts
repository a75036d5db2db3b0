/**
 * The configured way to X: where it is, in which dialect, for how long to
 * wait, over how many connections; and how a described endpoint is called.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type { Dialect } from "../model/Dialect.js"
import { Credentials } from "./Credentials.js"
import * as Endpoint from "./Endpoint.js"
import * as Errors from "./Errors.js"
import type { RawAnswer } from "./Failure.js"
import * as RateLimitHeaders from "./RateLimitHeaders.js"
import * as Retries from "./Retries.js"
import * as Transport from "./Transport.js"

/**
 * How to reach X. All of it has a default.
 *
 * @since 0.1.0
 */
export interface XApiOptions {
  /** Where the API is: an http or https URL without a path. Default `https://api.x.com`. */
  readonly baseUrl?: string | undefined
  /** The words to ask in; answers are read in both. Default `"post"`. */
  readonly dialect?: Dialect | undefined
  /** The time one attempt may take, from the request to the last byte of the answer. Default 30 seconds. */
  readonly timeout?: Duration.DurationInput | undefined
  /** How many requests may be under way at once, 1 and more. Default 16. */
  readonly maxConnections?: number | undefined
  /** The `User-Agent` header; browsers may put their own. Default `effect-xdm`. */
  readonly userAgent?: string | undefined
  /** A change to the client that makes the requests: to log, to count, to go through a proxy. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/**
 * What endpoints are called through.
 *
 * @since 0.1.0
 */
export interface XApiService {
  readonly baseUrl: string
  readonly dialect: Dialect
  /**
   * The function that calls an endpoint. A read or a removal is repeated after
   * a failure that may pass by itself ({@link Retries.backOff}), a send never.
   */
  readonly call: <Input, Success, K extends Endpoint.Kind>(
    endpoint: Endpoint.Endpoint<Input, Success, K>
  ) => (input: Input) => Effect.Effect<Success, Endpoint.ErrorOf<K>>
}

/**
 * The configured way to X.
 *
 * @since 0.1.0
 */
export class XApi extends Context.Tag("@effect-xdm/core/XApi")<XApi, XApiService>() {
  /**
   * Reaches X through the `HttpClient` and with the `Credentials` around it.
   * Fails with a `ConfigError` if an option makes no sense.
   *
   * @since 0.1.0
   */
  static readonly layer = (
    options: XApiOptions = {}
  ): Layer.Layer<XApi, ConfigError.ConfigError, HttpClient.HttpClient | Credentials> =>
    Layer.effect(XApi, make(options))
}

const invalid = (option: string, rule: string) => ConfigError.InvalidData([option], `${option} ${rule}`)

const check = (options: XApiOptions) =>
  Effect.gen(function*() {
    const baseUrl = options.baseUrl ?? "https://api.x.com"
    if (!/^https?:\/\/[^/?#@\s]+\/?$/.test(baseUrl)) {
      return yield* Effect.fail(
        invalid("baseUrl", "must be an http or https URL without a path, like https://api.x.com")
      )
    }
    const timeout = Duration.decodeUnknown(options.timeout ?? "30 seconds")
    if (timeout._tag === "None" || Duration.toMillis(timeout.value) <= 0) {
      return yield* Effect.fail(invalid("timeout", "must be a duration longer than nothing, like \"30 seconds\""))
    }
    const maxConnections = options.maxConnections ?? 16
    if (!Number.isInteger(maxConnections) || maxConnections < 1) {
      return yield* Effect.fail(invalid("maxConnections", "must be a whole number of at least 1"))
    }
    const dialect = options.dialect ?? "post"
    if (dialect !== "post" && dialect !== "tweet") {
      return yield* Effect.fail(invalid("dialect", "must be \"post\" or \"tweet\""))
    }
    return { baseUrl: baseUrl.replace(/\/$/, ""), timeout: timeout.value, maxConnections, dialect }
  })

const make = (options: XApiOptions) =>
  Effect.gen(function*() {
    const { baseUrl, dialect, maxConnections, timeout } = yield* check(options)
    const credentials = yield* Credentials
    const connections = yield* Effect.makeSemaphore(maxConnections)
    const userAgent = options.userAgent ?? "effect-xdm"
    const transform = options.transformClient ?? ((client) => client)
    // Whole before it is signed: a signature can cover the URL, and a transformed client sees where it goes.
    const addressed = (request: HttpClientRequest.HttpClientRequest) =>
      HttpClientRequest.setHeader(HttpClientRequest.prependUrl(request, baseUrl), "user-agent", userAgent)
    const client = transform(yield* HttpClient.HttpClient).pipe(
      // The span of a call is ours; those of the client would name full URLs, and X has no use for our trace ids.
      HttpClient.withTracerDisabledWhen(() => true),
      HttpClient.withTracerPropagation(false),
      // An attempt that ends early closes its connection at once.
      HttpClient.withScope
    )

    const attempt = <Input, Success, K extends Endpoint.Kind>(
      endpoint: Endpoint.Endpoint<Input, Success, K>,
      interpret: ReturnType<typeof Endpoint.response<Input, Success, K>>,
      request: HttpClientRequest.HttpClientRequest
    ): Effect.Effect<Success, Exclude<Errors.ReadError, Errors.InvalidInput>> =>
      Effect.flatMap(credentials.sign(request), (signed) =>
        client.execute(signed).pipe(
          Effect.flatMap((response) =>
            Effect.map(
              response.text,
              (body): RawAnswer => ({ status: response.status, headers: response.headers, body })
            )
          ),
          Effect.scoped,
          Effect.mapError((error: HttpClientError) => Transport.unreachable(endpoint, error)),
          Effect.timeoutFail({
            duration: timeout,
            onTimeout: () =>
              new Errors.TimedOut({
                method: endpoint.method,
                route: endpoint.route,
                afterMillis: Duration.toMillis(timeout)
              })
          }),
          Effect.tap((answer) => Effect.annotateCurrentSpan(answerAttributes(answer))),
          Effect.flatMap((answer) => {
            const result = interpret(answer)
            return Either.isRight(result) ? result : interpret(Transport.withoutSecrets(answer, signed))
          })
        )).pipe(connections.withPermits(1))

    const call: XApiService["call"] = (endpoint) => {
      const toRequest = Endpoint.request(endpoint, dialect)
      const interpret = Endpoint.response(endpoint)
      const span = {
        kind: "client",
        captureStackTrace: false,
        attributes: { "http.request.method": endpoint.method, "url.template": endpoint.route }
      } as const
      return (input) =>
        Effect.suspend(() => {
          const request = toRequest(input)
          return Either.isLeft(request)
            ? Effect.fail(request.left)
            : repeated(endpoint, attempt(endpoint, interpret, addressed(request.right)))
        }).pipe(Effect.withSpan(`${endpoint.method} ${endpoint.route}`, span))
    }
    return { baseUrl, dialect, call }
  })

type Attempted = Exclude<Errors.ReadError, Errors.InvalidInput>

/** A call of which one attempt is known: repeated if its kind allows it, with the errors of its kind. */
const repeated = <Input, Success, K extends Endpoint.Kind>(
  { empty, kind }: Endpoint.Endpoint<Input, Success, K>,
  attempt: Effect.Effect<Success, Attempted>
): Effect.Effect<Success, Endpoint.ErrorOf<K>> => {
  const call = kind === "send"
    ? Effect.mapError(attempt, asSendError)
    : kind === "remove" && empty !== undefined
    ? removed(attempt, empty)
    : Effect.retry(attempt, transient)
  // K decides between the two unions: ErrorOf says how, which the checks above cannot show.
  return call as Effect.Effect<Success, Endpoint.ErrorOf<K>>
}

const transient = { while: Retries.isTransient, schedule: Retries.backOff } as const

/** If an attempt failed after X may have done the removal, a repeat that finds nothing to remove has its wish. */
const removed = <Success>(attempt: Effect.Effect<Success, Attempted>, done: Success) =>
  Effect.suspend(() => {
    let perhapsDone = false
    const noticed = Effect.tapError(attempt, (error) =>
      Effect.sync(() => {
        perhapsDone ||= Retries.isTransient(error) && !(error._tag === "Unreachable" && error.notSent)
      }))
    return Effect.retry(noticed, transient).pipe(
      Effect.catchTag("NotFound", (error) => perhapsDone ? Effect.succeed(done) : Effect.fail(error))
    )
  })

/** A send that failed in a way that leaves open whether X has done it. */
const asSendError = (error: Attempted): Errors.SendError => {
  switch (error._tag) {
    case "ServerFailure":
    case "TimedOut":
      return unknownOutcome(error)
    case "Unreachable":
      return error.notSent ? error : unknownOutcome(error)
    case "UnexpectedResponse":
      // 201 is X's word that the message was created, even if its ids cannot be read.
      return error.status === 201 ? error : unknownOutcome(error)
    default:
      return error
  }
}

const unknownOutcome = (reason: Errors.SendOutcomeUnknown["reason"]) =>
  new Errors.SendOutcomeUnknown({ method: reason.method, route: reason.route, reason })

const answerAttributes = (answer: RawAnswer): Record<string, unknown> => {
  const attributes: Record<string, unknown> = { "http.response.status_code": answer.status }
  const [first] = RateLimitHeaders.fromHeaders(answer.headers)
  if (first?.limit !== undefined) attributes["x.rate_limit.limit"] = first.limit
  if (first?.remaining !== undefined) attributes["x.rate_limit.remaining"] = first.remaining
  return attributes
}
