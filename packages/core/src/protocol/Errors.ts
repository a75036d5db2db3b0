/**
 * Everything that can go wrong with a call, each named for the fact. Every
 * error says which call it was, what X answered, and, in its `message`, what
 * happened and what to do. None of them holds a request, a header or a token.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import type { Message } from "../model/Message.js"
import type { Problem } from "../model/Problem.js"
import type { Recipient } from "../model/Recipient.js"

/**
 * The call that failed: `GET` and `/2/dm_events/{event_id}`.
 *
 * @since 0.1.0
 */
export interface Call {
  readonly method: string
  readonly route: string
}

/**
 * The answer that told of the failure: its HTTP status, X's problem document
 * where there was one, and X's `x-transaction-id`, which X's support asks for.
 *
 * @since 0.1.0
 */
export interface Answer extends Call {
  readonly status: number
  readonly problem: Problem | undefined
  readonly transactionId: string | undefined
}

const said = (problem: Problem | undefined): string => {
  const words = problem?.detail ?? problem?.title
  return words === undefined ? "" : ` X says: ${words}`
}

const say = (call: Call, ...sentences: ReadonlyArray<string>): string =>
  `${call.method} ${call.route}: ${sentences.join(" ")}`

const sayAnswer = (
  answer: Call & { readonly [K in keyof Omit<Answer, keyof Call>]: Answer[K] | undefined },
  ...sentences: ReadonlyArray<string>
): string =>
  say(answer, ...sentences) + said(answer.problem) +
  (answer.transactionId === undefined ? "" : ` (status ${answer.status}, x-transaction-id ${answer.transactionId})`)

/**
 * An input that X would refuse. No request was made.
 *
 * @since 0.1.0
 */
export class InvalidInput extends Data.TaggedError("InvalidInput")<
  Call & {
    /** The parameter, by its path: `maxResults`, `attachments.0.mediaId`. */
    readonly parameter: string
    /** What it must be. */
    readonly rule: string
    /** What it was, as text and cut to 100 characters. */
    readonly value: string
  }
> {
  override get message(): string {
    return say(this, `${this.parameter} ${this.rule}; it was ${this.value}. No request was made.`)
  }
}

/**
 * The token is missing, wrong, expired or revoked (401).
 *
 * @since 0.1.0
 */
export class Unauthorized extends Data.TaggedError("Unauthorized")<Answer> {
  override get message(): string {
    return sayAnswer(
      this,
      "the access token was refused. X lets it expire after two hours: log in again for a new one. Direct Messages",
      "need the token of a user, from OAuth 2.0 with PKCE; an app-only bearer token never works."
    )
  }
}

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
 * The token does not allow what the call needs, as its own scopes tell. No
 * request was made. Where they are not known, X says so: {@link Forbidden}
 * with the reason `"MissingScope"`.
 *
 * @since 0.1.0
 */
export class MissingScope extends Data.TaggedError("MissingScope")<
  Call & { readonly missing: ReadonlyArray<string>; readonly granted: ReadonlyArray<string> }
> {
  override get message(): string {
    return say(
      this,
      `the token lacks ${this.missing.join(" and ")}. Log in again and allow it; the token has: ${
        this.granted.length === 0 ? "no scope" : this.granted.join(" ")
      }. No request was made.`
    )
  }
}

/**
 * What can be wrong with the credentials before a request is made.
 *
 * @since 0.1.0
 */
export type CredentialsError = NeedsLogin | RefreshFailed | TokenStoreFailed

/**
 * Why X forbade a call.
 *
 * @since 0.1.0
 */
export type ForbiddenReason =
  | "MissingScope"
  | "RecipientRefusesMessages"
  | "RecipientDoesNotFollow"
  | "LooksAutomated"
  | "AppLacksDmPermission"
  | "ClientNotEnrolled"
  | "NotAuthorizedForResource"
  | "Other"

const forbiddenAdvice: { readonly [R in ForbiddenReason]: string } = {
  MissingScope: "most likely the token lacks a scope. Log in again and allow those that this call needs.",
  RecipientRefusesMessages: "this user takes no messages from you.",
  RecipientDoesNotFollow: "this user takes messages only from people they follow, and does not follow you.",
  LooksAutomated: "X held the call to be automated. Slow down, and do not send the same text to many.",
  AppLacksDmPermission:
    "your app has no permission for Direct Messages. Set it in X's developer portal, then log in again.",
  ClientNotEnrolled: "your app is not enrolled for this API. Attach it to a project in X's developer portal.",
  NotAuthorizedForResource:
    "the account may not see or change this. You must take part in a conversation to read or write it, and have sent a message to delete it.",
  Other: "the account may not do this."
}

