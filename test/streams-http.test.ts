import { ConversationId, DirectMessages, Merge } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer } from "@effect-xdm/node"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"

const Server = EmulatorServer.layer().pipe(Layer.provideMerge(Emulator.layer({ rateLimits: "off" })))

const Client = Layer.unwrapEffect(
  Effect.map(
    EmulatorServer,
    ({ url }) =>
      DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner), baseUrl: url, timeout: "20 seconds" })
  )
).pipe(
  Layer.provide(NodeHttpClient.layerUndici)
)

const live = Layer.provideMerge(Client, Server)

/** Connections of this process, of the client and of the server, without the server's own socket that listens. */
const sockets = Effect.sync(() =>
  process.getActiveResourcesInfo().filter((name) => /^TCP(Socket)?Wrap$/.test(name)).length
)

/** Waits until something is so, and says how many milliseconds that took. */
const until = <E, R>(what: string, condition: Effect.Effect<boolean, E, R>) =>
  Effect.gen(function*() {
    const start = performance.now()
    while (!(yield* condition)) {
      if (performance.now() - start > 5_000) return yield* Effect.die(new Error(`not so within 5 seconds: ${what}`))
      yield* Effect.sleep("5 millis")
    }
    return performance.now() - start
  })

describe("over real HTTP", () => {
  it.live("the first event costs one request, the first 101 two, and a merge one a source", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const emulator = yield* Emulator
      const count = <A, E>(events: Stream.Stream<A, E>, n: number) =>
        Effect.gen(function*() {
          yield* emulator.resetRequests
          expect(yield* Stream.runCount(Stream.take(events, n))).toBe(n)
          return yield* emulator.requestCount()
        })
      expect(yield* count(dm.events.all(), 1)).toBe(1)
      expect(yield* count(dm.events.all(), 100)).toBe(1)
      expect(yield* count(dm.events.all(), 101)).toBe(2)
      const { me } = Fixtures.people
      const rooms = emulator.world.conversations.flatMap(({ id, members }) =>
        members.includes(me.id) ? [ConversationId.make(id)] : []
      )
      expect(yield* count(Merge.conversations(dm, rooms), 10)).toBe(rooms.length)
    }).pipe(Effect.provide(live)))

  const stuck = [["is late", Faults.delay("10 seconds")], ["stalls in its body", Faults.stall]] as const
  for (const [name, fault] of stuck) {
    it.live(`a listing whose page ${name} is interrupted at once, and leaves no socket and no fiber`, () =>
      Effect.gen(function*() {
        const dm = yield* DirectMessages
        const emulator = yield* Emulator
        const fibers = yield* Supervisor.track
        yield* emulator.inject(fault, { every: 2 })
        for (let n = 1; n <= 5; n++) {
          let given = 0
          const reading = yield* dm.events.all({ pageSize: 20 }).pipe(
            Stream.runForEach(() => Effect.sync(() => given++)),
            Effect.fork,
            Effect.supervised(fibers)
          )
          yield* until("two requests", Effect.map(emulator.requestCount(), (requests) => requests === 2 * n))
          // The headers of the page that stalls are on their way.
          yield* Effect.sleep("30 millis")
          const start = performance.now()
          yield* Fiber.interrupt(reading)
          expect(performance.now() - start).toBeLessThan(500)
          expect(given).toBe(20)
        }
        // One fiber may be left for the whole client: that which watches over its time-outs.
        const running = Effect.map(fibers.value, (all) => all.filter((fiber) => fiber.unsafePoll() === null).length)
        expect(yield* until("no fiber of the five", Effect.map(running, (left) => left <= 1))).toBeLessThan(1_000)
        // Five stuck requests would hold ten ends of sockets; what is left waits for the next request, as keep-alive has it.
        expect(yield* until("idle connections at most", Effect.map(sockets, (open) => open <= 4))).toBeLessThan(1_000)
        yield* Effect.sleep("100 millis")
        expect(yield* emulator.requestCount()).toBe(10)
        yield* emulator.clearFaults
        expect(yield* Stream.runCount(Stream.take(dm.events.all({ pageSize: 20 }), 30))).toBe(30)
      }).pipe(
        Effect.provide(live),
        Effect.zipLeft(until("no socket", Effect.map(sockets, (open) => open === 0)))
      ))
  }
})
