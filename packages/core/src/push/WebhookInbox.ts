/**
 * What comes by webhooks as a stream: each delivery is answered as soon as it
 * is in a buffer, however slow its consumer, and each event given once, also
 * after a restart.
 *
 * @since 0.1.0
 */
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as Chunk from "effect/Chunk"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MutableQueue from "effect/MutableQueue"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Recent } from "../protocol/Recent.js"
import { DeliveryStore, type DeliveryStoreFailed } from "./DeliveryStore.js"
import * as PushEvent from "./PushEvent.js"
import * as Spilled from "./Spilled.js"
import * as Webhook from "./Webhook.js"

/**
 * How a webhook receives.
 *
 * @since 0.1.0
 */
export interface WebhookInboxOptions extends Omit<Webhook.WebhookOptions, "onDelivery" | "consumerTimeout"> {
  /** How many events may wait for the consumer in memory, 1 and more. Default 10,000. */
  readonly buffer?: number | undefined
  /**
   * What to do with more: `"refuse"` (default) answers 503, and X delivers it
   * again, some times; `"spill"` keeps it in the store, and gives it in its turn.
   */
  readonly overflow?: "refuse" | "spill" | undefined
  /** How many of the latest events to remember, to give none twice, 0 and more. Default 10,000. */
  readonly remember?: number | undefined
  /** How often the store is told which events came. A crash in between lets them come again. Default 1 second. */
  readonly saveEvery?: Duration.DurationInput | undefined
}

/**
 * The webhook as an app, and what came.
 *
 * @since 0.1.0
 */
export interface WebhookInboxService {
  /** Answers X, at whichever path it is put. */
  readonly app: HttpApp.Default<never, Scope.Scope>
  /** The same for a server that is none of `@effect/platform`. */
  readonly respond: <R>(request: Webhook.WebhookRequest<R>) => Effect.Effect<Webhook.WebhookResponse, never, R>
  /**
   * What X delivers, in the order in which it comes, each event once. Several
   * consumers share the events: each goes to one of them. An event in memory is
   * lost with the process; one in the store goes only once the consumer has come
   * back for the next.
   */
  readonly events: Stream.Stream<PushEvent.PushEvent, DeliveryStoreFailed>
}

/** What of a delivery did not come before, with the keys to know it by, and the places of what did. */
const sortOut = (events: ReadonlyArray<PushEvent.PushEvent>, recent: Recent) => {
  const fresh: Array<PushEvent.PushEvent> = []
  const keys: Array<string | undefined> = []
  const repeats: Array<number> = []
  events.forEach((event, place) => {
    const key = PushEvent.key(event)
    if (key !== undefined && (recent.has(key) || keys.includes(key))) repeats.push(place)
    else {
      fresh.push(event)
      keys.push(key)
    }
  })
  return { fresh, keys, repeats }
}

const busy = new Webhook.WebhookRefused({ reason: "Busy" })

const wholeNumber = (option: string, value: number, least: number) =>
  Number.isInteger(value) && value >= least
    ? Effect.void
    : Effect.fail(ConfigError.InvalidData([option], `${option} must be a whole number of at least ${least}`))

const make = (
  { buffer = 10_000, overflow = "refuse", remember = 10_000, saveEvery = "1 second", ...options }: WebhookInboxOptions
): Effect.Effect<
  WebhookInboxService,
  ConfigError.ConfigError | DeliveryStoreFailed,
  DeliveryStore | Scope.Scope
