import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import type { DmEvent } from "../../src/model/DmEvent.js"
import type { Health } from "../../src/streams/Health.js"
import { Emulator } from "../../src/testing/index.js"
import { now } from "./support.js"

/** Runs a follower in a fiber of its own, and keeps what it gives and when, in seconds from noon. */
export const watch = <E, R>(
  events: Stream.Stream<DmEvent, E, R>,
  take: (event: DmEvent) => Effect.Effect<void, E> = () => Effect.void
): Effect.Effect<
  {
    readonly given: ReadonlyArray<string>
    readonly at: ReadonlyArray<number>
    readonly fiber: Fiber.RuntimeFiber<void, E>
  },
  never,
  R | Scope.Scope
> =>
  Effect.gen(function*() {
    const given: Array<string> = []
    const at: Array<number> = []
    const fiber = yield* Effect.forkScoped(Stream.runForEach(events, (event) =>
      Effect.flatMap(Clock.currentTimeMillis, (millis) => {
        given.push(event.id)
        at.push((millis - now) / 1000)
        return take(event)
      })))
    // So that it has begun.
    yield* TestClock.adjust(0)
    return { given, at, fiber }
  })

/** A place for the reports of a follower. */
export const reports = () => {
  const all: Array<Health> = []
  return { all, onHealth: (health: Health) => Effect.sync(() => void all.push(health)) }
}

/** When requests came, in seconds from noon. */
export const requestTimes = Effect.flatMap(
  Emulator,
  (emulator) => Effect.map(emulator.requests, (requests) => requests.map(({ at }) => (at - now) / 1000))
)
