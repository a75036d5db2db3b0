/** Points of time, as ids: an event at a point or later has an id that is not smaller. */
import { type Listing, Snowflake } from "@effect-xdm/core"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import { ArchiveFailed } from "./ArchiveFailed.js"
import { isSnowflake } from "./Batch.js"

/** The id of a point of time, which the option `name` has given; `now` is what a duration counts back from. */
export const pointOf = (
  file: string,
  name: string,
  point: Listing.Until,
  now: number
): Either.Either<string, ArchiveFailed> => {
  if (DateTime.isDateTime(point)) return Either.right(Snowflake.fromDateTime(point))
  if (typeof point === "string" && isSnowflake(point)) return Either.right(point)
  const ago = Duration.decodeUnknown(point)
  if (ago._tag === "Some" && Duration.isFinite(ago.value)) {
    return Either.right(Snowflake.fromMillis(now - Duration.toMillis(ago.value)))
  }
  const problem =
    `was asked for what it cannot tell: \`${name}\` must be an event id, a DateTime, or a duration before ` +
    "now like \"7 days\""
  return Either.left(new ArchiveFailed({ reason: "InvalidInput", file, problem }))
}
