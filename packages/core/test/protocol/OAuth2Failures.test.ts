import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, TestClock } from "effect"
import { Faults } from "../../src/testing/index.js"
import {
  account,
  against,
  call,
  calls,
  credentials,
  emulator,
  inject,
  loggedIn,
  many,
  onlyOk,
  refreshes
} from "./logins.js"

describe("a renewal that fails", () => {
  const failures: ReadonlyArray<readonly [string, Faults.Fault, object]> = [
    ["503", Faults.status(503), { _tag: "ServerFailure", status: 503 }],
    ["429", Faults.status(429), { _tag: "RateLimited", status: 429 }],
    ["a page of a proxy", Faults.html(502), { _tag: "ServerFailure", status: 502 }],
    ["a page instead of JSON", Faults.html(200), { _tag: "UnexpectedResponse", status: 200 }],
    ["a cut connection", Faults.cutBefore, { _tag: "Unreachable", code: "ECONNRESET" }],
    ["403", Faults.status(403), { _tag: "BadRequest", status: 403 }],
    ["no answer in time", Faults.delay("1 minute"), { _tag: "TimedOut", afterMillis: 30_000 }]
  ]

  for (const [what, fault, reason] of failures) {
    it.effect(`fails the calls that wait for it, and not the next: ${what}`, () =>
      Effect.gen(function*() {
        const { store } = yield* loggedIn()
        yield* TestClock.adjust("2 hours")
        yield* inject(fault)
        yield* Effect.gen(function*() {
          const waiting = yield* Effect.fork(Effect.forEach([1, 2, 3], () => Effect.either(call), { concurrency: 3 }))
          yield* TestClock.adjust("30 seconds")
          for (const result of yield* Fiber.join(waiting)) {
            expect(result).toMatchObject({ _tag: "Left", left: { _tag: "RefreshFailed", account, reason } })
          }
          expect(yield* refreshes).toBe(1)
          expect(yield* call).toBe(200)
          expect([yield* refreshes, yield* calls]).toEqual([2, 1])
        }).pipe(Effect.provide(credentials(store)))
      }).pipe(against()))
  }

  it.effect("fails no call as long as the old token is good", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("7150 seconds")
      yield* inject(Faults.status(503), {})
      yield* Effect.gen(function*() {
        onlyOk(yield* many(3))
        expect(yield* refreshes).toBe(1)
        yield* TestClock.adjust("49 seconds")
        onlyOk([yield* call])
        yield* TestClock.adjust("1 seconds")
        expect(yield* Effect.flip(call)).toMatchObject({ _tag: "RefreshFailed" })
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))

  it.effect("advises to look at the client's id when X refuses that", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      const error = yield* Effect.flip(Effect.provide(call, credentials(store, { clientId: "another" })))
      expect(error.message).toMatch(/account "mina" could not be renewed.*Missing valid authorization.*Check clientId/)
    }).pipe(against()))

  it.effect("after a 401 is tried again by the next call, and the refused token is not used", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* emulator(({ expireTokens }) => expireTokens)
      yield* inject(Faults.status(503))
      yield* Effect.gen(function*() {
        expect(yield* Effect.flip(call)).toMatchObject({ _tag: "RefreshFailed" })
        expect(yield* calls).toBe(1)
        expect([yield* call, yield* calls]).toEqual([200, 2])
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))
})

describe("a store that fails", () => {
  it.effect("after X gave a new pair does not lose it: it is stored at the next call, and used then", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      store.broken.set = true
      yield* Effect.gen(function*() {
        for (let i = 0; i < 3; i++) expect(yield* Effect.flip(call)).toMatchObject({ _tag: "TokenStoreFailed" })
        expect([yield* refreshes, yield* calls]).toEqual([1, 0])
        store.broken.set = false
        onlyOk(yield* many(5))
        expect([yield* refreshes, store.writes.length]).toEqual([1, 1])
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))

  it.effect("after X gave a new pair early fails the calls too: X may take the old token no more", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("7150 seconds")
      store.broken.set = true
      yield* Effect.gen(function*() {
        expect(yield* Effect.flip(call)).toMatchObject({ _tag: "TokenStoreFailed" })
        expect([yield* refreshes, yield* calls]).toEqual([1, 0])
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))

  it.effect("until the program ends is tried a last time", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      store.broken.set = true
      const failing = Effect.zipRight(Effect.flip(call), Effect.sync(() => store.broken.set = false))
      yield* Effect.provide(failing, credentials(store))
      expect(store.writes).toHaveLength(1)
      expect(yield* Effect.provide(call, credentials(store))).toBe(200)
      expect(yield* refreshes).toBe(1)
    }).pipe(against()))

  it.effect("gives way to a login that came meanwhile", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      store.broken.set = true
      yield* Effect.gen(function*() {
        yield* Effect.flip(call)
        const other = yield* emulator(({ login }) => login())
        store.kept.set(account, other)
        store.broken.set = false
        expect(yield* call).toBe(200)
        expect(store.kept.get(account)).toBe(other)
        expect(store.writes).toEqual([])
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))

  it.effect("to be read fails the calls that need it, and no others", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* Effect.gen(function*() {
        store.broken.get = true
        expect(yield* Effect.flip(call)).toMatchObject({ _tag: "TokenStoreFailed" })
        store.broken.get = false
        expect(yield* call).toBe(200)
        store.broken.get = true
        expect(yield* call).toBe(200)
        yield* TestClock.adjust("7199 seconds")
        expect(yield* call).toBe(200)
        yield* TestClock.adjust("1 seconds")
        expect(yield* Effect.flip(call)).toMatchObject({ _tag: "TokenStoreFailed" })
        expect(yield* refreshes).toBe(0)
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))
})
