/**
 * What can be wrong with the credentials.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type { ServerFailure, TimedOut, UnexpectedResponse, Unreachable } from "./Failures.js"
import type { BadRequest, RateLimited } from "./Refusals.js"

/**
 * The account must log in again: there is no token of it, or X takes neither
 * its access token nor its refresh token any more. No request was made with
 * them since.
 *
 * @since 0.1.0
 */
export class NeedsLogin extends Data.TaggedError("NeedsLogin")<{
  readonly account: string
  /** What is wrong, as the beginning of a sentence: `"X refused the refresh token"`. */
  readonly why: string
}> {
  override get message(): string {
    return `${this.why}, so the account "${this.account}" must log in again: have its user authorize the app anew ` +
      "(OAuth 2.0 with PKCE, with the scope offline.access), and keep the new tokens in the token store."
  }
}

/**
 * The access token ran out and could not be renewed just now. The refresh token
 * is still good as far as anyone knows; the next call tries again.
 *
 * @since 0.1.0
 */
export class RefreshFailed extends Data.TaggedError("RefreshFailed")<{
  readonly account: string
  readonly reason: Unreachable | TimedOut | ServerFailure | RateLimited | BadRequest | UnexpectedResponse
}> {
  override get message(): string {
    const advice = this.reason._tag === "BadRequest" ? " Check clientId and clientSecret." : ""
    return `the access token of the account "${this.account}" could not be renewed. ${this.reason.message}${advice}`
  }
}

/**
 * The tokens of an account could not be read or kept. Nothing was overwritten.
 *
 * @since 0.1.0
 */
export class TokenStoreFailed extends Data.TaggedError("TokenStoreFailed")<{
  /** Where the tokens are: a path, a key. */
  readonly store: string
  /** What is wrong, and how to mend it, as the end of a sentence: `"is not JSON. …"`. */
  readonly problem: string
}> {
  override get message(): string {
    return `the token store ${this.store} ${this.problem}`
  }
}

/**
 * What can be wrong with the credentials before a request is made.
 *
 * @since 0.1.0
 */
export type CredentialsError = NeedsLogin | RefreshFailed | TokenStoreFailed
