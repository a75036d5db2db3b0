import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Fiber, Layer, Option, Redacted, TestClock } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { Credentials } from "../../src/protocol/Credentials.js"
import { RateLimits } from "../../src/protocol/RateLimits.js"
import { Usage } from "../../src/protocol/Usage.js"
import { XApi } from "../../src/protocol/XApi.js"
import { Fixtures } from "../../src/testing/index.js"
import {
  account,
  against,
  call,
  calls,
  clientId,
  credentials,
  emulator,
  loggedIn,
  makeStore,
  many,
  onlyOk,
  refreshes,
  settle,
  type TestStore
} from "./logins.js"

const directMessages = (store: TestStore) =>
  DirectMessages.layerXApi.pipe(
    Layer.provide(XApi.layer()),
    Layer.provide(Layer.mergeAll(credentials(store), RateLimits.layer(), Usage.layer()))
  )

describe("tokens are renewed", () => {
  it.effect("once, however many calls meet one that has run out", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      onlyOk(yield* many(200).pipe(Effect.provide(credentials(store))))
      expect(yield* refreshes).toBe(1)
      expect(yield* calls).toBe(200)
      expect(store.writes).toHaveLength(1)
    }).pipe(against()))

  it.effect("once, however many calls X refuses with 401", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* Effect.gen(function*() {
        onlyOk(yield* many(3))
        yield* emulator(({ expireTokens }) => expireTokens)
        onlyOk(yield* many(200))
        // And so for those that come later.
        onlyOk(yield* many(3))
      }).pipe(Effect.provide(credentials(store)))
      expect(yield* refreshes).toBe(1)
    }).pipe(against()))

  it.effect("again and again while they are in use, each refresh token once", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* Effect.gen(function*() {
        for (let i = 0; i < 12; i++) {
          onlyOk(yield* many(5))
          yield* TestClock.adjust("2 hours")
        }
      }).pipe(Effect.provide(credentials(store)))
      expect(yield* refreshes).toBe(11)
      expect((yield* emulator(({ requests }) => requests)).every(({ status }) => status === 200)).toBe(true)
    }).pipe(against()))

  it.effect("a minute before they run out, or as early as is wanted", () =>
    Effect.gen(function*() {
      for (
        const [options, last] of [[{}, 7139], [{ refreshBefore: "5 minutes" }, 6899], [
          { refreshBefore: 0 },
          7199
        ]] as const
      ) {
        const { store } = yield* loggedIn()
        yield* emulator(({ resetRequests }) => resetRequests)
        yield* Effect.gen(function*() {
          yield* TestClock.adjust(last * 1000)
          expect([yield* call, yield* refreshes]).toEqual([200, 0])
          yield* TestClock.adjust("1 seconds")
          expect([yield* call, yield* refreshes]).toEqual([200, 1])
        }).pipe(Effect.provide(credentials(store, options)))
      }
    }).pipe(against()))

  it.effect("and stored before they are used", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* TestClock.adjust("2 hours")
      store.beforeSet = Effect.sleep("5 seconds")
      const fiber = yield* many(2).pipe(Effect.provide(credentials(store)), Effect.fork)
      yield* settle
      yield* TestClock.adjust("4 seconds")
      expect([yield* refreshes, yield* calls, store.writes]).toEqual([1, 0, []])
      yield* TestClock.adjust("1 seconds")
      onlyOk(yield* Fiber.join(fiber))
      const kept = store.kept.get(account)
      expect(DateTime.toEpochMillis(kept!.expiresAt!)).toBe(Date.UTC(2026, 7, 1, 16))
      expect(kept!.scopes).toEqual(Fixtures.allScopes)
      expect(store.writes).toEqual([Redacted.value(kept!.accessToken)])
    }).pipe(against()))

  it.effect("by a confidential client with its secret", () =>
    Effect.gen(function*() {
      const { clientId, clientSecret } = Fixtures.apps.confidentialClient
      const { store } = yield* loggedIn({ clientId })
      yield* TestClock.adjust("2 hours")
      const secret = { clientId, clientSecret: Redacted.make<string>(clientSecret) }
      expect(yield* Effect.provide(call, credentials(store, secret))).toBe(200)
      expect(yield* refreshes).toBe(1)
    }).pipe(against()))

  it.effect("for the calls of endpoints, which know their scopes", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn()
      yield* Effect.gen(function*() {
        const dm = yield* DirectMessages
        yield* TestClock.adjust("3 hours")
        expect((yield* dm.getEvents()).events.length).toBeGreaterThan(0)
        yield* emulator(({ expireTokens }) => expireTokens)
        yield* dm.createByParticipantId({ participantId: Fixtures.people.kenji.id, text: "Hello" })
        expect(yield* refreshes).toBe(2)
        expect((yield* emulator(({ events }) => events()))[0]?.text).toBe("Hello")
      }).pipe(
        Effect.provide(directMessages(store))
      )
      const reader = yield* loggedIn({ scopes: ["dm.read", "tweet.read", "users.read"] })
      const error = yield* Effect.flatMap(DirectMessages, (dm) =>
        dm.createByParticipantId({ participantId: Fixtures.people.kenji.id, text: "Hello" })).pipe(
          Effect.provide(directMessages(reader.store)),
          Effect.flip
        )
      expect(error).toMatchObject({ _tag: "MissingScope", missing: ["dm.write"] })
    }).pipe(against()))
})

