import { SystemError } from "@effect/platform/Error"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Either, Fiber, Layer, Option, Redacted } from "effect"
import type { TokenSet } from "../../src/protocol/TokenSet.js"
import { TokenStore } from "../../src/protocol/TokenStore.js"

const full: TokenSet = {
  accessToken: Redacted.make("access-1"),
  refreshToken: Redacted.make("refresh-1"),
  expiresAt: DateTime.unsafeMake("2026-08-01T12:00:00Z"),
  scopes: ["dm.read", "offline.access"]
}
const bare: TokenSet = { accessToken: Redacted.make("access-2") }

/** Tokens with the secrets open, to compare. */
const open = (tokens: Option.Option<TokenSet>) =>
  Option.getOrUndefined(Option.map(tokens, ({ accessToken, expiresAt, refreshToken, scopes }) => ({
    accessToken: Redacted.value(accessToken),
    refreshToken: refreshToken && Redacted.value(refreshToken),
    expiresAt: expiresAt && DateTime.formatIso(expiresAt),
    scopes
  })))

const inMemory = KeyValueStore.layerMemory

describe.each([
  ["memory", TokenStore.layerMemory()],
  ["a KeyValueStore", Layer.provide(TokenStore.layerKeyValueStore, inMemory)]
])("tokens in %s", (_, layer) => {
  it.effect("are given as they were set last, each account's own", () =>
    Effect.gen(function*() {
      const store = yield* TokenStore
      expect(yield* store.get("mina")).toEqual(Option.none())
      yield* store.set("mina", full)
      yield* store.set("other/one", bare)
      expect(open(yield* store.get("mina"))).toEqual(open(Option.some(full)))
      expect(open(yield* store.get("other/one"))).toEqual(open(Option.some(bare)))
      yield* store.set("mina", bare)
      expect(open(yield* store.get("mina"))).toEqual(open(Option.some(bare)))
    }).pipe(Effect.provide(layer)))

  it.effect("are forgotten when they are removed, and nobody else's with them", () =>
    Effect.gen(function*() {
      const store = yield* TokenStore
      yield* store.remove("mina")
      yield* store.set("mina", full)
      yield* store.set("other", bare)
      yield* store.remove("mina")
      expect(yield* store.get("mina")).toEqual(Option.none())
      expect(open(yield* store.get("other"))).toEqual(open(Option.some(bare)))
    }).pipe(Effect.provide(layer)))

  it.effect("are locked by one at a time, for each account", () =>
    Effect.gen(function*() {
      const { get, set, withLock } = yield* TokenStore
      const seen: Array<string> = []
      const note = (text: string) => Effect.sync(() => void seen.push(text))
      const job = (account: string) =>
        withLock(account)(
          Effect.all([note(`${account} in`), Effect.yieldNow(), Effect.yieldNow(), note(`${account} out`)])
        )
      yield* Effect.all([job("a"), job("a"), job("b")], { concurrency: "unbounded" })
      expect(seen.filter((text) => text.startsWith("a"))).toEqual(["a in", "a out", "a in", "a out"])
      expect(seen.indexOf("b in")).toBeLessThan(seen.indexOf("a out"))
      // Inside, the store works, and a failure or an interruption lets the next one in.
      yield* Effect.flip(withLock("a")(Effect.fail("broken")))
      yield* Effect.flatMap(Effect.fork(withLock("a")(Effect.never)), (fiber) =>
        Effect.zipRight(Effect.yieldNow(), Fiber.interrupt(fiber)))
      yield* withLock("a")(set("a", full))
      expect(open(yield* withLock("a")(get("a")))).toEqual(open(Option.some(full)))
    }).pipe(Effect.provide(layer)))
})

it.effect("a memory can begin with tokens", () =>
  Effect.gen(function*() {
    expect(open(yield* Effect.flatMap(TokenStore, ({ get }) => get("mina")))).toEqual(open(Option.some(full)))
  }).pipe(Effect.provide(TokenStore.layerMemory({ mina: full }))))