/**
 * X understood the call and will not do it (403). `reason` says why as far as
 * X tells; `scopes` are those that the call needs.
 *
 * @since 0.1.0
 */
export class Forbidden extends Data.TaggedError("Forbidden")<
  Answer & { readonly reason: ForbiddenReason; readonly scopes: ReadonlyArray<string> }
> {
  override get message(): string {
    const scopes = this.reason === "MissingScope" ? `It needs: ${this.scopes.join(" ")}.` : ""
    return sayAnswer(this, "forbidden:", forbiddenAdvice[this.reason], scopes).replace(/ {2,}/g, " ").trimEnd()
  }
}

/**
 * The span of time in which X counts calls.
 *
 * @since 0.1.0
 */
export type RateLimitWindow = "15 minutes" | "24 hours of the user" | "24 hours of the app" | "usage cap" | "unknown"

/**
 * No calls are left, and to wait for more would take longer than the call was
 * allowed to wait ({@link RateLimitPolicy}). `bucket` names the endpoint whose
 * calls are counted together, `resetsAt` when there are calls again, as far as
 * is known. Without a `status`, no request was made; with one, X refused it
 * (429). A `remaining` above 0 means a cap that X does not publish.
 *
 * @since 0.1.0
 */
export class RateLimited extends Data.TaggedError("RateLimited")<
  Call & {
    readonly status: number | undefined
    readonly problem: Problem | undefined
    readonly transactionId: string | undefined
    readonly bucket: string
    readonly window: RateLimitWindow
    readonly limit: number | undefined
    readonly remaining: number | undefined
    readonly resetsAt: DateTime.Utc | undefined
  }
> {
  override get message(): string {
    const limit = this.limit === undefined ? "the limit" : `the limit of ${this.limit} calls`
    const until = this.resetsAt === undefined
      ? "Try again later, with growing pauses"
      : `Try again after ${DateTime.formatIso(this.resetsAt)}`
    const advice = this.window === "usage cap" ? "" : ", or allow the call to wait longer (RateLimitPolicy)"
    const window = this.window === "unknown" ? "" : ` (${this.window})`
    const made = this.status === undefined ? " No request was made." : ""
    return sayAnswer(this, `${limit}${window} for ${this.bucket} is used up.${made} ${until}${advice}.`)
  }
}

/**
 * The account of your app at X has no credits left (402).
 *
 * @since 0.1.0
 */
export class OutOfCredits extends Data.TaggedError("OutOfCredits")<Answer> {
  override get message(): string {
    return sayAnswer(this, "your app has no credits left. Buy some in X's developer portal; the call was not made.")
  }
}

/**
 * X did not understand the request, though it passed our own checks (400 and
 * the like). `problem.parameter` names the part, where X tells.
 *
 * @since 0.1.0
 */
export class BadRequest extends Data.TaggedError("BadRequest")<Answer> {
  override get message(): string {
    const part = this.problem?.parameter === undefined ? "" : ` (${this.problem.parameter})`
    return sayAnswer(this, `X refused the request${part}. Repeating it will not help.`)
  }
}

/**
 * The event, conversation or user does not exist, or the account cannot know
 * of it (404). X keeps events for 30 days.
 *
 * @since 0.1.0
 */
export class NotFound extends Data.TaggedError("NotFound")<Answer> {
  override get message(): string {
    return sayAnswer(this, "not found. It may be deleted, older than X's 30 days, or another account's.")
  }
}

/**
 * X failed (500 and above). A read has been retried already, unless X asked for
 * a longer pause (`retryAfterMillis`) than a call waits.
 *
 * @since 0.1.0
 */
export class ServerFailure extends Data.TaggedError("ServerFailure")<
  Answer & {
    /** The pause that X asked for, in milliseconds (`Retry-After`). */
    readonly retryAfterMillis: number | undefined
  }
