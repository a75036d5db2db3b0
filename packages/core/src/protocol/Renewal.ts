/**
 * The tokens of one account while a program runs: taken from the store, renewed
 * by one for all who need them, and stored before they are used.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { type CredentialsError, NeedsLogin, RefreshFailed, type TokenStoreFailed } from "./Errors.js"
import * as SingleFlight from "./SingleFlight.js"
import type { RefreshTokenRefused } from "./TokenRequest.js"
import type { TokenSet } from "./TokenSet.js"
import type { TokenStoreService } from "./TokenStore.js"

/**
 * What tokens are renewed with.
 *
 * @since 0.1.0
 */
export interface Means {
  readonly account: string
  readonly store: TokenStoreService
  /** How long before they run out tokens are renewed. */
  readonly beforeMillis: number
  readonly refresh: (
    tokens: TokenSet,
    refreshToken: Redacted.Redacted
  ) => Effect.Effect<TokenSet, RefreshFailed["reason"] | RefreshTokenRefused>
}

/**
 * @since 0.1.0
 */
export interface Renewal {
  /** Tokens that are good now, as far as anyone knows. */
  readonly tokens: Effect.Effect<TokenSet, CredentialsError>
  /** The tokens that are there, good or not. A new login is noticed within a minute, for it may allow more. */
  readonly known: Effect.Effect<Option.Option<TokenSet>, TokenStoreFailed>
  /** Never gives this access token again, which X refused, and comes back once there is another. */
  readonly replace: (accessToken: string) => Effect.Effect<void, CredentialsError>
}

/** A pair that X gave and the store does not have yet, with the refresh token that was spent for it. */
interface Unsaved {
  readonly tokens: TokenSet
  readonly spent: string
}

/** In milliseconds. */
const lookAgainAfter = 60_000

const refreshTokenOf = ({ refreshToken }: TokenSet): string | undefined => refreshToken && Redacted.value(refreshToken)

/**
 * The tokens of an account, until the scope closes. A pair that could not be
 * stored is stored then, if that is possible by then.
 *
 * @since 0.1.0
 */
export const make = ({ account, beforeMillis, refresh, store }: Means): Effect.Effect<Renewal, never, Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    let current: TokenSet | undefined
    let lookedAt = 0
    let unsaved: Unsaved | undefined
    let refusedAccess: string | undefined
    let refusedRefresh: { readonly token: string; readonly said: string } | undefined

    const isRefused = ({ accessToken }: TokenSet) => Redacted.value(accessToken) === refusedAccess
    const isAlive = (tokens: TokenSet, now: number) =>
      !isRefused(tokens) && (tokens.expiresAt === undefined || now < DateTime.toEpochMillis(tokens.expiresAt))
    /** Alive, and not about to run out; what cannot be renewed is used to its end. */
    const isGood = (tokens: TokenSet, now: number) =>
      isAlive(tokens, now + (tokens.refreshToken === undefined ? 0 : beforeMillis))

    /** Tokens that were to be renewed early are good for a while yet; but a pair that is there must be stored first. */
    const orStill = (error: CredentialsError): Effect.Effect<TokenSet, CredentialsError> =>
      Effect.flatMap(
        Clock.currentTimeMillis,
        (now) =>
          current !== undefined && unsaved === undefined && isAlive(current, now)
            ? Effect.succeed(current)
            : Effect.fail(error)
      )

    const needsLogin = (why: string) => new NeedsLogin({ account, why })

    const load = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      lookedAt = now
      return Effect.map(store.get(account), (stored) => {
        current = Option.getOrUndefined(stored)
        return current
      })
    })

    /** Stores what could not be stored before. A login that came between wins over it. */
    const save = Effect.gen(function*() {
      if (unsaved === undefined) return
      const { spent, tokens } = unsaved
      const stored = Option.map(yield* store.get(account), refreshTokenOf)
      if (Option.isNone(stored) || stored.value === spent) yield* store.set(account, tokens)
      unsaved = undefined
    })

    const renewed: Effect.Effect<TokenSet, CredentialsError> = Effect.gen(function*() {
      yield* save
      for (;;) {
        const tokens = yield* load
        if (tokens === undefined) return yield* needsLogin("there are no tokens in the token store")
        if (isGood(tokens, yield* Clock.currentTimeMillis)) return tokens
        const { refreshToken } = tokens
        if (refreshToken === undefined) {
          const what = isRefused(tokens) ? "X refused the access token" : "the access token ran out"
          return yield* needsLogin(`${what}, and there is no refresh token to renew it with`)
        }
        const spent = Redacted.value(refreshToken)
        if (refusedRefresh?.token === spent) {
          const said = refusedRefresh.said === "" ? "" : ` ("${refusedRefresh.said}")`
          return yield* needsLogin(`X refused the refresh token${said}`)
        }
        const result = yield* Effect.either(refresh(tokens, refreshToken))
        if (result._tag === "Right") {
          unsaved = { tokens: result.right, spent }
          yield* save
          return (yield* load) ?? result.right
        }
        if (result.left._tag !== "RefreshTokenRefused") {
          return yield* new RefreshFailed({ account, reason: result.left })
        }
        // Round again: it may be spent because another program has renewed the tokens, and stored the new ones.
        refusedRefresh = { token: spent, said: result.left.said }
      }
    })

    const flight = SingleFlight.make(
      Effect.gen(function*() {
        // What is good already, because another program or a login has stored it, needs no lock.
        const tokens = unsaved === undefined ? yield* load : undefined
        const isEnough = tokens !== undefined && isGood(tokens, yield* Clock.currentTimeMillis)
        return isEnough ? tokens : yield* store.withLock(account)(renewed)
      }),
      scope
    )

    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => unsaved === undefined ? Effect.void : store.withLock(account)(save)).pipe(
        Effect.catchAll((error) => Effect.logError(`Tokens that X gave are lost: ${error.message}`))
      )
    )

    return {
      known: Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const before = current
        if (before === undefined) return Effect.map(load, Option.fromNullable)
        return now - lookedAt < lookAgainAfter
          ? Effect.succeedSome(before)
          // What was known is enough for as long as the store cannot be read.
          : Effect.map(Effect.orElseSucceed(load, () => before), Option.fromNullable)
      }),
      tokens: Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (current !== undefined && isGood(current, now)) return Effect.succeed(current)
        return Effect.catchAll(flight, orStill)
      }),
      replace: (accessToken) =>
        Effect.suspend(() => {
          if (current !== undefined && Redacted.value(current.accessToken) !== accessToken) return Effect.void
          refusedAccess = accessToken
          return Effect.asVoid(flight)
        })
    }
  })