describe("scopes", () => {
  it.effect("are those of the store, and a new login is noticed within a minute", () =>
    Effect.gen(function*() {
      const { store } = yield* loggedIn({ scopes: ["dm.read", "offline.access"] })
      yield* Effect.gen(function*() {
        const { scopes } = yield* Credentials
        const known = Effect.map(scopes, Option.getOrUndefined)
        expect(yield* known).toEqual(["dm.read", "offline.access"])
        store.kept.set(account, yield* emulator(({ login }) => login()))
        yield* TestClock.adjust("59 seconds")
        expect(yield* known).toEqual(["dm.read", "offline.access"])
        expect(store.reads).toBe(1)
        yield* TestClock.adjust("1 seconds")
        expect(yield* known).toEqual(Fixtures.allScopes)
        // A store that cannot be read takes nothing away that is known.
        store.broken.get = true
        yield* TestClock.adjust("2 minutes")
        expect(yield* known).toEqual(Fixtures.allScopes)
        expect(yield* known).toEqual(Fixtures.allScopes)
        expect(store.reads).toBe(3)
        expect(yield* call).toBe(200)
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))

  it.effect("are unknown where the store does not tell them", () =>
    Effect.gen(function*() {
      const { login } = yield* loggedIn()
      const store = makeStore({ accessToken: login.accessToken })
      const scopes = Effect.flatMap(Credentials, ({ scopes }) => scopes)
      expect(yield* Effect.provide(scopes, credentials(store))).toEqual(Option.none())
    }).pipe(against()))
})

describe("renew", () => {
  it.effect("has nothing to do when the refused token is not the present one, and nothing to say of other requests", () =>
    Effect.gen(function*() {
      const { login, store } = yield* loggedIn()
      yield* Effect.gen(function*() {
        const { renew, scopes, sign } = yield* Credentials
        const request = HttpClientRequest.get("https://api.x.com/2/users/me")
        const old = yield* sign(request)
        expect(old.headers["authorization"]).toBe(`Bearer ${Redacted.value(login.accessToken)}`)
        expect(yield* scopes).toMatchObject({ _tag: "Some", value: Fixtures.allScopes })
        expect(yield* renew(old)).toBe(true)
        expect(yield* refreshes).toBe(1)
        const before = store.reads
        expect(yield* renew(old)).toBe(true)
        expect([yield* refreshes, store.reads]).toEqual([1, before])
        expect(yield* renew(request)).toBe(false)
      }).pipe(Effect.provide(credentials(store)))
    }).pipe(against()))
})

describe("options that make no sense", () => {
  const wrong = {
    clientId: ["", "an id", "id\n"],
    clientSecret: ["", "s3cr3t \n"].map((secret) => Redacted.make(secret)),
    tokenUrl: ["", "api.x.com", "ftp://api.x.com/", "https://s3cr3t@api.x.com/"],
    refreshBefore: ["soon", "2 hours"],
    timeout: ["0 seconds", "never"]
  }
  for (const [name, values] of Object.entries(wrong)) {
    it.effect(name, () =>
      Effect.gen(function*() {
        for (const value of values) {
          const layer = credentials(makeStore(), { clientId, [name]: value })
          const error = yield* Effect.flip(Effect.provide(Credentials, layer))
          expect(error).toMatchObject({ _op: "InvalidData", path: [name] })
          expect(JSON.stringify(error) + String(error)).not.toContain("s3cr3t")
        }
      }).pipe(against()))
  }
})
