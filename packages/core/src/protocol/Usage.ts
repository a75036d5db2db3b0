/**
 * What calls were made, and what they cost.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type { MetricLabel } from "effect/MetricLabel"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { keys } from "effect/Struct"
import { IdSet } from "./IdSet.js"
import * as Now from "./Now.js"

/**
 * X's published prices, in US dollars. They change: pass your own to
 * `Usage.layer`.
 *
 * Source: X's price list for pay-per-use.
 *
 * @since 0.1.0
 */
export interface Prices {
  /** An event that was read, once in a UTC day however often it is read. */
  readonly eventRead: number
  /** A message that was sent. */
  readonly messageSent: number
}

/** @since 0.1.0 */
export const published: Prices = { eventRead: 0.01, messageSent: 0.015 }

/**
 * Counts of a span of time.
 *
 * @since 0.1.0
 */
export interface Counts {
  /** Requests made, repeats among them. */
  readonly requests: number
  /** Events that X bills: each counts once in a UTC day. */
  readonly eventsRead: number
  readonly messagesSent: number
  /** What these cost by the prices, in US dollars. */
  readonly dollars: number
}

/**
 * What was used since the start, and of that in the current UTC day.
 *
 * @since 0.1.0
 */
export interface Totals extends Counts {
  readonly since: DateTime.Utc
  readonly today: Counts
}

/** @since 0.1.0 */
export interface UsageService {
  readonly totals: Effect.Effect<Totals>
  /** The totals now, and again whenever they have changed. */
  readonly changes: Stream.Stream<Totals>
  /** Tells of a request. */
  readonly requested: Effect.Effect<void>
  /** Tells of events that were read. */
  readonly read: (events: ReadonlyArray<{ readonly id: string }>) => Effect.Effect<void>
  /** Tells of a message that was sent. */
  readonly sent: Effect.Effect<void>
}

/** Counts that are added to. */
type Tally = { -readonly [Name in keyof Counts]: Counts[Name] }

const nothing = (): Tally => ({ requests: 0, eventsRead: 0, messagesSent: 0, dollars: 0 })

const counter = (name: string, description: string) => Metric.counter(name, { description, incremental: true })
const metrics: { readonly [Name in keyof Counts]: Metric.Metric.Counter<number> } = {
  requests: counter("xdm_requests", "Requests made to X"),
  eventsRead: counter("xdm_events_read", "Events read, each once in a UTC day"),
  messagesSent: counter("xdm_messages_sent", "Messages sent"),
  dollars: counter("xdm_cost_dollars", "What was read and sent cost by X's published prices, in US dollars")
}
const names = keys(metrics)

// Name by name, for it is done four times for every call.
const add = (tally: Tally, { dollars, eventsRead, messagesSent, requests }: Counts): void => {
  tally.requests += requests
  tally.eventsRead += eventsRead
  tally.messagesSent += messagesSent
  tally.dollars += dollars
}

/** As `Metric.incrementBy` of each. */
const increment = (counts: Counts, labels: ReadonlyArray<MetricLabel>): void => {
  for (const name of names) {
    const by = counts[name]
    if (by !== 0) metrics[name].unsafeUpdate(by, labels)
  }
}

const dayOf = (millis: number): number => Math.floor(millis / (24 * 60 * 60_000))

/** A million events read in one day cost ten thousand dollars; beyond, events read again are counted again. */
const most = 1_000_000

const make = (prices: Prices): Effect.Effect<UsageService> =>
  Effect.gen(function*() {
    const since = DateTime.unsafeMake(yield* Clock.currentTimeMillis)
    const total = nothing()
    let today = nothing()
    let day = dayOf(since.epochMillis)
    let seen = new IdSet(most)
    const watching = new Set<() => void>()

    const aRequest = { ...nothing(), requests: 1 }
    const aMessage = { ...nothing(), messagesSent: 1, dollars: prices.messageSent }
    const at = (now: number): Totals => ({ ...total, since, today: dayOf(now) === day ? { ...today } : nothing() })
    const totals = Effect.map(Clock.currentTimeMillis, at)

    /** Counts on the day that it is, here and in the metrics, in one step of the fiber. */
    const count = (used: () => Counts) =>
      Effect.withFiberRuntime((fiber) => {
        const now = Now.of(fiber)
        if (dayOf(now) !== day) {
          day = dayOf(now)
          today = nothing()
          seen = new IdSet(most)
        }
        const counts = used()
        add(total, counts)
        add(today, counts)
        increment(counts, fiber.getFiberRef(FiberRef.currentMetricLabels))
        for (const tell of watching) tell()
        return Effect.void
      })

    // Who watches and is slow is given the newest totals, and is not waited for.
    const watch = Effect.gen(function*() {
      const news = yield* Queue.sliding<void>(1)
      const tell = () => void news.unsafeOffer(undefined)
      yield* Effect.acquireRelease(
        Effect.sync(() => watching.add(tell)),
        () => Effect.sync(() => watching.delete(tell))
      )
      tell()
      return Stream.repeatEffect(Effect.zipRight(Queue.take(news), totals))
    })

    return {
      totals,
      changes: Stream.unwrapScoped(watch),
      requested: count(() => aRequest),
      sent: count(() => aMessage),
      read: (events) =>
        count(() => {
          const eventsRead = freshOf(events, seen)
          return { ...nothing(), eventsRead, dollars: eventsRead * prices.eventRead }
        })
    }
  })

/** How many of the events are not in the set; they are from now on. */
const freshOf = (events: ReadonlyArray<{ readonly id: string }>, seen: IdSet): number => {
  let fresh = 0
  for (const { id } of events) if (seen.add(id)) fresh++
  return fresh
}

/**
 * Counts requests, events read and messages sent, and what they cost.
 *
 * @example
 * ```ts
 * import { DirectMessages, Usage } from "@effect-xdm/core"
 * import { Console, Effect, Stream } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const dm = yield* DirectMessages
 *   yield* Stream.runDrain(dm.events.all({ limit: 500 }))
 *   const { dollars, eventsRead } = yield* Effect.flatMap(Usage, (usage) => usage.totals)
 *   yield* Console.log(`${eventsRead} events for $${dollars.toFixed(2)}`)
 * })
 * ```
 *
 * @since 0.1.0
 */
export class Usage extends Context.Tag("@effect-xdm/core/Usage")<Usage, UsageService>() {
  /**
   * Counts in memory, from when the layer is built.
   *
   * @since 0.1.0
   */
  static readonly layer = (prices: Prices = published): Layer.Layer<Usage> => Layer.effect(Usage, make(prices))
}