describe("tokens in a KeyValueStore", () => {
  const stored = Layer.provideMerge(TokenStore.layerKeyValueStore, inMemory)

  it.effect("are JSON that people can read", () =>
    Effect.gen(function*() {
      const [kv, { set }] = [yield* KeyValueStore.KeyValueStore, yield* TokenStore]
      yield* set("mina", full)
      expect(JSON.parse(Option.getOrThrow(yield* kv.get("xdm-tokens-mina")))).toEqual({
        accessToken: "access-1",
        refreshToken: "refresh-1",
        expiresAt: "2026-08-01T12:00:00.000Z",
        scopes: ["dm.read", "offline.access"]
      })
      expect(yield* kv.size).toBe(1)
    }).pipe(Effect.provide(stored)))

  for (
    const text of [
      "",
      "null",
      "{",
      "{}",
      "{\"accessToken\":\"\"}",
      "{\"accessToken\":\"s3cr3t\\n\"}",
      "{\"accessToken\":\"s3cr3t\",\"expiresAt\":\"soon\"}",
      "{\"accessToken\":\"s3cr3t\",\"refreshToken\":5}"
    ]
  ) {
    it.effect(`that were damaged are told of and not overwritten: ${text}`, () =>
      Effect.gen(function*() {
        const [kv, store] = [yield* KeyValueStore.KeyValueStore, yield* TokenStore]
        yield* kv.set("xdm-tokens-mina", text)
        for (const action of [store.get("mina"), store.set("mina", full)]) {
          const error = yield* Effect.flip<unknown, { readonly message: string }, never>(action)
          expect(error).toMatchObject({ _tag: "TokenStoreFailed", store: "\"xdm-tokens-mina\"" })
          expect(error.message).toMatch(/is not JSON of tokens\. Mend it/)
          expect(JSON.stringify(error) + error.message).not.toContain("s3cr3t")
        }
        expect(yield* kv.get("xdm-tokens-mina")).toEqual(Option.some(text))
      }).pipe(Effect.provide(stored)))
  }

  it.effect("survive a crash in any write, the old or the new", () =>
    Effect.gen(function*() {
      for (const crash of [1, 2, 3]) {
        for (const half of [true, false]) {
          const values = new Map<string, string>()
          let writes = -1
          // A crash: the write that is under way is done by half or not at all, and the program ends.
          const change = (key: string, value: string | undefined) =>
            Effect.suspend(() => {
              if (writes >= 0 && ++writes === crash) {
                if (half && value !== undefined) values.set(key, value.slice(0, 9))
                return Effect.die("crashed")
              }
              return Effect.sync(() => value === undefined ? void values.delete(key) : void values.set(key, value))
            })
          const layer = Layer.provide(
            TokenStore.layerKeyValueStore,
            Layer.succeed(
              KeyValueStore.KeyValueStore,
              KeyValueStore.makeStringOnly({
                get: (key) => Effect.sync(() => Option.fromNullable(values.get(key))),
                set: change,
                remove: (key) => change(key, undefined),
                clear: Effect.void,
                size: Effect.succeed(0)
              })
            )
          )
          const store = yield* Effect.provide(TokenStore, layer)
          yield* store.set("mina", full)
          writes = 0
          expect(Either.isLeft(yield* Effect.either(Effect.sandbox(store.set("mina", bare))))).toBe(true)
          const found = open(yield* store.get("mina"))
          expect(found).toEqual(open(Option.some(crash === 1 ? full : bare)))
          // And it can be written again.
          writes = -1
          yield* store.set("mina", { ...bare, scopes: ["again"] })
          expect(open(yield* store.get("mina"))?.scopes).toEqual(["again"])
          expect([...values.keys()]).toEqual(["xdm-tokens-mina"])
        }
      }
    }))

  it.effect("tell why a store failed", () =>
    Effect.gen(function*() {
      const store = yield* TokenStore
      expect((yield* Effect.flip(store.get("a"))).message).toMatch(/"xdm-tokens-a" could not be read: .*denied/)
      expect((yield* Effect.flip(store.set("a", bare))).message).toMatch(/could not be (read|written): .*denied/)
      expect((yield* Effect.flip(store.remove("a"))).message).toMatch(/could not be removed: .*denied/)
    }).pipe(
      Effect.provide(TokenStore.layerKeyValueStore),
      Effect.provideService(
        KeyValueStore.KeyValueStore,
        KeyValueStore.makeStringOnly({
          get: () => Effect.fail(denied),
          set: () => Effect.fail(denied),
          remove: () => Effect.fail(denied),
          clear: Effect.void,
          size: Effect.succeed(0)
        })
      )
    ))
})

const denied = new SystemError({
  module: "KeyValueStore",
  method: "get",
  reason: "PermissionDenied",
  description: "denied"
})
