/**
 * A server that behaves as X's Direct Message API does, in memory: for tests
 * and demonstrations without an account, a network or a bill.
 *
 * It keeps the rules of X that a client meets: scopes, logins and tokens that
 * run out, the checks of every parameter, two vocabularies, page tokens, the
 * horizon of 30 days, rate-limit windows with true headers, and X's ways to
 * say no. All of its time is
 * Effect's `Clock`, so `TestClock` drives it; a test that minds dates sets it
 * before the layer is built.
 *
 * @example
 * ```ts
 * import { DirectMessages } from "@effect-xdm/core"
 * import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
 * import { Effect, Layer, Redacted, Stream } from "effect"
 *
 * const Test = DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner) }).pipe(
 *   Layer.provide(Emulator.layerHttpClient),
 *   Layer.provideMerge(Emulator.layer())
 * )
 *
 * const program = Effect.gen(function*() {
 *   const emulator = yield* Emulator
 *   yield* emulator.inject(Faults.emptyPage, { every: 2 })
 *   const dm = yield* DirectMessages
 *   const events = yield* Stream.runCollect(dm.events.all())
 *   console.log(events.length, (yield* emulator.events()).length, yield* emulator.requestCount())
 * }).pipe(Effect.provide(Test))
 * ```
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Dialect } from "../model/Dialect.js"
import * as Snowflake from "../model/Snowflake.js"
import { FaultPlan } from "./emulator/FaultPlan.js"
import type { Paging } from "./emulator/Listing.js"
import { Logins } from "./emulator/Logins.js"
import * as Problems from "./emulator/Problems.js"
import { type Activity, Push } from "./emulator/Push.js"
import type { WebhookAttempt } from "./emulator/PushDelivery.js"
import * as PushDelivery from "./emulator/PushDelivery.js"
import * as RateLimits from "./emulator/RateLimits.js"
import { RequestLog, type RequestRecord } from "./emulator/RequestLog.js"
import * as Routes from "./emulator/Routes.js"
import * as Server from "./emulator/Server.js"
import { Signatures } from "./emulator/Signatures.js"
import { spoil } from "./emulator/Spoiled.js"
import { Store } from "./emulator/Store.js"
import type { Answer, Request } from "./emulator/Wire.js"
import * as EmulatorClient from "./EmulatorClient.js"
import type { Fault, When } from "./Faults.js"
import * as Fixtures from "./Fixtures.js"
import * as LoginTokens from "./LoginTokens.js"
import { isPush } from "./PushFaults.js"
import type { EventJson, Happening, World } from "./World.js"

export type { Login, LoginOptions } from "./LoginTokens.js"

/**
 * @since 0.1.0
 */
export interface EmulatorOptions {
  /** What the server knows at its start; by default `Fixtures.inbox` of the time at which the layer is built. */
  readonly world?: World
  /** The vocabulary that the server speaks, and the only one that it accepts; `"post"` by default. */
  readonly dialect?: Dialect
  /** X's own limits (`"x"`, the default), none and no headers of them, or X's with other figures for some routes. */
  readonly rateLimits?: "x" | "off" | RateLimits.Overrides
  /** `"cursor"` by default; with `"offset"`, arrivals make events come twice at the borders of pages. */
  readonly paging?: Paging
  /** How long events are listed, in days; 30 by default. */
  readonly horizonDays?: number
  /** How far the server's clock is ahead of Effect's, in milliseconds, negative if it is behind; 0 by default. */
  readonly clockSkewMillis?: number
  /** How long the access tokens of logins are good; 2 hours by default. */
  readonly accessTokenLifetime?: Duration.DurationInput
  /** The client by which webhooks are challenged and delivered to; the platform's `fetch` by default. */
  readonly webhookClient?: HttpClient.HttpClient
}

/**
 * The server, and the strings that a test pulls behind its back.
 *
 * @since 0.1.0
 */
export interface EmulatorService {
  readonly dialect: Dialect
  readonly world: World
  /** Answers a request, after whatever faults it meets. */
  readonly handle: (request: Request) => Effect.Effect<Answer>
  /** Something happens in a conversation now, by anyone; gives the event. */
  readonly arrive: (happening: Happening) => Effect.Effect<EventJson>
  /** Tells the subscriptions of a user of something else than a message: `"dm.read"`, say, with any payload. */
  readonly push: (activity: Activity) => Effect.Effect<void>
  /** How many connections of the activity stream are open. */
  readonly streamConnections: Effect.Effect<number>
  /** The attempts to deliver to webhooks, oldest first. */
  readonly webhookAttempts: Effect.Effect<ReadonlyArray<WebhookAttempt>>
  /** Takes an event away, as if its sender had deleted it; says whether there was one. */
  readonly remove: (eventId: string) => Effect.Effect<boolean>
  /** What a listing should give now, newest first: to the owner, unless another `user` is named. */
  readonly events: (
    of?: { readonly conversation?: string; readonly user?: string }
  ) => Effect.Effect<ReadonlyArray<EventJson>>
  /** The requests that came, oldest first; the latest 10,000. */
  readonly requests: Effect.Effect<ReadonlyArray<RequestRecord>>
  /** How many requests came, to one route or in all. */
  readonly requestCount: (route?: Routes.RouteName) => Effect.Effect<number>
  readonly resetRequests: Effect.Effect<void>
  /** Lets requests go wrong; see `Faults` for how and `When` for which. */
  readonly inject: (fault: Fault, when?: When) => Effect.Effect<void>
  readonly clearFaults: Effect.Effect<void>
  /** A user allows an app to act, without the pages and redirects in between; gives the tokens. */
  readonly login: (options?: LoginTokens.LoginOptions) => Effect.Effect<LoginTokens.Login>
  /** The access tokens of all logins run out now; their refresh tokens stay good, and so do the tokens of the world. */
  readonly expireTokens: Effect.Effect<void>
  /** The users take back what they allowed: the access and refresh tokens of all logins are good no more. */
  readonly revokeTokens: Effect.Effect<void>
}

