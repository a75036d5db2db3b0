/**
 * The configured way to X: where it is, in which dialect, for how long to
 * wait, over how many connections; and how a described endpoint is called.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type { Tracer } from "effect/Tracer"
import type { Dialect } from "../model/Dialect.js"
import * as Attempt from "./Attempt.js"
import { Credentials } from "./Credentials.js"
import * as Deadline from "./Deadline.js"
import * as Endpoint from "./Endpoint.js"
import * as Errors from "./Errors.js"
import type { RawAnswer } from "./Failure.js"
import * as RateLimitHeaders from "./RateLimitHeaders.js"
import * as Retries from "./Retries.js"

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
    Layer.scoped(XApi, make(options))
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
    const userAgent = options.userAgent ?? "effect-xdm"
    const transform = options.transformClient ?? ((client) => client)
    // Whole before it is signed: a signature can cover the URL, and a transformed client sees where it goes.
    const addressed = (request: HttpClientRequest.HttpClientRequest) =>
      HttpClientRequest.setHeader(HttpClientRequest.prependUrl(request, baseUrl), "user-agent", userAgent)
    const attempt = Attempt.make({
      client: transform(yield* HttpClient.HttpClient),
      credentials: yield* Credentials,
      connections: yield* Effect.makeSemaphore(maxConnections),
      within: yield* Deadline.make(timeout),
      timeout
    })

    const call: XApiService["call"] = (endpoint) => {
      const toRequest = Endpoint.request(endpoint, dialect)
      const interpret = Endpoint.response(endpoint)
      return (input) =>
        traced(endpoint, (onAnswer) => {
          const request = toRequest(input)
          return Either.isLeft(request)
            ? Effect.fail(request.left)
            : repeated(endpoint, attempt(endpoint, addressed(request.right), interpret, onAnswer))
        })
    }
    return { baseUrl, dialect, call }
  })

/** Whether a tracer is that of a program which has set up none: nobody would see the span, a tenth of a call's cost. */
const isIdle = (tracer: Tracer): boolean => tracer === (idle ??= Effect.runSync(Effect.tracer))

let idle: Tracer | undefined

/** A call in its span, which says of each answer what `answerAttributes` does. */
const traced = <A, E>(
  { method, route }: Errors.Call,
  call: (onAnswer: (answer: RawAnswer) => Effect.Effect<void>) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.flatMap(Effect.tracer, (tracer) =>
    isIdle(tracer)
      ? call(() => Effect.void)
      : Effect.withSpan(
        Effect.suspend(() => call((answer) => Effect.annotateCurrentSpan(answerAttributes(answer)))),
        `${method} ${route}`,
        {
          kind: "client",
          captureStackTrace: false,
          attributes: { "http.request.method": method, "url.template": route }
        }
      ))

const answerAttributes = ({ headers, status }: RawAnswer): Record<string, unknown> => {
  const [first] = RateLimitHeaders.fromHeaders(headers)
  return {
    "http.response.status_code": status,
    ...(first?.limit === undefined ? undefined : { "x.rate_limit.limit": first.limit }),
    ...(first?.remaining === undefined ? undefined : { "x.rate_limit.remaining": first.remaining })
  }
}

/** A call of which one attempt is known: repeated if its kind allows it, with the errors of its kind. */
const repeated = <Input, Success, K extends Endpoint.Kind>(
  { empty, kind }: Endpoint.Endpoint<Input, Success, K>,
  attempt: Effect.Effect<Success, Attempt.AttemptError>
): Effect.Effect<Success, Endpoint.ErrorOf<K>> => {
  const call = kind === "send"
    ? Effect.mapError(attempt, asSendError)
    : kind === "remove" && empty !== undefined
    ? removed(attempt, empty)
    : retried(attempt)
  // K decides between the two unions: ErrorOf says how, which the checks above cannot show.
  return call as Effect.Effect<Success, Endpoint.ErrorOf<K>>
}

/** `Effect.retry` that costs nothing until something has failed. */
const retried = <Success>(attempt: Effect.Effect<Success, Attempt.AttemptError>) =>
  Effect.catchAll(attempt, (error) => {
    if (!Retries.isTransient(error)) return Effect.fail(error)
    let first = true
    const next = Effect.suspend(() => {
      if (!first) return attempt
      first = false
      return Effect.fail(error)
    })
    return Effect.retry(next, { while: Retries.isTransient, schedule: Retries.backOff() })
  })

/** If an attempt failed after X may have done the removal, a repeat that finds nothing to remove has its wish. */
const removed = <Success>(attempt: Effect.Effect<Success, Attempt.AttemptError>, done: Success) =>
  Effect.suspend(() => {
    let perhapsDone = false
    const noticed = Effect.tapError(attempt, (error) =>
      Effect.sync(() => {
        perhapsDone ||= Retries.isTransient(error) && !(error._tag === "Unreachable" && error.notSent)
      }))
    return retried(noticed).pipe(
      Effect.catchTag("NotFound", (error) => perhapsDone ? Effect.succeed(done) : Effect.fail(error))
    )
  })

/** A send that failed in a way that leaves open whether X has done it. */
const asSendError = (error: Attempt.AttemptError): Errors.SendError => {
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
