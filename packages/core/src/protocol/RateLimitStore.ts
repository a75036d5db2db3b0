/**
 * Where it is kept how many calls are left.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bucket from "./Bucket.js"

/**
 * Keeps buckets by their keys. A store that several processes share must make
 * each change in one step (a transaction, or compare and set): the function it
 * is given is pure and may be applied again. What a store does when it cannot
 * be reached is its own affair; calls do not fail for it.
 *
 * @since 0.1.0
 */
export interface RateLimitStoreService {
  /** Changes a bucket, an unknown one where there is none yet, and gives what the change gives. */
  readonly modify: <A>(
    key: string,
    change: (bucket: Bucket.Bucket) => readonly [A, Bucket.Bucket]
  ) => Effect.Effect<A>
  /**
   * The same at once, where nothing is to be waited for. Every call changes
   * buckets four times, so a store in memory has it.
   */
  readonly unsafeModify?: <A>(
    key: string,
    change: (bucket: Bucket.Bucket) => readonly [A, Bucket.Bucket]
  ) => A
}

/** @since 0.1.0 */
export class RateLimitStore extends Context.Tag("@effect-xdm/core/RateLimitStore")<
  RateLimitStore,
  RateLimitStoreService
>() {
  /**
   * In memory, for one process.
   *
   * @since 0.1.0
   */
  static readonly layerMemory: Layer.Layer<RateLimitStore> = Layer.sync(RateLimitStore, () => {
    const buckets = new Map<string, Bucket.Bucket>()
    const unsafeModify: NonNullable<RateLimitStoreService["unsafeModify"]> = (key, change) => {
      const [given, next] = change(buckets.get(key) ?? Bucket.unknown)
      buckets.set(key, next)
      return given
    }
    return { modify: (key, change) => Effect.sync(() => unsafeModify(key, change)), unsafeModify }
  })
}