> =>
  Effect.gen(function*() {
    yield* wholeNumber("buffer", buffer, 1)
    yield* wholeNumber("remember", remember, 0)
    const store = yield* DeliveryStore
    const recent = new Recent(remember, yield* store.loadKeys)
    /** The deliveries that are in the store, and those with them that are on their way there. */
    let stored = yield* store.size
    let spilled = stored
    const queue = MutableQueue.unbounded<PushEvent.PushEvent>()
    const arrived = yield* Effect.makeLatch(true)
    let unsaved = false

    const save = Effect.suspend(() => {
      if (!unsaved) return Effect.void
      unsaved = false
      return Effect.tapError(store.saveKeys([...recent]), () => Effect.sync(() => void (unsaved = true)))
    })
    yield* Effect.addFinalizer(() => Effect.ignore(save))
    // A store that fails now may work the next time, and repeats are no disaster.
    yield* Effect.forkScoped(Effect.forever(Effect.delay(Effect.ignore(save), saveEvery)))

    const learn = (keys: ReadonlyArray<string | undefined>) => {
      for (const key of keys) {
        if (key !== undefined) recent.add(key)
      }
      unsaved = true
    }

    const onDelivery = (delivery: Webhook.Delivery): Effect.Effect<void, Webhook.WebhookRefused> => {
      const { fresh, keys, repeats } = sortOut(delivery.events, recent)
      if (fresh.length === 0) return Effect.void
      // In memory only if nothing that came before is in the store.
      if (spilled === 0 && MutableQueue.length(queue) + fresh.length <= buffer) {
        for (const event of fresh) MutableQueue.offer(queue, event)
        learn(keys)
        arrived.unsafeOpen()
        return Effect.void
      }
      if (overflow === "refuse") return Effect.fail(busy)
      // At once, so that what comes meanwhile goes after it, and its repeats are known.
      spilled++
      learn(keys)
      return Effect.uninterruptible(Effect.matchEffect(store.put(Spilled.encode({ body: delivery.body, repeats })), {
        onSuccess: () =>
          Effect.sync(() => {
            stored++
            arrived.unsafeOpen()
          }),
        onFailure: () => {
          spilled--
          for (const key of keys) {
            if (key !== undefined) recent.delete(key)
          }
          return Effect.fail(busy)
        }
      }))
    }

    /** Whether the oldest delivery of the store was given, and can go. */
    let given = false
    let rest: ReadonlyArray<PushEvent.PushEvent> = []
    const waited: Effect.Effect<PushEvent.PushEvent, DeliveryStoreFailed> = Effect.gen(function*() {
      for (;;) {
        const [first, ...others] = rest
        if (first !== undefined) {
          rest = others
          return first
        }
        if (given) {
          yield* store.removeOldest
          given = false
          stored--
          spilled--
        }
        arrived.unsafeClose()
        const event = MutableQueue.poll(queue, undefined)
        if (event !== undefined) return event
        if (stored > 0) {
          rest = Option.match(yield* store.oldest, { onNone: () => [], onSome: Spilled.eventsOf })
          given = true
          continue
        }
        yield* arrived.await
      }
    })
    const turns = yield* Effect.makeSemaphore(1)
    const inTurn = turns.withPermits(1)(waited)
    // What is in memory needs no turn, for nothing is awaited on the way; it is older than what is in the store.
    const next = Effect.suspend(() => {
      const event = given ? undefined : MutableQueue.poll(queue, undefined)
      return event === undefined ? inTurn : Effect.succeed(event)
    })
    const respond = Webhook.respond({
      ...options,
      onDelivery,
      // What goes into memory waits for nothing; only a store can be slow.
      ...(overflow === "refuse" ? { consumerTimeout: Duration.infinity } : undefined)
    })
    return {
      app: Webhook.appOf(respond),
      respond,
      events: Stream.repeatEffectChunk(Effect.map(next, Chunk.of))
    }
  })

/**
 * What comes by webhooks, for any server of `@effect/platform`. On Node,
 * `WebhookServer` of `@effect-xdm/node` is a server of its own.
 *
 * @example
 * ```ts
 * import { DeliveryStore, WebhookInbox } from "@effect-xdm/core"
 * import { HttpRouter, HttpServer } from "@effect/platform"
 * import { Console, Effect, Layer, Redacted, Stream } from "effect"
 *
 * const Inbox = WebhookInbox.layer({ consumerSecret: Redacted.make("…") }).pipe(
 *   Layer.provide(DeliveryStore.layerMemory)
 * )
 * const Server = HttpRouter.empty.pipe(
 *   HttpRouter.concat(WebhookInbox.routes("/webhooks/x")),
 *   HttpServer.serve()
 * )
 * const consume = Effect.flatMap(WebhookInbox, ({ events }) =>
 *   Stream.runForEach(events, (event) => Console.log(event)))
 * ```
 *
 * @since 0.1.0
 */
export class WebhookInbox extends Context.Tag("@effect-xdm/core/WebhookInbox")<WebhookInbox, WebhookInboxService>() {
  /**
   * Fails with a `ConfigError` if an option makes no sense.
   *
   * @since 0.1.0
   */
  static readonly layer = (
    options: WebhookInboxOptions
  ): Layer.Layer<WebhookInbox, ConfigError.ConfigError | DeliveryStoreFailed, DeliveryStore> =>
    Layer.scoped(WebhookInbox, make(options))

  /**
   * The routes of the webhook at a path, to concatenate with those of a program.
   *
   * @since 0.1.0
   */
  static readonly routes = (path: HttpRouter.PathInput): HttpRouter.HttpRouter<never, WebhookInbox> =>
    HttpRouter.all(HttpRouter.empty, path, Effect.flatMap(WebhookInbox, ({ app }) => app))
}
