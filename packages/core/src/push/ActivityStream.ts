/**
 * What happens in the accounts of an app, the moment it happens: X's activity
 * stream, one connection that never ends.
 *
 * X repeats some deliveries, loses some when a connection breaks, and gives
 * others out of order. The stream reconnects by itself and gives each event
 * once; that none is missing, only reading back can tell.
 *
 * The `HttpClient` must give answers as they come: `FetchHttpClient`, or on
 * Node `NodeHttpClient.layerUndici`. `NodeClient` of `@effect-xdm/node` reads
 * answers whole, and this one has no end.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { Credentials } from "../protocol/Credentials.js"
import { Recent } from "../protocol/Recent.js"
import * as Checks from "../streams/Checks.js"
import { type Health, makeReports, type Reason } from "./ActivityHealth.js"
import * as Connection from "./Connection.js"
import * as PushEvent from "./PushEvent.js"
import { Reconnecting } from "./Reconnecting.js"

export type { Health, Reason } from "./ActivityHealth.js"
export type { ActivityError } from "./Connection.js"

/**
 * How to listen. All of it has a default.
 *
 * @since 0.1.0
 */
export interface ActivityStreamOptions {
  /**
   * How many of the last minutes X shall repeat when the stream connects again,
   * 0 to 5. X gives it to some of its plans only. Default 0, none.
   */
  readonly backfillMinutes?: number | undefined
  /** How long there may be no byte, not even of X's blank lines, before the connection counts as dead. Default 30 s. */
  readonly silence?: Duration.DurationInput | undefined
  /** How many events may wait for the consumer, 1 and more. Default 1,000. */
  readonly buffer?: number | undefined
  /** How long a full buffer holds back X before the stream disconnects until it is empty. Default 5 seconds. */
  readonly patience?: Duration.DurationInput | undefined
  /** How many of the latest events to remember, to give none twice, 0 and more. Default 10,000. */
  readonly remember?: number | undefined
  /** Told of every connection, every loss of one, and every sign of life. */
  readonly onHealth?: ((health: Health) => Effect.Effect<void>) | undefined
}

/**
 * Where the stream is.
 *
 * @since 0.1.0
 */
export interface ActivityLayerOptions {
  /** Where the API is: an http or https URL without a path. Default `https://api.x.com`. */
  readonly baseUrl?: string | undefined
  /** The `User-Agent` header; browsers may put their own. Default `effect-xdm`. */
  readonly userAgent?: string | undefined
}

/**
 * The activity stream.
 *
 * @since 0.1.0
 */
export interface ActivityStreamService {
  /**
   * What X pushes for the subscriptions of the app, for ever: each event once,
   * in the order in which it comes. Each run holds a connection of its own, and
   * X allows few.
   *
   * It fails with what does not pass by itself, such as `Unauthorized`.
   */
  readonly events: (options?: ActivityStreamOptions) => Stream.Stream<PushEvent.PushEvent, Connection.ActivityError>
}

/**
 * X's activity stream.
 *
 * @example
 * ```ts
 * import { ActivityStream, PushEvent } from "@effect-xdm/core"
 * import { FetchHttpClient } from "@effect/platform"
 * import { Config, Console, Effect, Layer, Stream } from "effect"
 *
 * const Live = Layer.unwrapEffect(Effect.map(
 *   Config.redacted("X_BEARER_TOKEN"),
 *   (bearerToken) => ActivityStream.layer({ bearerToken })
 * )).pipe(Layer.provide(FetchHttpClient.layer))
 *
 * const program = Effect.flatMap(ActivityStream, ({ events }) =>
 *   events({ onHealth: (health) => Console.error(health._tag) }).pipe(
 *     Stream.filter(PushEvent.isMessage),
 *     Stream.runForEach(({ direction, event }) => Console.log(direction, event.text))
 *   )).pipe(Effect.provide(Live))
 * ```
 *
 * X: GET `/2/activity/stream`, which takes the app-only bearer token. What it
 * gives is set by subscriptions (`CreateActivitySubscription`).
 *
 * @since 0.1.0
 */
export class ActivityStream extends Context.Tag("@effect-xdm/core/ActivityStream")<
  ActivityStream,
  ActivityStreamService
>() {
  /**
   * The stream, with the `Credentials` around it. Fails with a `ConfigError` if
   * an option makes no sense.
   *
   * @since 0.1.0
   */
  static readonly layerCredentials = (
    options: ActivityLayerOptions = {}
  ): Layer.Layer<ActivityStream, ConfigError.ConfigError, HttpClient.HttpClient | Credentials> =>
    Layer.effect(ActivityStream, make(options))

  /**
   * The stream, with the app's bearer token.
   *
   * @since 0.1.0
   */
  static readonly layer = (
    { bearerToken, ...options }: ActivityLayerOptions & { readonly bearerToken: Redacted.Redacted }
  ): Layer.Layer<ActivityStream, ConfigError.ConfigError, HttpClient.HttpClient> =>
    Layer.provide(ActivityStream.layerCredentials(options), Credentials.layerBearer(bearerToken))
}

