/**
 * The checks of options that are not parameters of X.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import type { EventId } from "../model/Ids.js"
import { InvalidInput } from "../protocol/Errors.js"

/** What the options belong to, as errors name it. */
const call = { method: "GET", route: "(a stream of events)" }

/** @since 0.1.0 */
export const refuse = (parameter: string, rule: string, value: unknown): Either.Either<never, InvalidInput> =>
  Either.left(new InvalidInput({ ...call, parameter, rule, value: String(value).slice(0, 100) }))

/** A whole number within bounds; `Infinity` where `most` is that. @since 0.1.0 */
export const wholeNumber = (
  parameter: string,
  value: number,
  least: number,
  most: number
): Either.Either<number, InvalidInput> =>
  Number.isInteger(value) && value >= least && value <= most || value === most
    ? Either.right(value)
    : refuse(
      parameter,
      `must be a whole number ${most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`}`,
      value
    )

/** A duration longer than nothing, in milliseconds. @since 0.1.0 */
export const milliseconds = (parameter: string, value: unknown): Either.Either<number, InvalidInput> => {
  const duration = Duration.decodeUnknown(value)
  return duration._tag === "Some" && Duration.toMillis(duration.value) > 0
    ? Either.right(Duration.toMillis(duration.value))
    : refuse(parameter, "must be a duration longer than nothing, like \"60 seconds\"", value)
}

/** An id that can be put in order: digits, and no zeros before them. @since 0.1.0 */
export const isEventId = (value: unknown): value is EventId =>
  typeof value === "string" && /^(0|[1-9]\d{0,19})$/.test(value)