/** On a clock before the snowflakes (a test's that starts in 1970) the sample inbox is that of this day. */
const sampleDay = Date.UTC(2026, 7, 1, 12)

const make = (options: EmulatorOptions): Effect.Effect<EmulatorService, never, Scope.Scope> =>
  Effect.gen(function*() {
    const startedAt = yield* Clock.currentTimeMillis
    const world = options.world ?? Fixtures.inbox(startedAt < Snowflake.epochMillis ? sampleDay : startedAt)
    const { clockSkewMillis = 0, dialect = "post", horizonDays = 30, paging = "cursor", rateLimits = "x" } = options
    const store = new Store(world, horizonDays)
    const push = new Push(store)
    const pushFaults = new FaultPlan()
    const client = options.webhookClient ?? (yield* Effect.provide(HttpClient.HttpClient, FetchHttpClient.layer))
    const { consumerSecret } = world.apps.find((app) => app.consumerSecret !== undefined) ?? {}
    const delivering = yield* PushDelivery.make(push, pushFaults, client, consumerSecret)
    store.listeners.push((event, now) => push.activitiesOf(event).forEach((each) => delivering.tell(each, now)))
    const server: Server.Server = {
      push,
      delivering,
      store,
      dialect,
      paging,
      rateLimits: rateLimits === "off" ? RateLimits.off : RateLimits.make(rateLimits === "x" ? {} : rateLimits),
      logins: new Logins(Duration.toMillis(options.accessTokenLifetime ?? "2 hours")),
      signatures: new Signatures(store)
    }
    const faults = new FaultPlan()
    const log = new RequestLog()
    let transactions = 0
    const atNow = <A>(f: (now: number) => A) => Effect.map(Clock.currentTimeMillis, (now) => f(now + clockSkewMillis))

    const handle = (request: Request): Effect.Effect<Answer> =>
      Effect.gen(function*() {
        const target = Routes.match(request.method, request.path)
        const arrival = log.arrived(request, target?.route, yield* Clock.currentTimeMillis)
        const transactionId = (++transactions).toString(16).padStart(16, "0")
        const met = faults.take(request.method, target?.route)
        for (const fault of met) {
          if (fault._tag === "Delay") yield* Effect.sleep(fault.duration)
        }
        const unprocessed = met.find((fault) => (fault._tag === "Status" || fault._tag === "Cut") && !fault.processed)
        const quirks = {
          hiddenCap: met.some(({ _tag }) => _tag === "HiddenCap"),
          repeatedToken: met.some(({ _tag }) => _tag === "RepeatedToken"),
          emptyPage: met.some(({ _tag }) => _tag === "EmptyPage"),
          processing: met.find((fault) => fault._tag === "Processing")
        }
        const sound = unprocessed === undefined
          ? yield* Effect.flatten(atNow((now) => Server.process(server, request, target, quirks, now)))
          : Server.refuse(Problems.ofStatus(503), dialect) // what the fault makes its own answer of
        const answer = met.reduce((answer, fault) => spoil(answer, fault, dialect), sound)
        log.answered(arrival, answer)
        const date = yield* atNow((now) => new Date(now).toUTCString())
        return { ...answer, headers: { date, "x-transaction-id": transactionId, ...answer.headers } }
      })

    return {
      dialect,
      world,
      handle,
      arrive: (happening) => atNow((now) => store.happen(happening, now)),
      remove: (eventId) => Effect.sync(() => store.remove(eventId)),
      events: ({ conversation, user = world.owner } = {}) => atNow((now) => store.visible(user, now, conversation)),
      requests: Effect.sync(() => log.records()),
      requestCount: (route) => Effect.sync(() => route === undefined ? log.total : log.count(route)),
      resetRequests: Effect.sync(() => log.reset()),
      inject: (fault, when = {}) => Effect.sync(() => (isPush(fault) ? pushFaults : faults).inject(fault, when)),
      clearFaults: Effect.sync(() => [faults, pushFaults].forEach((plan) => plan.clear())),
      push: (activity) => atNow((now) => delivering.tell(activity, now)),
      streamConnections: Effect.sync(() => delivering.connections()),
      webhookAttempts: Effect.sync(() => delivering.attempts()),
      login: (login = {}) => atNow((now) => LoginTokens.issue(server, login, now)),
      expireTokens: Effect.sync(() => server.logins.expire()),
      revokeTokens: Effect.sync(() => server.logins.revokeAll())
    }
  })

/**
 * The emulator. `Emulator.layer()` holds the server,
 * `Emulator.layerHttpClient` answers every request of an `HttpClient` by it.
 *
 * @since 0.1.0
 */
export class Emulator extends Context.Tag("@effect-xdm/core/testing/Emulator")<Emulator, EmulatorService>() {
  /** A server of its own for each time that the layer is built. */
  static readonly layer = (options: EmulatorOptions = {}): Layer.Layer<Emulator> =>
    Layer.scoped(Emulator, make(options))

  /** An `HttpClient` that never leaves the process: whatever the host of a request, the emulator answers it. */
  static readonly layerHttpClient: Layer.Layer<HttpClient.HttpClient, never, Emulator> = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(Emulator, EmulatorClient.make)
  )
}
