/**
 * The errors of calls that do no harm twice.
 *
 * @since 0.1.0
 */
import type { InvalidInput, MissingScope } from "./Calls.js"
import type { ServerFailure, TimedOut, UnexpectedResponse, Unreachable } from "./Failures.js"
import type { CredentialsError } from "./Logins.js"
import type { BadRequest, Forbidden, NotFound, OutOfCredits, RateLimited, Unauthorized } from "./Refusals.js"

/**
 * What any call can meet.
 *
 * @since 0.1.0
 */
export type CallError =
  | CredentialsError
  | MissingScope
  | InvalidInput
  | Unauthorized
  | Forbidden
  | RateLimited
  | OutOfCredits
  | BadRequest
  | NotFound
  | Unreachable
  | UnexpectedResponse

/**
 * The errors of a call that can be repeated without harm: all but a send.
 *
 * @since 0.1.0
 */
export type ReadError = CallError | ServerFailure | TimedOut
