/**
 * What sends have of their own.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as DateTime from "effect/DateTime"
import type { Message } from "../../model/Message.js"
import type { Recipient } from "../../model/Recipient.js"
import { type Call, say } from "./Calls.js"
import type { ServerFailure, TimedOut, UnexpectedResponse, Unreachable } from "./Failures.js"
import type { CallError, ReadError } from "./Unions.js"

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
 * The errors of a send. A failed server, a time-out and a broken connection
 * leave the outcome open, so they come as the `reason` of
 * {@link SendOutcomeUnknown}; an {@link Unreachable} here is always `notSent`.
 *
 * @since 0.1.0
 */
export type SendError = CallError | SendOutcomeUnknown
