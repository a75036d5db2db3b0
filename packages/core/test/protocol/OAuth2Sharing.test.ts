import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Redacted, Scope, TestClock } from "effect"
import { Credentials } from "../../src/protocol/Credentials.js"
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
  makeStore,
  many,
  onlyOk,
  refreshes,
  settle
} from "./logins.js"

describe("who asks and goes", () => {
  it.effect("does not take the new pair along, and others get it", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      yield* inject(Faults.delay("10 seconds"))
      yield* Effect.gen(function*() {
        const first = yield* Effect.fork(call)
        yield* TestClock.adjust("5 seconds")
        const others = yield* Effect.fork(many(5))
        yield* TestClock.adjust("1 seconds")
        yield* Fiber.interrupt(first)
        expect(store.writes).toEqual([])
        yield* TestClock.adjust("4 seconds")
        onlyOk(yield* Fiber.join(others))
        expect(yield* refreshes).toBe(1)
        expect(store.writes).toHaveLength(1)
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))

  it.effect("alone leaves the pair in the store", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      yield* inject(Faults.delay("10 seconds"))
      yield* Effect.gen(function*() {
        const only = yield* Effect.fork(call)
        yield* TestClock.adjust("5 seconds")
        yield* Fiber.interrupt(only)
        yield* TestClock.adjust("5 seconds")
        yield* settle
        expect(store.writes).toHaveLength(1)
        expect([yield* call, yield* refreshes]).toEqual([200, 1])
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))

  it.effect("even at the end of the program, which waits for the pair", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      yield* inject(Faults.delay("10 seconds"))
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(credentials(store), scope)
      const only = yield* Effect.fork(Effect.provide(call, context))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.interrupt(only)
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* TestClock.adjust("4 seconds")
      expect([closing.unsafePoll(), store.writes]).toEqual([null, []])
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.join(closing)
      expect(store.writes).toHaveLength(1)
    }).pipe(against()))
})

describe("programs that share a store", () => {
  it.effect("take what another has renewed, without asking X", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      const [a, b] = yield* Effect.all([Layer.build(credentials(store)), Layer.build(credentials(store))])
      onlyOk([yield* Effect.provide(call, a), yield* Effect.provide(call, b)])
      yield* TestClock.adjust("2 hours")
      onlyOk(
        yield* Effect.all([many(20).pipe(Effect.provide(a)), many(20).pipe(Effect.provide(b))], { concurrency: 2 })
          .pipe(
            Effect.map((all) => all.flat())
          )
      )
      expect(yield* refreshes).toBe(1)
      yield* emulator(({ expireTokens }) => expireTokens)
      onlyOk([yield* Effect.provide(call, a), yield* Effect.provide(call, b)])
      expect(yield* refreshes).toBe(2)
    }).pipe(Effect.scoped, against()))

  it.effect("use the stored winner where one without a lock has spent the refresh token", () =>
    Effect.gen(function*() {
      const { login, store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      // Between our look into the store and our request, another program renews, and stores what it got.
      const other = makeStore(login)
      yield* Effect.provide(call, credentials(other))
      store.beforeGet = Effect.sync(() => {
        if (store.reads === 3) store.kept.set(account, other.kept.get(account)!)
      })
      expect(yield* Effect.provide(call, credentials(store))).toBe(200)
      expect(yield* refreshes).toBe(2)
      expect(store.writes).toEqual([])
    }).pipe(against()))
})

describe("an account must log in again", () => {
  it.effect("when X refuses the refresh token; X is asked once, and a login elsewhere is enough", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* Effect.gen(function*() {
        onlyOk([yield* call])
        yield* emulator(({ revokeTokens }) => revokeTokens)
        const error = yield* Effect.flip(call)
        expect(error).toMatchObject({ _tag: "NeedsLogin", account })
        expect(error.message).toBe(
          "X refused the refresh token (\"Value passed for the token was invalid.\"), so the account \"mina\" must log in " +
            "again: have its user authorize the app anew (OAuth 2.0 with PKCE, with the scope offline.access), and keep " +
            "the new tokens in the token store."
        )
        const before = yield* calls
        for (let i = 0; i < 5; i++) expect(yield* Effect.flip(call)).toMatchObject({ _tag: "NeedsLogin" })
        expect([yield* refreshes, yield* calls]).toEqual([1, before])
        store.kept.set(account, yield* emulator(({ login }) => login()))
        onlyOk(yield* many(5))
        expect(yield* refreshes).toBe(1)
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))

  it.effect("when there are no tokens, and goes on when there are", () =>
    Effect.gen(function*() {
      const store = makeStore()
      yield* Effect.gen(function*() {
        expect((yield* Effect.flip(call)).message).toMatch(
          /^there are no tokens in the token store, so the account "mina"/
        )
        expect((yield* Effect.flatMap(Credentials, ({ scopes }) => scopes))._tag).toBe("None")
        store.kept.set(account, yield* emulator(({ login }) => login()))
        expect(yield* call).toBe(200)
      }).pipe(Effect.provide(credentials(store)))
      expect(yield* refreshes).toBe(0)
    }).pipe(against()))

  it.effect("when the access token has run out and there is no refresh token, and not a minute before", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn({ scopes: ["tweet.read", "users.read"] })
      yield* Effect.gen(function*() {
        yield* TestClock.adjust("7199 seconds")
        onlyOk(yield* many(3))
        expect(store.reads).toBe(1)
        yield* TestClock.adjust("1 seconds")
        expect((yield* Effect.flip(call)).message).toMatch(/^the access token ran out, and there is no refresh token/)
        expect([yield* refreshes, yield* calls]).toEqual([0, 3])
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))

  it.effect("when X refuses the access token and there is no refresh token", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn({ scopes: ["tweet.read", "users.read"] })
      yield* emulator(({ expireTokens }) => expireTokens)
      const error = yield* Effect.flip(Effect.provide(call, credentials(store)))
      expect(error.message).toMatch(/^X refused the access token, and there is no refresh token/)
    }).pipe(against()))

  it.effect("but not before the access token has run out, though its refresh token is refused", () =>
    Effect.gen(function*() {
      const { login, store } = yield* loggedIn()
      store.kept.set(account, { ...login, refreshToken: Redacted.make("spent-refresh-token") })
      yield* TestClock.adjust("7150 seconds")
      yield* Effect.gen(function*() {
        onlyOk(yield* many(3))
        onlyOk(yield* many(3))
        expect(yield* refreshes).toBe(1)
        yield* TestClock.adjust("50 seconds")
        expect(yield* Effect.flip(call)).toMatchObject({ _tag: "NeedsLogin" })
        expect(yield* refreshes).toBe(1)
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))
})

it.effect("a new token that is refused before its renewal has quite ended is renewed in turn", () =>
  Effect.gen(function*() {
    const { store } = yield* loggedIn()
    yield* TestClock.adjust("2 hours")
    store.beforeRelease = Effect.sleep("5 seconds")
    yield* Effect.gen(function*() {
      const first = yield* Effect.fork(call)
      yield* settle
      expect(store.writes).toHaveLength(1)
      yield* emulator(({ expireTokens }) => expireTokens)
      const second = yield* Effect.fork(call)
      yield* settle
      for (let i = 0; i < 3; i++) yield* Effect.zipRight(TestClock.adjust("5 seconds"), settle)
      onlyOk([yield* Fiber.join(first), yield* Fiber.join(second)])
      expect(yield* refreshes).toBe(2)
    }).pipe(Effect.provide(credentials(store)))
  }).pipe(against()))
