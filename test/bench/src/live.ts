import { DirectMessages, DmEvent, type Line, type LiveHealth, type LiveSource } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { Clock, Deferred, Effect, Fiber, Layer, Queue, Redacted, Schema, Stream } from "effect"
import { type Group, median } from "./measure.js"

const count = 10_000
/** So many come at once, and then nothing for some milliseconds: 2,000 in a second. */
const burst = 10
const pause = "5 millis"
const cutEvery = 100

const decode = Schema.decodeUnknownSync(DmEvent.DmEvent)

/** What is pushed without a network, so that what is measured is the live stream. */
const makePush = Effect.gen(function*() {
  const queue = yield* Queue.unbounded<DmEvent.DmEvent>()
  const line = yield* Deferred.make<Line>()
  const source: LiveSource = {
    name: "bench",
    events: (mine) => Stream.onStart(Stream.fromQueue(queue), Deferred.succeed(line, mine))
  }
  return { source, line: Deferred.await(line), deliver: (event: DmEvent.DmEvent) => Queue.offer(queue, event) }
})

const run = Effect.gen(function*() {
  const dm = yield* DirectMessages
  const emulator = yield* Emulator
  const push = yield* makePush
  const deliveredAt = new Map<string, number>()
  const given = new Set<string>()
  const lags: Array<number> = []
  const take = ({ id }: DmEvent.DmEvent) =>
    Effect.map(Clock.currentTimeNanos, (now) => {
      const at = deliveredAt.get(id)
      if (given.has(id)) throw new Error(`${id} came twice`)
      given.add(id)
      if (at !== undefined) lags.push(Number(now) / 1e6 - at)
    })
  let looks = 0
  const onHealth = ({ _tag }: LiveHealth) => Effect.sync(() => void (looks += _tag === "Looked" ? 1 : 0))
  const fiber = yield* Effect.fork(Stream.runForEach(dm.events.live({ sources: [push.source], onHealth }), take))
  const line = yield* push.line
  yield* emulator.resetRequests

  const deliver = (event: DmEvent.DmEvent) =>
    Effect.flatMap(Clock.currentTimeNanos, (now) => {
      if (!deliveredAt.has(event.id)) deliveredAt.set(event.id, Number(now) / 1e6)
      return push.deliver(event)
    })
  let late: DmEvent.DmEvent | undefined
  for (let n = 0; n < count; n++) {
    const { jonas } = Fixtures.conversations
    const event = decode(yield* emulator.arrive({ from: Fixtures.people.jonas.id, in: jonas, text: "new" }))
    if (n % 20 === 7) late = event
    else if (n % 10 !== 3) {
      yield* deliver(event)
      if (n % 10 === 5) yield* deliver(event)
      if (late !== undefined) yield* deliver(late)
      late = undefined
    }
    if (n % burst === burst - 1) yield* Effect.sleep(pause)
    if (n % cutEvery === cutEvery - 1) yield* Effect.zipRight(line.disconnected, line.connected)
  }
  yield* Effect.sleep("1 second")
  yield* Fiber.interrupt(fiber)
  if (given.size !== count) throw new Error(`${given.size} of ${count} events came`)
  const cuts = count / cutEvery
  return { lag: median(lags), looks: looks / cuts, requests: (yield* emulator.requestCount()) / cuts }
})

const layer = DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner) }).pipe(
  Layer.provide(Emulator.layerHttpClient),
  Layer.provideMerge(Emulator.layer({ world: Fixtures.empty, rateLimits: "off" }))
)

/** How long a delivered event waits to be given while a tenth is lost, a tenth doubled, and some come out of order. */
export const live = async (): Promise<Group> => {
  const found = await Effect.runPromise(Effect.provide(run, layer))
  return {
    title: `${
      count.toLocaleString("en-US")
    } events pushed, a tenth lost, a tenth doubled, a cut after every ${cutEvery}`,
    rows: [
      { name: "a delivered event is given after (median, 20 ms to settle)", value: found.lag, unit: "ms", limit: 50 },
      { name: "looks behind a cut", value: found.looks, unit: "looks" },
      { name: "requests behind a cut", value: found.requests, unit: "requests" }
    ]
  }
}
