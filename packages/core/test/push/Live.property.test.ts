import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { DirectMessages } from "../../src/DirectMessages.js"
import { UserId } from "../../src/model/Ids.js"
import { ActivityStream } from "../../src/push/ActivityStream.js"
import { Registration } from "../../src/push/Registration.js"
import * as PushSource from "../../src/push/Source.js"
import { CheckpointStore } from "../../src/streams/Checkpoint.js"
import { Emulator, Faults, Fixtures } from "../../src/testing/index.js"
import { arrive, ids, minutes, now, runs, small } from "../streams/support.js"
import * as ManualClock from "../support/manualClock.js"
import { property } from "../support/property.js"

const fates = {
  "comes": undefined,
  "is lost": Faults.lost,
  "comes twice": Faults.doubled,
  "comes after the next": Faults.late,
  "breaks the connection": Faults.broken,
  "comes no more, nor does anything": Faults.silent,
  "is followed by an error of X's": Faults.streamErrors()
}

/** What becomes of the deliveries of a burst of events, and what happens after it. */
const step = FastCheck.record({
  fate: FastCheck.constantFrom(...Object.keys(fates) as Array<keyof typeof fates>),
  burst: FastCheck.integer({ min: 1, max: 3 }),
  then: FastCheck.constantFrom(
    "goes on",
    "waits",
    "waits long",
    "fails to read",
    "fails to connect",
    "is cut while it reads",
    "is started anew"
  )
})

interface Story {
  readonly steps: ReadonlyArray<{
    readonly fate: keyof typeof fates
    readonly burst: number
    readonly then: string
  }>
  readonly order: "arrival" | "exact"
  readonly pageSize: number
}

const bearerToken = Redacted.make<string>(Fixtures.tokens.app)

const around = () =>
  Layer.mergeAll(
    DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner), timeout: "20 seconds" }),
    ActivityStream.layer({ bearerToken }),
    Registration.layer({ bearerToken }),
    CheckpointStore.layerMemory
  ).pipe(
    Layer.orDie,
    Layer.provide(Emulator.layerHttpClient),
    Layer.provideMerge(Emulator.layer({ world: small(3), rateLimits: "off" }))
  )

const check = ({ order, pageSize, steps }: Story) => {
  const { adjust, clock } = ManualClock.make(now)
  return Effect.gen(function*() {
    const { events } = yield* DirectMessages
    const emulator = yield* Emulator
    const { register } = yield* Registration
    yield* register({ userId: UserId.make("1") })
    const before = (yield* emulator.events()).length
    const source = yield* PushSource.activity()
    /** What each run of the stream gave. */
    const given: Array<Array<string>> = []

    const start = Effect.suspend(() => {
      const run: Array<string> = []
      given.push(run)
      const stream = events.live({
        sources: [source],
        order,
        pageSize,
        checkpoint: "a",
        commitEvery: 1,
        retry: Schedule.spaced("10 seconds")
      })
      const consumed = Stream.runForEach(stream, ({ id }) => Effect.sync(() => void run.push(id)))
      return Effect.zipLeft(Effect.fork(consumed), adjust(100))
    })

    let fiber = yield* start
    for (const { burst, fate, then } of steps) {
      const fault = fates[fate]
      if (fault !== undefined) yield* emulator.inject(fault, { times: 1 })
      for (let n = 0; n < burst; n++) yield* arrive("new")
      if (then === "waits") yield* adjust(1_000)
      else if (then === "waits long") yield* adjust(30_000)
      else if (then === "fails to read") {
        yield* emulator.inject(Faults.status(503), { route: "GET /2/dm_events", times: 2 })
      } else if (then === "fails to connect") {
        yield* emulator.inject(Faults.status(503), { route: "GET /2/activity/stream", times: 2 })
      } else if (then === "is cut while it reads") {
        yield* emulator.inject(Faults.cutAfter, { route: "GET /2/dm_events", times: 1 })
      } else if (then === "is started anew") {
        yield* Fiber.interrupt(fiber)
        fiber = yield* start
      }
      yield* adjust(1)
    }
    yield* emulator.clearFaults
    yield* adjust(minutes(11))
    yield* Fiber.interrupt(fiber)

    const truth = ids(yield* emulator.events()).toReversed().slice(before)
    expect(new Set(given.flat())).toEqual(new Set(truth))
    for (const run of given) {
      expect(new Set(run).size).toBe(run.length)
      if (order === "exact") expect(run).toEqual([...run].sort())
    }
    yield* adjust(1)
    expect(yield* emulator.streamConnections).toBe(0)
  }).pipe(Effect.scoped, Effect.provide(around()), Effect.withClock(clock))
}

property(
  "behind X's activity stream, live gives every event, none twice in a run, and leaves no connection, whatever happens",
  {
    steps: FastCheck.array(step, { minLength: 1, maxLength: 10 }),
    order: FastCheck.constantFrom("arrival" as const, "exact" as const),
    pageSize: FastCheck.integer({ min: 1, max: 5 })
  },
  check,
  { runs: runs / 5, timeout: 300_000 }
)
