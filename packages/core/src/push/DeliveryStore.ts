/**
 * What a webhook must remember beyond its process: which deliveries it has
 * had, and those that did not fit into memory.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Slots from "../sending/Slots.js"

/**
 * The store of a webhook could not be read or written.
 *
 * @since 0.1.0
 */
export class DeliveryStoreFailed extends Data.TaggedError("DeliveryStoreFailed")<{ readonly problem: string }> {
  override get message(): string {
    return `the store of the webhook ${this.problem}.`
  }
}

/**
 * Keeps the keys of deliveries, and deliveries in the order in which they were
 * put in. One running webhook a store.
 *
 * @since 0.1.0
 */
export interface DeliveryStoreService {
  /** The keys of the latest deliveries, oldest first. */
  readonly loadKeys: Effect.Effect<ReadonlyArray<string>, DeliveryStoreFailed>
  readonly saveKeys: (keys: ReadonlyArray<string>) => Effect.Effect<void, DeliveryStoreFailed>
  /** How many deliveries are kept. */
  readonly size: Effect.Effect<number, DeliveryStoreFailed>
  /** Keeps a delivery after the others. It must be there for good once this has succeeded. */
  readonly put: (delivery: string) => Effect.Effect<void, DeliveryStoreFailed>
  /** The oldest delivery, which stays. */
  readonly oldest: Effect.Effect<Option.Option<string>, DeliveryStoreFailed>
  /** Removes the oldest delivery. */
  readonly removeOldest: Effect.Effect<void, DeliveryStoreFailed>
}

/**
 * Where a webhook keeps what it must remember.
 *
 * @since 0.1.0
 */
export class DeliveryStore extends Context.Tag("@effect-xdm/core/DeliveryStore")<
  DeliveryStore,
  DeliveryStoreService
>() {
  /**
   * In memory: after a restart, deliveries that X repeats are given again.
   *
   * @since 0.1.0
   */
  static readonly layerMemory: Layer.Layer<DeliveryStore> = Layer.sync(DeliveryStore, () => {
    let kept: ReadonlyArray<string> = []
    const deliveries: Array<string> = []
    return {
      loadKeys: Effect.sync(() => kept),
      saveKeys: (keys) => Effect.sync(() => void (kept = keys)),
      size: Effect.sync(() => deliveries.length),
      put: (delivery) => Effect.sync(() => void deliveries.push(delivery)),
      oldest: Effect.sync(() => Option.fromNullable(deliveries[0])),
      removeOldest: Effect.sync(() => void deliveries.shift())
    }
  })

  /**
   * In a `KeyValueStore`: files (`KeyValueStore.layerFileSystem`), or a store of
   * your own. The keys begin with `xdm-webhook-` and the name.
   *
   * @example
   * ```ts
   * import { DeliveryStore } from "@effect-xdm/core"
   * import { KeyValueStore } from "@effect/platform"
   * import { NodeContext } from "@effect/platform-node"
   * import { Layer } from "effect"
   *
   * const Deliveries = DeliveryStore.layerKeyValueStore("support").pipe(
   *   Layer.provide(KeyValueStore.layerFileSystem("webhook")),
   *   Layer.provide(NodeContext.layer)
   * )
   * ```
   *
   * @since 0.1.0
   */
  static readonly layerKeyValueStore = (
    name = "default"
  ): Layer.Layer<DeliveryStore, never, KeyValueStore.KeyValueStore> =>
    Layer.effect(DeliveryStore, Effect.map(KeyValueStore.KeyValueStore, (store) => make(store, `xdm-webhook-${name}`)))
}

/** The deliveries that are kept have the numbers from `first` up to before `next`. */
const Range = Schema.Struct({ first: Schema.Int, next: Schema.Int })

const make = (store: KeyValueStore.KeyValueStore, prefix: string): DeliveryStoreService => {
  const keys = Slots.make(store, `${prefix}-keys`, Schema.Array(Schema.String))
  const range = Slots.make(store, `${prefix}-range`, Range)
  // Written before the range names it, so that one which is named is whole.
  const placeOf = (number: number) => `${prefix}-${number}`
  const failing = <A>(effect: Effect.Effect<A, string | PlatformError>) =>
    Effect.mapError(
      effect,
      (error) => new DeliveryStoreFailed({ problem: typeof error === "string" ? error : `failed: ${error.message}` })
    )
  let known: typeof Range.Type | undefined
  const current = Effect.suspend(() =>
    known !== undefined ? Effect.succeed(known) : Effect.map(range.read, (read) => {
      known = Option.getOrElse(read, () => ({ first: 0, next: 0 }))
      return known
    })
  )
  const change = (to: typeof Range.Type) =>
    Effect.map(range.write(to), () => {
      known = to
    })
  const put = (delivery: string) =>
    Effect.flatMap(
      current,
      ({ first, next }) => Effect.zipRight(store.set(placeOf(next), delivery), change({ first, next: next + 1 }))
    )
  const removeOldest = Effect.flatMap(current, ({ first, next }) =>
    first === next
      ? Effect.void
      : Effect.zipRight(change({ first: first + 1, next }), store.remove(placeOf(first))))
  // Two changes at a time would write the same number.
  const alone = Effect.unsafeMakeSemaphore(1).withPermits(1)
  return {
    loadKeys: failing(Effect.map(keys.read, Option.getOrElse((): ReadonlyArray<string> => []))),
    saveKeys: (all) => failing(keys.write(all)),
    size: failing(Effect.map(current, ({ first, next }) => next - first)),
    put: (delivery) => failing(alone(put(delivery))),
    oldest: failing(
      Effect.flatMap(current, ({ first, next }) => first === next ? Effect.succeedNone : store.get(placeOf(first)))
    ),
    removeOldest: failing(alone(removeOldest))
  }
}
