/**
 * How to reach X.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as ConfigError from "effect/ConfigError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Dialect } from "../model/Dialect.js"
import { finiteMillis } from "./Durations.js"
import type * as Retries from "./Retries.js"

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
  /** The pauses before a call is repeated, in place of those of each endpoint: three of 0.5 s, 1 s and 2 s. */
  readonly retry?: Retries.Pauses | undefined
  /**
   * How many repeats there may be among all calls before some succeed: one is
   * taken for each repeat, and a fifth given back for each success. So an outage
   * causes no storm. 0 and more. Default 20.
   */
  readonly retryBudget?: number | undefined
  /** A change to the client that makes the requests: to log, to count, to go through a proxy. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

const invalid = (option: string, rule: string) => ConfigError.InvalidData([option], `${option} ${rule}`)

/**
 * The options with their defaults, or which of them makes no sense.
 *
 * @since 0.1.0
 */
export const check = (options: XApiOptions) =>
  Effect.gen(function*() {
    const baseUrl = options.baseUrl ?? "https://api.x.com"
    if (!/^https?:\/\/[^/?#@\s]+\/?$/.test(baseUrl)) {
      return yield* Effect.fail(
        invalid("baseUrl", "must be an http or https URL without a path, like https://api.x.com")
      )
    }
    const timeout = finiteMillis(options.timeout ?? "30 seconds")
    if (timeout === undefined) {
      return yield* Effect.fail(invalid("timeout", "must be a duration longer than nothing, like \"30 seconds\""))
    }
    const retryBudget = options.retryBudget ?? 20
    if (!(retryBudget >= 0)) return yield* Effect.fail(invalid("retryBudget", "must be a number of at least 0"))
    const maxConnections = options.maxConnections ?? 16
    if (!Number.isInteger(maxConnections) || maxConnections < 1) {
      return yield* Effect.fail(invalid("maxConnections", "must be a whole number of at least 1"))
    }
    const dialect = options.dialect ?? "post"
    if (dialect !== "post" && dialect !== "tweet") {
      return yield* Effect.fail(invalid("dialect", "must be \"post\" or \"tweet\""))
    }
    return { baseUrl: baseUrl.replace(/\/$/, ""), timeout, retryBudget, maxConnections, dialect }
  })
