/** Programs on a clock that is moved by hand, against an emulator that counts. */
import { Effect, Fiber, Layer, Logger, Redacted, type Scope } from "effect"
import { DirectMessages, type Provided } from "../../src/DirectMessages.js"
import { RateLimits, type RateLimitsOptions } from "../../src/protocol/RateLimits.js"
import type { XApiOptions } from "../../src/protocol/XApi.js"
import { Emulator, type EmulatorOptions, Fixtures } from "../../src/testing/index.js"
import * as ManualClock from "../support/manualClock.js"

export const noon = Date.UTC(2026, 7, 1, 12)
export const minute = 60_000

export interface Setting {
  readonly emulator?: EmulatorOptions
  readonly api?: XApiOptions & { readonly rateLimits?: RateLimitsOptions }
}

/** Runs a test with the means to move its clock, from noon on. */
export const onClock = <A, E>(
  { api, emulator }: Setting,
  test: (adjust: (millis: number) => Effect.Effect<void>) => Effect.Effect<A, E, Provided | Emulator | Scope.Scope>
) => {
  const { adjust, clock } = ManualClock.make(noon)
  const live = DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner), ...api }).pipe(
    Layer.provide(Emulator.layerHttpClient),
    Layer.provideMerge(Emulator.layer(emulator))
  )
  return Effect.provide(Effect.scoped(Effect.suspend(() => test(adjust))), live).pipe(
    Effect.withClock(clock),
    // Waits are logged, and there are thousands of them.
    Effect.provide(Logger.remove(Logger.defaultLogger))
  )
}

/** When requests came, in minutes from noon, and how they were answered. */
export const requests = Effect.flatMap(
  Emulator,
  (emulator) =>
    Effect.map(
      emulator.requests,
      (all) =>
        all.map(({ at, query, status }) => ({ at: (at - noon) / minute, status, size: Number(query["max_results"]) }))
    )
)

/** Starts a call for a page of so many events. */
export const page = (maxResults: number) =>
  Effect.flatMap(DirectMessages, (dm) => Effect.forkScoped(Effect.either(dm.getEvents({ maxResults }))))

export const outcome = <A, E>(fiber: Fiber.RuntimeFiber<A, E>) => Effect.map(fiber.poll, (exit) => exit)

export const bucket = (name: string) =>
  Effect.flatMap(RateLimits, ({ status }) => Effect.map(status, (all) => all.find((each) => each.bucket === name)!))
