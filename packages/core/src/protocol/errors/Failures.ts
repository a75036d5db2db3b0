/**
 * What did not work out, and may another time.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import { type Answer, type Call, say, sayAnswer } from "./Calls.js"

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
