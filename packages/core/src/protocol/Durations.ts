/**
 * Durations that a program is given.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * A duration in milliseconds, if it is longer than nothing and has an end.
 * Negative ones, which `Duration` takes for nothing, are none.
 *
 * @since 0.1.0
 */
export const finiteMillis = (input: unknown): number | undefined => {
  const duration = Duration.decodeUnknown(input)
  if (duration._tag === "None" || !Duration.isFinite(duration.value)) return undefined
  const millis = Duration.toMillis(duration.value)
  return millis > 0 ? millis : undefined
}
