/**
 * Where the tokens of accounts are kept, by the account's name, so that a
 * login outlives the program and each renewed pair is there before it is used.
 *
 * @since 0.1.0
 */
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { TokenStoreFailed } from "./Errors.js"
import { TokenSet } from "./TokenSet.js"

/**
 * A store of tokens. One of your own, in a database, must give what was set
 * last, whole or not at all, and let one at a time into `withLock`.
 *
 * @since 0.1.0
 */
export interface TokenStoreService {
  /** The tokens of an account, or none. */
  readonly get: (account: string) => Effect.Effect<Option.Option<TokenSet>, TokenStoreFailed>
  /** Keeps the tokens of an account in place of those before. It is done when they would outlive a crash. */
  readonly set: (account: string, tokens: TokenSet) => Effect.Effect<void, TokenStoreFailed>
  /** Forgets the tokens of an account, if there are any. X takes them for as long as they are not revoked. */
  readonly remove: (account: string) => Effect.Effect<void, TokenStoreFailed>
  /**
   * Runs an effect while nobody else who has this store runs one for the same
   * account: X takes a refresh token once, so two must not use it. `get` and
   * `set` work inside, and do not wait for it outside.
   */
  readonly withLock: (
    account: string
  ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | TokenStoreFailed, R>
}

/**
 * Where the tokens of accounts are kept.
 *
 * @since 0.1.0
 */
export class TokenStore extends Context.Tag("@effect-xdm/core/TokenStore")<TokenStore, TokenStoreService>() {
  /**
   * In memory, with the tokens that it begins with, by the account's name:
   * for tests, and for programs that log in each time that they start.
   *
   * @example
   * ```ts
   * import { TokenStore } from "@effect-xdm/core"
   * import { Redacted } from "effect"
   *
   * const Tokens = TokenStore.layerMemory({
   *   default: { accessToken: Redacted.make("…"), refreshToken: Redacted.make("…") }
   * })
   * ```
   *
   * @since 0.1.0
   */
  static readonly layerMemory = (
    initial: { readonly [account: string]: TokenSet } = {}
  ): Layer.Layer<TokenStore> =>
    Layer.sync(TokenStore, () => {
      const kept = new Map(Object.entries(initial))
      return {
        get: (account) => Effect.sync(() => Option.fromNullable(kept.get(account))),
        set: (account, tokens) => Effect.sync(() => void kept.set(account, tokens)),
        remove: (account) => Effect.sync(() => void kept.delete(account)),
        withLock: locks()
      }
    })

  /**
   * In a `KeyValueStore`: a browser's storage, or a store of your own. The
   * keys begin with `xdm-tokens-`. Its lock holds within this layer, so
   * programs that share an account at the same time need another store, like
   * `TokenFile` of `@effect-xdm/node`.
   *
   * Tokens are written to a second key before they replace the old ones: a
   * crash in the middle loses neither. A value that is damaged is a
   * `TokenStoreFailed`, and stays as it is.
   *
   * @example
   * ```ts
   * import { TokenStore } from "@effect-xdm/core"
   * import { KeyValueStore } from "@effect/platform"
   * import { Layer } from "effect"
   *
   * const Tokens = TokenStore.layerKeyValueStore.pipe(
   *   Layer.provide(KeyValueStore.layerStorage(() => localStorage))
   * )
   * ```
   *
   * @since 0.1.0
   */
  static readonly layerKeyValueStore: Layer.Layer<TokenStore, never, KeyValueStore.KeyValueStore> = Layer.effect(
    TokenStore,
    Effect.map(KeyValueStore.KeyValueStore, (store) => {
      const get = (account: string) =>
        Effect.gen(function*() {
          // A next one that is whole is the newest; one that is not was being written when the program died.
          const next = yield* read(store, account, nextKey(account))
          if (next !== undefined && next !== "damaged") return Option.some(next)
          const kept = yield* read(store, account, key(account))
          return kept === "damaged" ? yield* failed(account, damaged) : Option.fromNullable(kept)
        })
      const set = (account: string, tokens: TokenSet) =>
        Effect.flatMap(encode(tokens), (json) =>
          store.set(nextKey(account), json).pipe(
            Effect.zipRight(store.set(key(account), json)),
            Effect.zipRight(store.remove(nextKey(account))),
            Effect.mapError((error) => failed(account, `could not be written: ${error.message}`))
          ))
      const remove = (account: string) =>
        Effect.mapError(
          Effect.zipRight(store.remove(key(account)), store.remove(nextKey(account))),
          (error) => failed(account, `could not be removed: ${error.message}`)
        )
      return {
        get,
        set: (account, tokens) => Effect.zipRight(get(account), set(account, tokens)),
        remove,
        withLock: locks()
      }
    })
  )
}

const key = (account: string): string => `xdm-tokens-${account}`
const nextKey = (account: string): string => `xdm-tokens-next-${account}`

const damaged =
  "is not JSON of tokens. Mend it, or remove it and log in again; nothing was overwritten, and what it holds is secret."

const failed = (account: string, problem: string) => new TokenStoreFailed({ store: `"${key(account)}"`, problem })

const decode = Schema.decodeOption(Schema.parseJson(TokenSet))

/** Cannot fail: what the type allows, the Schema can write. */
const encode = (tokens: TokenSet): Effect.Effect<string> =>
  Effect.orDie(Schema.encode(Schema.parseJson(TokenSet))(tokens))

const read = (store: KeyValueStore.KeyValueStore, account: string, key: string) =>
  store.get(key).pipe(
    Effect.mapError((error) => failed(account, `could not be read: ${error.message}`)),
    Effect.map(Option.match({
      onNone: () => undefined,
      onSome: (text) => Option.getOrElse(decode(text), () => "damaged" as const)
    }))
  )

/** A lock for each account, within this process. */
const locks = (): TokenStoreService["withLock"] => {
  const semaphores = new Map<string, Effect.Semaphore>()
  return (account) => (effect) =>
    Effect.suspend(() => {
      const semaphore = semaphores.get(account) ?? Effect.unsafeMakeSemaphore(1)
      semaphores.set(account, semaphore)
      return semaphore.withPermits(1)(effect)
    })
}
