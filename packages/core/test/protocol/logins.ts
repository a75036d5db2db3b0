/** Programs whose account is logged in to the emulator. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { Effect, Layer, Option, Redacted, TestClock } from "effect"
import { expect } from "vitest"
import { Credentials } from "../../src/protocol/Credentials.js"
import { TokenStoreFailed } from "../../src/protocol/Errors.js"
import type { OAuth2Options } from "../../src/protocol/OAuth2.js"
import type { TokenSet } from "../../src/protocol/TokenSet.js"
import { TokenStore, type TokenStoreService } from "../../src/protocol/TokenStore.js"
import { Emulator, type EmulatorOptions, Faults, Fixtures, type LoginOptions } from "../../src/testing/index.js"

export const now = Date.UTC(2026, 7, 1, 12)
export const account = "mina"
export const { clientId } = Fixtures.apps.publicClient

/** A store of which a test sees what was done, and that it can break. */
export const makeStore = (initial?: TokenSet) => {
  const kept = new Map<string, TokenSet>()
  if (initial !== undefined) kept.set(account, initial)
  const lock = Effect.unsafeMakeSemaphore(1)
  const failed = Effect.fail(new TokenStoreFailed({ store: "of the test", problem: "is on a full disk." }))
  const state = {
    kept,
    reads: 0,
    writes: [] as Array<string>, // the access tokens, in order
    broken: { get: false, set: false },
    /** What `get` does before it gives. */
    beforeGet: Effect.void as Effect.Effect<void>,
    beforeSet: Effect.void as Effect.Effect<void>,
    /** What comes between the end of an effect and that of its lock. */
    beforeRelease: Effect.void as Effect.Effect<void>
  }
  const service: TokenStoreService = {
    get: (name) =>
      Effect.suspend(() => {
        state.reads++
        return state.broken.get ? failed : Effect.map(state.beforeGet, () => Option.fromNullable(kept.get(name)))
      }),
    set: (name, tokens) =>
      Effect.suspend(() =>
        state.broken.set ? failed : Effect.map(state.beforeSet, () => {
          state.writes.push(Redacted.value(tokens.accessToken))
          kept.set(name, tokens)
        })
      ),
    remove: (name) => Effect.sync(() => void kept.delete(name)),
    withLock: () => (effect) => lock.withPermits(1)(Effect.tap(effect, () => state.beforeRelease))
  }
  return Object.assign(state, { service, layer: Layer.succeed(TokenStore, service) })
}

export type TestStore = ReturnType<typeof makeStore>

/** Credentials of the account whose tokens the store has. */
export const credentials = (store: TestStore, options: Partial<OAuth2Options> = {}) =>
  Credentials.layerOAuth2({ clientId, account, ...options }).pipe(Layer.provide(store.layer))

/** A login, and the store that has it. */
export const loggedIn = (options?: LoginOptions) =>
  Effect.gen(function*() {
    const login = yield* Effect.flatMap(Emulator, (emulator) => emulator.login(options))
    return { login, store: makeStore(login) }
  })

const request = HttpClientRequest.get("https://api.x.com/2/users/me")

/** A call as XApi makes it: signed, and once more if X refused the token and there are others. Gives the status. */
export const call = Effect.gen(function*() {
  const { renew, sign } = yield* Credentials
  const signed = yield* sign(request)
  const { status } = yield* HttpClient.execute(signed)
  if (status !== 401 || !(yield* renew(signed))) return status
  return (yield* HttpClient.execute(yield* sign(request))).status
})

export const tokenRoute = "POST /2/oauth2/token"

/** How many requests for tokens came. */
export const refreshes = Effect.flatMap(Emulator, ({ requestCount }) => requestCount(tokenRoute))

export const calls = Effect.flatMap(Emulator, ({ requestCount }) => requestCount("GET /2/users/me"))

/** As many calls at once. */
export const many = (n: number) => Effect.forEach(Array.from({ length: n }), () => call, { concurrency: "unbounded" })
export const onlyOk = (statuses: ReadonlyArray<number>) => expect([...new Set(statuses)]).toEqual([200])
/** Lets requests for tokens go wrong: one, unless told otherwise. */
export const inject = (fault: Faults.Fault, when: Faults.When = { times: 1 }) =>
  Effect.flatMap(Emulator, (emulator) => emulator.inject(fault, { route: tokenRoute, ...when }))
export const emulator = <A>(f: (emulator: Emulator["Type"]) => Effect.Effect<A>) => Effect.flatMap(Emulator, f)

/** Runs a test against an emulator of its own, at noon of August 1st, 2026. */
export const against =
  (options: EmulatorOptions = {}) =>
  <A, E>(test: Effect.Effect<A, E, Emulator | HttpClient.HttpClient>): Effect.Effect<A, E> =>
    Effect.zipRight(
      TestClock.setTime(now),
      Effect.provide(
        test,
        Layer.provideMerge(Emulator.layerHttpClient, Emulator.layer({ rateLimits: "off", ...options }))
      )
    )

/** Lets what is done in real time, like the reading of a body, come to its end. */
export const settle = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
