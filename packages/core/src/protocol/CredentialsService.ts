/**
 * What credentials are, whichever kind they are of.
 *
 * @since 0.1.0
 */
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { CredentialsError } from "./Errors.js"

/**
 * What makes requests an account's own.
 *
 * @since 0.1.0
 */
export interface CredentialsService {
  /** Names the account: its calls are counted together, and errors say whose they were. */
  readonly account: string
  /** Names the app, whose accounts share some of X's limits. */
  readonly app: string
  /** The OAuth 2.0 scopes of the token, where they are known. */
  readonly scopes: Effect.Effect<Option.Option<ReadonlyArray<string>>, CredentialsError>
  /** Gives the request with its `Authorization` header. */
  readonly sign: (
    request: HttpClientRequest.HttpClientRequest
  ) => Effect.Effect<HttpClientRequest.HttpClientRequest, CredentialsError>
  /**
   * Told of a signed request that X refused with 401: gives whether there are
   * other credentials now, so that it is worth signing anew.
   */
  readonly renew: (refused: HttpClientRequest.HttpClientRequest) => Effect.Effect<boolean, CredentialsError>
}

/**
 * What tells accounts and apps apart in a program with several of them.
 *
 * @since 0.1.0
 */
export interface Names {
  /** The account's name. Default `"default"`. */
  readonly account?: string | undefined
  /** The app's name. Default `"default"`. */
  readonly app?: string | undefined
}
