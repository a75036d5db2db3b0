/**
 * What every error tells of the call, and those of calls that were not made.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type { Problem } from "../../model/Problem.js"

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

/** @since 0.1.0 */
export const say = (call: Call, ...sentences: ReadonlyArray<string>): string =>
  `${call.method} ${call.route}: ${sentences.join(" ")}`

/** @since 0.1.0 */
export const sayAnswer = (
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
