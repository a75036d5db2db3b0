import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Lets everything run that waits for nothing but its turn. */
const settle = Effect.async<void>((resume) => {
  setImmediate(() => setImmediate(() => resume(Effect.void)))
})

/**
 * A clock that is moved by hand, from one sleeper to the next. It does what
 * `TestClock` does for a tenth of the time, which matters in thousands of runs.
 */
export const make = (start: number) => {
  let time = start
  let sleepers: ReadonlyArray<Sleeper> = []
  const remove = (sleeper: Sleeper) => {
    sleepers = sleepers.filter((each) => each !== sleeper)
  }

  const sleep = (duration: Duration.Duration) =>
    Effect.async<void>((resume) => {
      const at = time + Duration.toMillis(duration)
      if (at <= time) return resume(Effect.void)
      const sleeper = { at, wake: () => resume(Effect.void) }
      sleepers = [...sleepers, sleeper]
      return Effect.sync(() => remove(sleeper))
    })

  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => time,
    unsafeCurrentTimeNanos: () => BigInt(Math.floor(time)) * 1_000_000n,
    currentTimeMillis: Effect.sync(() => time),
    currentTimeNanos: Effect.sync(() => BigInt(Math.floor(time)) * 1_000_000n),
    sleep
  }

  const moveTo = (end: number): Effect.Effect<void> =>
    Effect.flatMap(settle, () => {
      const [next] = sleepers.toSorted((a, b) => a.at - b.at)
      if (next === undefined || next.at > end) {
        time = end
        return Effect.void
      }
      time = next.at
      remove(next)
      next.wake()
      return moveTo(end)
    })

  return { clock, adjust: (millis: number) => Effect.suspend(() => moveTo(time + millis)) }
}
