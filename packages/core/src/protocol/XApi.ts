/**
 * The configured way to X: where it is, in which dialect, for how long to
 * wait, over how many connections; and how a described endpoint is called.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Dialect } from "../model/Dialect.js"
import * as Attempt from "./Attempt.js"
import type { BucketName } from "./Buckets.js"
import * as Bytes from "./Bytes.js"
import { Credentials } from "./Credentials.js"
import * as Deadline from "./Deadline.js"
import * as Endpoint from "./Endpoint.js"
import type { ReadError } from "./Errors.js"
import type { RawAnswer } from "./Failure.js"
import * as Immediate from "./Immediate.js"
import * as Invocation from "./Invocation.js"
import * as Now from "./Now.js"
import { Permits } from "./Permits.js"
import * as RateLimitHeaders from "./RateLimitHeaders.js"
import { RateLimits, type RateLimitsOptions } from "./RateLimits.js"
import * as Retries from "./Retries.js"
import { traced } from "./Traced.js"
import { Usage, type UsageService } from "./Usage.js"
import { check, type XApiOptions } from "./XApiOptions.js"

export type { XApiOptions } from "./XApiOptions.js"

/**
 * What endpoints are called through.
 *
 * @since 0.1.0
 */
export interface XApiService {
  readonly baseUrl: string
  readonly dialect: Dialect
  /** Names the account that the calls are made for. */
  readonly account: string
  /** Counts what calls cost. */
  readonly usage: UsageService
  /** The time by X's clock as far as its answers have told it, in milliseconds since 1970. */
  readonly serverTime: Effect.Effect<number>
  /** The pause between two calls, in milliseconds, that spreads the calls which are left evenly over their time. */
  readonly pace: (bucket: BucketName) => Effect.Effect<number>
  /**
   * The function that calls an endpoint. A call waits for its turn under the
   * rate limits (`RateLimitPolicy`). A read or a removal is repeated after a
   * failure that may pass by itself, a send only if X cannot have seen it.
   */
  readonly call: <Input, Success, K extends Endpoint.Kind>(
    endpoint: Endpoint.Endpoint<Input, Success, K>
  ) => (input: Input) => Effect.Effect<Success, Endpoint.ErrorOf<K>>
  /**
   * As `call`, for an answer of bytes. The call has succeeded when the first of
   * them is there, and is not repeated after that; its connection is one of
   * `maxConnections` until the scope closes.
   */
  readonly download: <Input>(
    endpoint: Endpoint.Endpoint<Input, Bytes.Bytes, "read">
  ) => (input: Input) => Effect.Effect<Bytes.Bytes, ReadError, Scope.Scope>
}

/**
 * The configured way to X.
 *
 * @since 0.1.0
 */
export class XApi extends Context.Tag("@effect-xdm/core/XApi")<XApi, XApiService>() {
  /**
   * Reaches X through the `HttpClient` and with the `Credentials` around it,
   * within limits and with an account of the usage of its own. Fails with a
   * `ConfigError` if an option makes no sense.
   *
   * @since 0.1.0
   */
  static readonly layer = (
    { rateLimits, ...options }: XApiOptions & { readonly rateLimits?: RateLimitsOptions | undefined } = {}
  ): Layer.Layer<
    XApi | RateLimits | Usage,
    ConfigError.ConfigError,
    HttpClient.HttpClient | Credentials
  > => XApi.layerShared(options).pipe(Layer.provideMerge(Layer.merge(RateLimits.layer(rateLimits), Usage.layer())))

  /**
   * As {@link XApi.layer}, within the `RateLimits` around it, which several
   * accounts of an app share, and counting in the `Usage` around it.
   *
   * @since 0.1.0
   */
  static readonly layerShared = (
    options: XApiOptions = {}
  ): Layer.Layer<
    XApi,
    ConfigError.ConfigError,
    HttpClient.HttpClient | Credentials | RateLimits | Usage
  > => Layer.scoped(XApi, make(options))
}

/** X's clock counts as going wrong when it is off by more than its header, which tells seconds, can be. */
const tolerance = 2_000

const make = (options: XApiOptions) =>
  Effect.gen(function*() {
    const { baseUrl, dialect, maxConnections, retryBudget, timeout } = yield* check(options)
    const userAgent = options.userAgent ?? "effect-xdm"
    const transform = options.transformClient ?? ((client) => client)
    // Whole before it is signed: a signature can cover the URL, and a transformed client sees where it goes.
    const blank = HttpClientRequest.setHeader(HttpClientRequest.get(baseUrl), "user-agent", userAgent)
    const credentials = yield* Credentials
    const rateLimits = yield* RateLimits
    const turnsOf = (bucket: BucketName) => rateLimits.turns(credentials.account, credentials.app, bucket)
    const connections = new Permits(maxConnections)
    const means = {
      client: transform(yield* HttpClient.HttpClient),
      credentials,
      connections,
      deadline: yield* Deadline.make(Duration.millis(timeout)),
      timeout: Duration.millis(timeout)
    }
    const attempt = Attempt.make(means)
    const opening = Bytes.make(means, connections.one)
    const usage = yield* Usage
    const budget = new Retries.Budget(retryBudget)
    let clockOffset = 0
    const notice = ({ headers }: RawAnswer, now: number): void => {
      const offset = (RateLimitHeaders.dateOf(headers) ?? now) - now
      clockOffset = Math.abs(offset) > tolerance ? offset : 0
    }

    /** What makes the calls of an endpoint, by attempts of one kind or another. */
    const caller = <Input, Success, K extends Endpoint.Kind>(endpoint: Endpoint.Endpoint<Input, Success, K>) => {
      const toRequest = Endpoint.request(endpoint, dialect, blank)
      const invoke = Invocation.make(endpoint, {
        credentials,
        turns: turnsOf(endpoint.bucket),
        usage,
        budget,
        pauses: options.retry ?? endpoint.retry,
        clockOffset: () => clockOffset
      })
      return (
        input: Input,
        attempt: (
          request: HttpClientRequest.HttpClientRequest,
          observer: Attempt.Observer
        ) => Effect.Effect<Success, Attempt.AttemptError>
      ) =>
        traced(endpoint, (onAnswer) => {
          const request = toRequest(input)
          if (Either.isLeft(request)) return Effect.fail(request.left)
          return invoke(input, (observer) =>
            attempt(request.right, {
              ...observer,
              onAnswer: (answer) =>
                Now.at((now) => {
                  notice(answer, now)
                  return Immediate.flatMap(onAnswer(answer), () => observer.onAnswer(answer))
                })
            }))
        })
    }

    const call: XApiService["call"] = (endpoint) => {
      const interpret = Endpoint.response(endpoint)
      const calls = caller(endpoint)
      return (input) => calls(input, (request, observer) => attempt(endpoint, request, interpret, observer))
    }

    const download: XApiService["download"] = (endpoint) => {
      const interpret = Endpoint.response(endpoint)
      const calls = caller(endpoint)
      return (input) =>
        Effect.flatMap(Effect.scope, (scope) =>
          calls(input, (request, observer) =>
            Scope.extend(opening(endpoint, request, interpret, observer), scope)))
    }
    return {
      baseUrl,
      dialect,
      call,
      download,
      account: credentials.account,
      usage,
      serverTime: Effect.map(Clock.currentTimeMillis, (now) =>
        now + clockOffset),
      pace: (bucket: BucketName) => turnsOf(bucket).pace
    }
  })
