import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Exit, Fiber, Layer, Redacted, Scope, TestClock } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { Credentials } from "../../src/protocol/Credentials.js"
import { RateLimits } from "../../src/protocol/RateLimits.js"
import { Usage } from "../../src/protocol/Usage.js"
import { XApi } from "../../src/protocol/XApi.js"
import { Emulator, Faults, Fixtures } from "../../src/testing/index.js"
import {
  account,
  against,
  call,
  calls,
  clientId,
  credentials,
  loggedIn,
  makeStore,
  refreshes,
  settle,
  type TestStore,
  tokenRoute
} from "./logins.js"

const many = (n: number) => Effect.forEach(Array.from({ length: n }), () => call, { concurrency: "unbounded" })
const onlyOk = (statuses: ReadonlyArray<number>) => expect([...new Set(statuses)]).toEqual([200])
const inject = (fault: Faults.Fault, when: Faults.When = { times: 1 }) =>
  Effect.flatMap(Emulator, (emulator) => emulator.inject(fault, { route: tokenRoute, ...when }))
const emulator = <A>(f: (emulator: Emulator["Type"]) => Effect.Effect<A>) => Effect.flatMap(Emulator, f)

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
