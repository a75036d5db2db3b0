/**
 * Messages that are sent in the end, exactly once, whatever happens to the
 * program meanwhile.
 *
 * @since 0.1.0
 */
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { finiteMillis } from "../protocol/Durations.js"
import type { InvalidInput } from "../protocol/Errors.js"
import { Delivery } from "./Delivery.js"
import type { Letter, Result, State } from "./Letter.js"
import * as Letterbox from "./Letterbox.js"
import { OutboxStore, type OutboxStoreFailed } from "./OutboxStore.js"
import * as Post from "./Post.js"
import type { ReconcileOptions } from "./Reconciliation.js"

/**
 * How the outbox works. All of it has a default.
 *
 * @since 0.1.0
 */
export interface OutboxOptions {
  /** To how many recipients to send at once, 1 and more. Default 8. */
  readonly concurrency?: number | undefined
  /** After how long a letter that cannot be sent is given up, from when it was put in. Default 24 hours. */
  readonly giveUpAfter?: Duration.DurationInput | undefined
  /** How many sent letters to remember, so that their keys are known again: the latest. 0 and more. Default 1,000. */
  readonly keepSent?: number | undefined
  /** How to find out what became of a send whose outcome is not known. */
  readonly reconcile?: Omit<ReconcileOptions, "after"> | undefined
}

/** @since 0.1.0 */
export interface OutboxService {
  /**
   * Puts a letter in; it is kept when this returns. A key that is there already
   * changes nothing if the letter is the same, and is refused if it is another.
   */
  readonly put: (letter: Letter) => Effect.Effect<void, InvalidInput | OutboxStoreFailed>
  /** Where a letter is on its way, at once; nothing for a key that is not there. */
  readonly state: (key: string) => Effect.Effect<State | undefined>
  /** What became of a letter, when it is known; nothing for a key that is not there. */
  readonly result: (key: string) => Effect.Effect<Result | undefined>
  /** The results as they come, from now on. */
  readonly results: Stream.Stream<Result>
  /**
   * Puts the letters of a stream in, and gives their results as they come:
   * those to one recipient in order.
   *
   * @example
   * ```ts
   * import { type Letter, Outbox } from "@effect-xdm/core"
   * import { Console, Effect, Stream } from "effect"
   *
   * const sendAll = (letters: Stream.Stream<Letter>) =>
   *   Effect.flatMap(Outbox, (outbox) =>
   *     Stream.runForEach(outbox.deliver(letters), ({ key, outcome }) => Console.log(key, outcome._tag)))
   * ```
   */
  readonly deliver: <E, R>(
    letters: Stream.Stream<Letter, E, R>
  ) => Stream.Stream<Result, E | InvalidInput | OutboxStoreFailed, R>
  /** The letters that were not sent: X refused them, or they were given up. They stay until they are dealt with. */
  readonly dead: Effect.Effect<ReadonlyArray<Result & Letter>>
  /** Puts a letter that was not sent at the end of the line again, with all the time that a new one has. */
  readonly retry: (key: string) => Effect.Effect<boolean, OutboxStoreFailed>
  /** Takes a letter that was not sent away. */
  readonly discard: (key: string) => Effect.Effect<boolean, OutboxStoreFailed>
  /** Waits until every letter has its outcome. */
  readonly empty: Effect.Effect<void>
}

/**
 * Sends letters: in order to each recipient, side by side to several.
 *
 * What is put in is kept before it is sent, and what is about to be sent is
 * marked so. If the program ends in the middle, the next one looks for those
 * messages in their conversations, and sends what is not there.
 *
 * @since 0.1.0
 */
export class Outbox extends Context.Tag("@effect-xdm/core/Outbox")<Outbox, OutboxService>() {
  /**
   * Takes up the letters that an `OutboxStore` has, and works as long as the
   * layer lives. Fails with a `ConfigError` if an option makes no sense.
   *
   * @example
   * ```ts
   * import { DirectMessages, Outbox, OutboxStore, UserId } from "@effect-xdm/core"
   * import { Effect } from "effect"
   *
   * const program = Effect.gen(function*() {
   *   const outbox = yield* Outbox
   *   const to = { user: UserId.make("2244994945") }
   *   yield* outbox.put({ key: "order-4711-shipped", to, message: { text: "Your order is on its way." } })
   *   yield* outbox.empty
   * }).pipe(Effect.provide(Outbox.layer()), Effect.provide(OutboxStore.layerMemory))
   * ```
   *
   * @since 0.1.0
   */
  static readonly layer = (
    options: OutboxOptions = {}
  ): Layer.Layer<Outbox, ConfigError.ConfigError | OutboxStoreFailed, Delivery | OutboxStore> =>
    Layer.scoped(Outbox, make(options))
}

const invalid = (option: string, rule: string) => ConfigError.InvalidData([option], `${option} ${rule}`)

const check = ({ concurrency = 8, giveUpAfter = "24 hours", keepSent = 1_000 }: OutboxOptions) => {
  const giveUpMillis = finiteMillis(giveUpAfter)
  if (giveUpMillis === undefined) {
    return Effect.fail(invalid("giveUpAfter", "must be a finite duration longer than nothing, like \"24 hours\""))
  }
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    return Effect.fail(invalid("concurrency", "must be a whole number of at least 1"))
  }
  return Number.isInteger(keepSent) && keepSent >= 0
    ? Effect.succeed({ concurrency, giveUpMillis, keepSent })
    : Effect.fail(invalid("keepSent", "must be a whole number of at least 0"))
}

/** How many letters of one stream may be on their way at once. */
const underWay = 256

const make = (
  options: OutboxOptions
): Effect.Effect<
  OutboxService,
  ConfigError.ConfigError | OutboxStoreFailed,
  Delivery | OutboxStore | Scope.Scope
> =>
  Effect.gen(function*() {
    const { concurrency, giveUpMillis, keepSent } = yield* check(options)
    const news = yield* PubSub.unbounded<Result>()
    const box = yield* Letterbox.open({ store: yield* OutboxStore, keepSent, news })
    const send = Post.sender({
      delivery: yield* Delivery,
      box,
      giveUpMillis,
      reconcile: options.reconcile ?? {}
    })
    const post = yield* Post.open({ send, concurrency })
    yield* Effect.forEach(box.pending(), post.enlist, { discard: true })

    const put: OutboxService["put"] = (letter) =>
      Effect.flatMap(box.put(letter), (entry) => entry === undefined ? Effect.void : post.enlist(entry))

    return {
      put,
      state: (key) => Effect.sync(() => box.entry(key)?.state),
      result: box.result,
      results: Stream.fromPubSub(news),
      deliver: (letters) =>
        letters.pipe(
          Stream.mapEffect((letter) => Effect.as(put(letter), letter.key)),
          Stream.mapEffect(box.result, { concurrency: underWay, unordered: true }),
          Stream.filter((each) => each !== undefined)
        ),
      dead: Effect.sync(() => box.dead()),
      retry: (key) =>
        Effect.flatMap(box.revive(key), (entry) =>
          entry === undefined ? Effect.succeed(false) : Effect.as(post.enlist(entry), true)),
      discard: box.discard,
      empty: box.empty
    }
  })
