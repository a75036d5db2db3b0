/**
 * Event ids are snowflakes: the high bits are the time of the event, so a
 * newer event has a larger id.
 *
 * Source: X's developer guide on ids; the epoch is 2010-11-04T01:42:54.657Z.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Order from "effect/Order"

/**
 * The zero of snowflake time, in milliseconds since 1970.
 *
 * @since 0.1.0
 */
export const epochMillis = 1_288_834_974_657

const numeric = /^[0-9]{1,20}$/

/**
 * The time in an id, in milliseconds since 1970; nothing for a string that is
 * no snowflake.
 *
 * @example
 * ```ts
 * import { Snowflake } from "@effect-xdm/core"
 *
 * Snowflake.toMillis("1146654567674912769") // Option.some(1562218727402)
 * ```
 *
 * @since 0.1.0
 */
export const toMillis = (id: string): Option.Option<number> =>
  numeric.test(id) ? Option.some(Number(BigInt(id) >> 22n) + epochMillis) : Option.none()

/**
 * The time in an id.
 *
 * @since 0.1.0
 */
export const toDateTime = (id: string): Option.Option<DateTime.Utc> =>
  Option.map(toMillis(id), (millis) => DateTime.unsafeMake(millis))

/**
 * The smallest id that an event at this time can have: every event of that
 * millisecond or later has an id at or above it. `sequence` (0 to 4,194,303)
 * fills the low bits, which tell apart the events of one millisecond.
 *
 * @example
 * ```ts
 * import { Snowflake } from "@effect-xdm/core"
 * import { DateTime } from "effect"
 *
 * const firstOfTheYear = Snowflake.fromDateTime(DateTime.unsafeMake("2026-01-01T00:00:00Z"))
 * ```
 *
 * @since 0.1.0
 */
export const fromDateTime = (time: DateTime.DateTime, sequence = 0): string =>
  fromMillis(DateTime.toEpochMillis(time), sequence)

/**
 * As {@link fromDateTime}, from milliseconds since 1970. Times before the
 * snowflake epoch give the smallest id there is.
 *
 * @since 0.1.0
 */
export const fromMillis = (millis: number, sequence = 0): string =>
  ((BigInt(Math.max(0, Math.trunc(millis) - epochMillis)) << 22n) | BigInt(sequence)).toString()

/**
 * Orders ids from oldest to newest, as numbers and without losing a digit.
 *
 * @since 0.1.0
 */
export const order: Order.Order<string> = Order.make((a, b) =>
  // Of two numbers without leading zeros the longer is the larger, and equal lengths compare by character.
  a.length !== b.length ? (a.length < b.length ? -1 : 1) : a < b ? -1 : a > b ? 1 : 0
)

/**
 * Whether the first id is newer than the second: what {@link order} says, for
 * where millions are compared.
 *
 * @since 0.1.0
 */
export const isNewer = (a: string, b: string): boolean => a.length === b.length ? a > b : a.length > b.length
