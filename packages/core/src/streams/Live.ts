/**
 * Push and reading as one: each event the moment it is delivered, and whatever
 * was not delivered as soon as it is found.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { DmEvent } from "../model/DmEvent.js"
import type { EventId } from "../model/Ids.js"
import * as Now from "../protocol/Now.js"
import * as CatchUp from "./CatchUp.js"
import { CheckpointStore } from "./Checkpoint.js"
import type { Means } from "./Follow.js"
import * as Options from "./FollowOptions.js"
import { makeReports } from "./Health.js"
import { type Keeper, makeLog } from "./Keeper.js"
import type { ListingStopped } from "./Listing.js"
import * as Buffer from "./LiveBuffer.js"
import * as LiveOptions from "./LiveOptions.js"
import * as LiveSources from "./LiveSources.js"

type Reason = ListingStopped["reason"]

/** What happens to a live stream while its consumer waits. */
type Signal =
  | LiveSources.Signal
  | { readonly _tag: "Read"; readonly result: Either.Either<ReadonlyArray<DmEvent>, Reason> }
  | { readonly _tag: "Due" }

const everything = { _tag: "All" } as const

const live = <R>(
  { fetch, pace }: Means,
  options: LiveOptions.AnyOptions<R>,
  keeper: Keeper | undefined
): Stream.Stream<DmEvent, Options.FollowError, R> =>
  Stream.fromPull(Effect.gen(function*() {
    const checked = LiveOptions.settings(options)
    if (Either.isLeft(checked)) return Effect.fail(Option.some(checked.left))
    const { everyMillis, isExact, settings, settleMillis } = checked.right
    const scope = yield* Effect.scope
    const tell = options.onHealth ?? (() => Effect.void)
    const health = makeReports(tell)
    const following = LiveOptions.following(options)
    const read = CatchUp.readBack(fetch, health, following)
    const signals = yield* Queue.bounded<Signal>(1_024)
    const log = yield* makeLog(keeper)
    const sources = LiveSources.make(options.sources, tell)
    const alarm = yield* makeAlarm(Queue.offer(signals, { _tag: "Due" }))

    let buffer: Buffer.LiveBuffer | undefined
    let completeAt = 0
    let isReading = false
    /** Something may have come that nobody has delivered. */
    let isInDoubt = false
    let lookAt = Infinity

    /** Reads back in a fiber of its own, so that what is delivered meanwhile need not wait. */
    const look = (last: EventId) =>
      Effect.suspend(() => {
        isReading = true
        isInDoubt = false
        return CatchUp.newerThan({ last, completeAt }, read, everything, following, settings, health).pipe(
          Effect.either,
          Effect.flatMap((result) => Queue.offer(signals, { _tag: "Read", result })),
          Effect.forkIn(scope)
        )
      })

    /** When to look next, if nothing calls for it: seldom while a source delivers, and as a follower does while none does. */
    const planned = Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      lookAt = now + (sources.isConnected() ? everyMillis : yield* pace(everything))
    })

    const begin = Effect.gen(function*() {
      const kept = keeper === undefined ? Option.none() : yield* keeper.load
      const last = Option.isSome(kept)
        ? kept.value
        : yield* CatchUp.begin(settings.since, read, everything, following)
      if (Option.isNone(kept)) yield* log.commit(last)
      const now = yield* Clock.currentTimeMillis
      completeAt = Option.isNone(kept) && settings.since === "now" ? now : 0
      buffer = Buffer.make(last, settleMillis)
      // Whoever connects says so, and is read behind; what came before is read for now.
      isInDoubt = Option.isSome(kept) || settings.since !== "now"
      yield* sources.run(scope, (signal) => Queue.offer(signals, signal))
      yield* planned
      return buffer
    })

    const react = (buffer: Buffer.LiveBuffer, signal: Signal, now: number): Effect.Effect<void, Reason> => {
      switch (signal._tag) {
        case "Delivered": {
          if (isExact) isInDoubt ||= buffer.isNew(signal.event.id)
          else buffer.deliver(signal.event, now)
          return Effect.void
        }
        case "Read": {
          isReading = false
          if (Either.isLeft(signal.result)) return Effect.fail(signal.result.left)
          completeAt = now
          buffer.found(signal.result.right)
          return planned
        }
        case "Connected":
          isInDoubt = true
          return planned
        case "Doubtful":
          isInDoubt = true
          return Effect.void
        case "Disconnected":
          return planned
        case "Due":
          return Effect.void
      }
    }

    return Effect.gen(function*() {
      yield* log.taken
      const now = buffer ?? (yield* begin)
      for (;;) {
        const at = yield* Clock.currentTimeMillis
        const given = now.take(at, keeper === undefined)
        if (given.safe !== undefined) log.given(given.safe)
        if (given.events.length > 0) return Chunk.unsafeFromArray(given.events)
        yield* log.idle
        if (!isReading && (isInDoubt || at >= lookAt)) yield* look(now.known())
        yield* alarm.set(Math.min(now.dueAt(), isReading ? Infinity : lookAt), at)
        const next = yield* Queue.takeBetween(signals, 1, 256)
        const received = yield* Clock.currentTimeMillis
        for (const signal of next) yield* react(now, signal, received)
      }
    }).pipe(Effect.mapError(Option.some))
  }))

/** Wakes at a time, once; a time before it goes before it. */
const makeAlarm = (ring: Effect.Effect<unknown>) =>
  Effect.map(Effect.scope, (scope) => {
    let setTo = Infinity
    return {
      set: (at: number, now: number) =>
        Effect.suspend(() => {
          if (at === Infinity || setTo <= at && setTo > now) return Effect.void
          setTo = at
          const wait = Effect.suspend(() => {
            if (setTo === at) setTo = Infinity
            return ring
          })
          return Effect.asVoid(Effect.forkIn(Effect.zipRight(Now.sleepUntil(at), wait), scope))
        })
    }
  })

/**
 * A live stream of all conversations.
 *
 * @since 0.1.0
 */
export interface Live {
  <R = never>(
    options: LiveOptions.CheckpointedOptions<R>
  ): Stream.Stream<DmEvent, Options.FollowError, R | CheckpointStore>
  <R = never>(
    options: LiveOptions.LiveOptions<R> & { readonly checkpoint?: undefined }
  ): Stream.Stream<DmEvent, Options.UnkeptError, R>
}

/**
 * Live streams over a way to fetch pages.
 *
 * @since 0.1.0
 */
export const make = (means: Means): Live => <R>(options: LiveOptions.AnyOptions<R>) => {
  const stream = "checkpoint" in options && options.checkpoint !== undefined
    ? Stream.unwrap(Effect.map(CheckpointStore, (store) => {
      const keeper = Options.keeper(store, options)
      return Either.isLeft(keeper) ? Stream.fail(keeper.left) : live(means, options, keeper.right)
    }))
    : live(means, options, undefined)
  // What it needs and how it fails depends on the checkpoint, as the overloads of Live say.
  return stream as Stream.Stream<DmEvent, Options.UnkeptError, R>
}