> {
  override get message(): string {
    const when = this.retryAfterMillis === undefined ? "in a while" : `in ${Math.ceil(this.retryAfterMillis / 1000)} s`
    return sayAnswer(this, `X failed with status ${this.status}. Try again ${when}.`)
  }
}

/**
 * The request or its answer did not get through. With `notSent`, it is certain
 * that X has not seen the request: the connection was refused, or the host was
 * not found.
 *
 * @since 0.1.0
 */
export class Unreachable extends Data.TaggedError("Unreachable")<
  Call & { readonly code: string | undefined; readonly notSent: boolean }
> {
  override get message(): string {
    const code = this.code === undefined ? "" : ` (${this.code})`
    return this.notSent
      ? say(this, `X could not be reached${code}; nothing was sent. Check the network and the base URL.`)
      : say(this, `the connection to X broke${code} before the answer was complete. Check the network, and try again.`)
  }
}

/**
 * The answer was not complete within the time allowed, its body included.
 *
 * @since 0.1.0
 */
export class TimedOut extends Data.TaggedError("TimedOut")<Call & { readonly afterMillis: number }> {
  override get message(): string {
    return say(this, `no complete answer within ${this.afterMillis} ms. Raise the time-out, or try again.`)
  }
}

/**
 * An answer that is none of X's: not JSON, cut short, or of another shape. With
 * status 201 X has taken the message, and must not be sent it again.
 *
 * `path` says where in the JSON (`data.3.text`; empty when it is no JSON at
 * all), `excerpt` is the beginning of the body or the value found there, cut
 * to 200 characters and without secrets.
 *
 * @since 0.1.0
 */
export class UnexpectedResponse extends Data.TaggedError("UnexpectedResponse")<
  Answer & { readonly path: string; readonly expected: string; readonly excerpt: string }
> {
  override get message(): string {
    const place = this.path === "" ? "the body" : this.path
    const advice = this.status === 201
      ? "X has taken the message: do not send it again."
      : "It may be a proxy's. If it comes again, tell the authors of this library."
    return sayAnswer(
      this,
      `the answer (status ${this.status}) could not be read: ${place}: ${this.expected}. ${advice}`,
      `It began: ${this.excerpt}`
    )
  }
}

/** What left the outcome of a send open, without the advice that a read would be given. */
const briefly = (reason: ServerFailure | Unreachable | TimedOut | UnexpectedResponse): string => {
  switch (reason._tag) {
    case "ServerFailure":
      return `X failed with status ${reason.status}`
    case "TimedOut":
      return `there was no complete answer within ${reason.afterMillis} ms`
    case "Unreachable":
      return `the connection to X broke${reason.code === undefined ? "" : ` (${reason.code})`}`
    case "UnexpectedResponse":
      return `the answer (status ${reason.status}) could not be read`
  }
}

/**
 * Nobody can know whether the message was sent: the connection broke, time
 * ran out or X failed after the request had left. `dm.reconcile` looks for it
 * among the newest events and sends it again if it is not there; X has no way
 * to recognise a repeat.
 *
 * After a reconciliation, `unresolved` says why even that could not tell.
 *
 * @since 0.1.0
 */
export class SendOutcomeUnknown extends Data.TaggedError("SendOutcomeUnknown")<
  Call & {
    readonly reason: ServerFailure | Unreachable | TimedOut | UnexpectedResponse
    /** What was to be sent, to whom, and when it left. */
    readonly attempted: Attempted
    readonly unresolved?: ReadError
  }
> {
  override get message(): string {
    const tried = this.unresolved === undefined
      ? "Call dm.reconcile with this error: it looks for the message, and sends it if it is not there."
      : `To look for it failed too: ${this.unresolved.message} Call dm.reconcile again later.`
    return say(this, `${briefly(this.reason)}, so the message may or may not have been sent.`, tried)
  }
}

/**
 * A send whose outcome is not known.
 *
 * @since 0.1.0
 */
export interface Attempted {
  readonly to: Recipient
  readonly message: Message
  /** When it left, by the clock of X as far as that is known. */
  readonly leftAt: DateTime.Utc
}

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

/**
 * The errors of a send. A failed server, a time-out and a broken connection
 * leave the outcome open, so they come as the `reason` of
 * {@link SendOutcomeUnknown}; an {@link Unreachable} here is always `notSent`.
 *
 * @since 0.1.0
 */
export type SendError = CallError | SendOutcomeUnknown