const make = ({ baseUrl = "https://api.x.com", userAgent = "effect-xdm" }: ActivityLayerOptions) =>
  Effect.gen(function*() {
    if (!/^https?:\/\/[^/?#@\s]+\/?$/.test(baseUrl)) {
      const rule = "baseUrl must be an http or https URL without a path, like https://api.x.com"
      return yield* Effect.fail(ConfigError.InvalidData(["baseUrl"], rule))
    }
    const means = {
      client: yield* HttpClient.HttpClient,
      credentials: yield* Credentials,
      baseUrl: baseUrl.replace(/\/$/, ""),
      userAgent
    }
    return { events: (options: ActivityStreamOptions = {}) => events(means, options) }
  })

const check = (
  { backfillMinutes = 0, buffer = 1_000, patience = "5 seconds", remember = 10_000, silence = "30 seconds" }:
    ActivityStreamOptions
) =>
  Either.all({
    backfillMinutes: Checks.wholeNumber("backfillMinutes", backfillMinutes, 0, 5),
    buffer: Checks.wholeNumber("buffer", buffer, 1, Number.MAX_SAFE_INTEGER),
    patienceMillis: Checks.milliseconds("patience", patience),
    remember: Checks.wholeNumber("remember", remember, 0, Number.MAX_SAFE_INTEGER),
    silenceMillis: Checks.milliseconds("silence", silence)
  })

const events = (
  place: Omit<Connection.Means, "silenceMillis">,
  options: ActivityStreamOptions
): Stream.Stream<PushEvent.PushEvent, Connection.ActivityError> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const settings = yield* check(options)
    const means = { ...place, silenceMillis: settings.silenceMillis }
    const health = makeReports(options.onHealth ?? (() => Effect.void))
    const buffer = yield* Mailbox.make<PushEvent.PushEvent, Connection.ActivityError>(settings.buffer)
    const drained = yield* Effect.makeLatch(true)
    const reconnecting = new Reconnecting()
    const recent = new Recent(settings.remember)
    const buffered = () => Option.getOrElse(buffer.unsafeSize(), () => 0)

    /** Hands an event on; a buffer that stays full ends the connection. */
    const give = (event: PushEvent.PushEvent): Effect.Effect<void, Reason> => {
      const key = PushEvent.key(event)
      if (key !== undefined && recent.has(key)) return Effect.void
      const given = Effect.suspend(() => {
        drained.unsafeClose()
        return Effect.map(buffer.offer(event), () => {
          // A server that only ever repeats itself has not proved that it is worth connecting to at once.
          reconnecting.succeeded()
          if (key !== undefined) recent.add(key)
        })
      })
      return buffered() < settings.buffer ? given : Effect.timeoutFail(given, {
        duration: settings.patienceMillis,
        onTimeout: (): Reason => ({ _tag: "SlowConsumer", buffered: buffered() })
      })
    }

    const take = (line: Connection.Line): Effect.Effect<void, Reason> => {
      switch (line._tag) {
        case "Blank":
          return Effect.tap(
            health.keptAlive,
            () => Effect.map(Clock.currentTimeMillis, (now) => reconnecting.lives(now))
          )
        case "Unreadable":
          return health.unreadable(line.expected, line.excerpt)
        case "Events":
          return Effect.zipRight(health.alive, Effect.forEach(line.events, give, { discard: true }))
      }
    }

    const connection = (backfillMinutes: number) =>
      Effect.scoped(Effect.gen(function*() {
        const lines = yield* Connection.open(means, backfillMinutes)
        reconnecting.connected(yield* Clock.currentTimeMillis)
        yield* health.connected(backfillMinutes)
        return yield* Stream.runForEach(lines, take)
      }))

    const lost = (loss: Connection.Loss): Effect.Effect<void, Connection.ActivityError> =>
      Effect.gen(function*() {
        if (Connection.isFatal(loss)) return yield* Effect.fail(loss)
        const pause = reconnecting.failed(loss, yield* Clock.currentTimeMillis)
        yield* health.disconnected(loss, pause, reconnecting.failures)
        if (loss._tag === "SlowConsumer") yield* drained.await
        yield* Effect.sleep(pause)
      })

    const listen = Effect.zipRight(
      Effect.catchAll(connection(0), lost),
      Effect.forever(Effect.suspend(() => Effect.catchAll(connection(settings.backfillMinutes), lost)))
    )
    yield* Effect.forkScoped(Effect.catchAllCause(listen, (cause) => buffer.failCause(cause)))

    const next = Effect.map(buffer.take, (event) => {
      if (buffered() === 0) drained.unsafeOpen()
      return Chunk.of(event)
    })
    return Stream.fromPull(
      Effect.succeed(
        Effect.mapError(next, (error) => error._tag === "NoSuchElementException" ? Option.none() : Option.some(error))
      )
    )
  }))
