/**
 * Everything that can go wrong with a call, each named for the fact. Every
 * error says which call it was, what X answered, and, in its `message`, what
 * happened and what to do. None of them holds a request, a header or a token.
 *
 * @since 0.1.0
 */
export { type Answer, type Call, InvalidInput, MissingScope } from "./errors/Calls.js"
export { ServerFailure, TimedOut, UnexpectedResponse, Unreachable } from "./errors/Failures.js"
export { type CredentialsError, NeedsLogin, RefreshFailed, TokenStoreFailed } from "./errors/Logins.js"
export {
  BadRequest,
  Forbidden,
  type ForbiddenReason,
  NotFound,
  OutOfCredits,
  RateLimited,
  type RateLimitWindow,
  Unauthorized
} from "./errors/Refusals.js"
export { type Attempted, type SendError, SendOutcomeUnknown } from "./errors/Sends.js"
export type { CallError, ReadError } from "./errors/Unions.js"
