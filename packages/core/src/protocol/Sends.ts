/**
 * What the failure of a send means: a message that was not sent, or one of
 * which nobody knows.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import { type Attempted, type ReadError, type SendError, SendOutcomeUnknown } from "./Errors.js"

/**
 * The error of a send that left at a time by X's clock, in milliseconds since
 * 1970.
 *
 * @since 0.1.0
 */
export const toSendError =
  (sends: () => Omit<Attempted, "leftAt">, leftAt: number) => (error: ReadError): SendError => {
    const unknown = (reason: SendOutcomeUnknown["reason"]) =>
      new SendOutcomeUnknown({
        method: reason.method,
        route: reason.route,
        reason,
        attempted: { ...sends(), leftAt: DateTime.unsafeMake(leftAt) }
      })
    switch (error._tag) {
      case "ServerFailure":
      case "TimedOut":
        return unknown(error)
      case "Unreachable":
        return error.notSent ? error : unknown(error)
      case "UnexpectedResponse":
        // 201 is X's word that the message was created, even if its ids cannot be read.
        return error.status === 201 ? error : unknown(error)
      default:
        return error
    }
  }
