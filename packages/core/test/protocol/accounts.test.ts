import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Either, Fiber, Layer, LayerMap, Redacted } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import * as Core from "../../src/index.js"
import { Credentials } from "../../src/protocol/Credentials.js"
import { RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import { RateLimits, type RateLimitsOptions } from "../../src/protocol/RateLimits.js"
import { Usage } from "../../src/protocol/Usage.js"
import { XApi } from "../../src/protocol/XApi.js"
import { Emulator, type EmulatorOptions, Fixtures } from "../../src/testing/index.js"
import { people, user } from "../sending/support.js"
import * as ManualClock from "../support/manualClock.js"
import { noon } from "./limits.js"

const tokens: { readonly [account: string]: string } = { one: Fixtures.tokens.owner, two: Fixtures.tokens.other }

/** The accounts of one app: each with limits of its own, and those of the app together. */
class Accounts extends LayerMap.Service<Accounts>()("Accounts", {
  lookup: (account: string) =>
    DirectMessages.layerXApi.pipe(
      Layer.provide(XApi.layerShared()),
      Layer.provide(Credentials.layerAccessToken(Redacted.make(tokens[account] ?? ""), { account }))
    )
}) {}

const onClock = <A, E>(
  options: EmulatorOptions,
  limits: RateLimitsOptions,
  test: (adjust: (millis: number) => Effect.Effect<void>) => Effect.Effect<A, E, Accounts | RateLimits | Emulator>
) => {
  const { adjust, clock } = ManualClock.make(noon)
  const live = Accounts.Default.pipe(
    Layer.provideMerge(RateLimits.layer(limits)),
    Layer.provide(Usage.layer()),
    Layer.provide(Emulator.layerHttpClient),
    Layer.provideMerge(Emulator.layer(options))
  )
  return test(adjust).pipe(Effect.provide(live), Effect.withClock(clock))
}

/** How so many calls of an account end, none of which waits. */
const ends = <E, A>(
  account: string,
  times: number,
  call: (dm: DirectMessages["Type"]) => Effect.Effect<A, E>,
  adjust: (millis: number) => Effect.Effect<void>
) =>
  Effect.gen(function*() {
    const calls = Effect.flatMap(DirectMessages, (dm) => Effect.replicateEffect(Effect.either(call(dm)), times)).pipe(
      Effect.provide(Accounts.get(account)),
      Effect.provideService(RateLimitPolicy, RateLimitPolicy.fail)
    )
    const fiber = yield* Effect.fork(calls)
    yield* adjust(1_000)
    return (yield* Fiber.join(fiber)).filter(Either.isRight).length
  })

describe("several accounts in one program", () => {
  it.live("are each themselves while others are there", () =>
    onClock({ world: people(3) }, {}, () =>
      Effect.gen(function*() {
        const one = yield* DirectMessages
        const two = yield* Effect.provide(DirectMessages, Accounts.get("two"))
        expect([(yield* one.getMe()).id, (yield* two.getMe()).id]).toEqual(["1", "2"])
      }).pipe(Effect.provide(Accounts.get("one")))))

  it.live("are each themselves in layers that are built together", () => {
    class One extends Context.Tag("One")<One, DirectMessages["Type"]>() {}
    class Two extends Context.Tag("Two")<Two, DirectMessages["Type"]>() {}
    const of = (token: string) => DirectMessages.layer({ accessToken: Redacted.make(token) })
    const both = Layer.merge(
      Layer.effect(One, DirectMessages).pipe(Layer.provide(of(Fixtures.tokens.owner))),
      Layer.effect(Two, DirectMessages).pipe(Layer.provide(of(Fixtures.tokens.other)))
    ).pipe(Layer.provide(Emulator.layerHttpClient), Layer.provide(Emulator.layer({ world: people(3) })))
    return Effect.gen(function*() {
      const [one, two] = [yield* One, yield* Two]
      expect([(yield* one.getMe()).id, (yield* two.getMe()).id]).toEqual(["1", "2"])
    }).pipe(Effect.provide(both))
  })

  it("get a layer of their own, whichever they ask for", () => {
    const layers = Object.entries(Core).flatMap(([name, service]) =>
      typeof service !== "function"
        ? []
        : Object.entries(Object.getOwnPropertyDescriptors(service)).flatMap(([property, { get, value }]) =>
          // A constant that needs an account would be built for the first one, and given to all.
          Layer.isLayer(get?.call(service) ?? value) ? [{ layer: `${name}.${property}`, isOwn: get !== undefined }] : []
        )
    )
    const shared = layers.filter(({ isOwn }) => !isOwn).map(({ layer }) => layer)
    expect(layers.length).toBeGreaterThan(25)
    // Memories, and what is kept in a store under names.
    expect(shared.filter((layer) => !/\.layer(Memory|KeyValueStore)$/.test(layer))).toEqual([])
  })

  it.live("have limits of their own", () =>
    onClock({ world: people(3) }, {}, (adjust) =>
      Effect.gen(function*() {
        expect(yield* ends("one", 20, (dm) => dm.getEvents(), adjust)).toBe(15)
        expect(yield* ends("two", 20, (dm) => dm.getEvents(), adjust)).toBe(15)
        const emulator = yield* Emulator
        expect(yield* emulator.requestCount()).toBe(30)
        const { status } = yield* RateLimits
        const events = (yield* status).filter(({ bucket }) => bucket === "GetEvents")
        expect(events.map(({ account, windows }) => [account, windows[0]?.remaining])).toEqual([["one", 0], ["two", 0]])
      })))

  it.live("share the limit of their app", () =>
    onClock(
      {
        world: people(3),
        rateLimits: {
          "POST /2/dm_conversations/with/{participant_id}/messages": { window: 99, userDay: 99, appDay: 5 }
        }
      },
      {},
      (adjust) =>
        Effect.gen(function*() {
          const hello = (dm: DirectMessages["Type"]) =>
            dm.createByParticipantId({ participantId: user(3), text: "Hello" })
          expect(yield* ends("one", 3, hello, adjust)).toBe(3)
          expect(yield* ends("two", 9, hello, adjust)).toBe(2)
          expect(yield* ends("one", 1, hello, adjust)).toBe(0)
          const emulator = yield* Emulator
          expect((yield* emulator.requests).map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
          // Whom the app's limit holds back, gives the turn of its own back.
          const buckets = yield* Effect.flatMap(RateLimits, ({ status }) => status)
          const sends = buckets.filter(({ bucket }) => bucket === "CreateByParticipantId")
          expect(sends.map(({ account, inFlight }) => [account, inFlight])).toEqual([["one", 0], ["two", 0]])
        })
    ))

  it.live("join the buckets that X counts together", () =>
    onClock({ world: people(3), rateLimits: "off" }, {
      join: { GetEvents: "reads", GetEventsById: "reads", GetMe: "reads" }
    }, (adjust) =>
      Effect.gen(function*() {
        yield* ends("one", 1, (dm) => dm.getEvents(), adjust)
        const { status } = yield* RateLimits
        const names = (yield* status).map(({ bucket }) => bucket)
        expect(names.filter((name) => name === "reads")).toHaveLength(1)
        expect(names).not.toContain("GetEvents")
        expect(names).toContain("GetEventsByParticipantId")
      })))

  it.live("each come from a layer that is built once and can be dropped", () =>
    onClock({ world: people(3) }, {}, () =>
      Effect.gen(function*() {
        const dm = (account: string) =>
          Effect.provide(
            Effect.map(Effect.context<DirectMessages>(), Context.get(DirectMessages)),
            Accounts.get(account)
          )
        expect(yield* Effect.scoped(dm("one"))).not.toBe(yield* Effect.scoped(dm("two")))
      })))
})
