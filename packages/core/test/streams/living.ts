/** A source of deliveries that a test holds in its hand. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { type DmEvent, DmEvent as DmEvents } from "../../src/model/DmEvent.js"
import type { Line, LiveHealth, LiveSource } from "../../src/streams/LiveOptions.js"

export interface Push {
  readonly source: LiveSource
  /** Delivers an event. */
  readonly deliver: (event: DmEvent) => Effect.Effect<void>
  readonly connect: Effect.Effect<void>
  readonly disconnect: Effect.Effect<void>
  /** Ends the source for good, with a failure or without. */
  readonly end: (error?: Error) => Effect.Effect<void>
  /** Whether the live stream has let go of it. */
  readonly isClosed: () => boolean
}

export const makePush = (name = "push"): Effect.Effect<Push> =>
  Effect.gen(function*() {
    const queue = yield* Queue.unbounded<DmEvent>()
    const lines = yield* Deferred.make<Line>()
    const end = yield* Deferred.make<void, Error>()
    let closed = false
    const on = (use: (line: Line) => Effect.Effect<void>) => Effect.flatMap(Deferred.await(lines), use)
    return {
      source: {
        name,
        events: (line) =>
          Stream.fromQueue(queue).pipe(
            Stream.interruptWhenDeferred(end),
            Stream.onStart(Deferred.succeed(lines, line)),
            Stream.ensuring(Effect.sync(() => {
              closed = true
            }))
          )
      },
      deliver: (event) => Effect.asVoid(Queue.offer(queue, event)),
      connect: on(({ connected }) => connected),
      disconnect: on(({ disconnected }) => disconnected),
      end: (error) => Effect.asVoid(error === undefined ? Deferred.succeed(end, undefined) : Deferred.fail(end, error)),
      isClosed: () => closed
    }
  })

/** An event of the emulator, as a delivery brings it. */
export const delivery: (event: unknown) => DmEvent = Schema.decodeUnknownSync(DmEvents)

/** A place for the reports of a live stream. */
export const liveReports = () => {
  const all: Array<LiveHealth> = []
  return {
    all,
    tags: () => all.map(({ _tag }) => _tag),
    onHealth: (health: LiveHealth) => Effect.sync(() => void all.push(health))
  }
}

/** Lets what is delivered settle. */
export const settle = TestClock.adjust("20 millis")
