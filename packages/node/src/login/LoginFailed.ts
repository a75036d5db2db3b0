/** What can go wrong while a user logs in or out. */
import * as Data from "effect/Data"

/**
 * Nobody is logged in or out: `reason` says why for a program, `problem` for a
 * person, with what to do.
 *
 * - `InvalidInput`: an option makes no sense; nothing was asked.
 * - `PortInUse`: another program listens where X sends the user back to.
 * - `NoBrowser`: no browser could be opened, or nothing was pasted.
 * - `Denied`: the user did not allow the app to act.
 * - `NotOurs`: what came back belongs to another log-in.
 * - `TimedOut`: the user did not come back in time, or X did not answer.
 * - `Refused`: X refused the app or its request.
 * - `Unreachable`: X could not be asked.
 *
 * @since 0.1.0
 */
export class LoginFailed extends Data.TaggedError("LoginFailed")<{
  readonly reason:
    | "InvalidInput"
    | "PortInUse"
    | "NoBrowser"
    | "Denied"
    | "NotOurs"
    | "TimedOut"
    | "Refused"
    | "Unreachable"
  readonly problem: string
}> {
  override get message(): string {
    return this.problem
  }
}
