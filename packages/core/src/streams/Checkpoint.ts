/**
 * Where a reader left off, by name, so that it goes on there after a restart.
 *
 * @since 0.1.0
 */
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { EventId } from "../model/Ids.js"
import * as Ids from "../model/Ids.js"
import * as Slots from "../sending/Slots.js"
import * as Checks from "./Checks.js"

/**
 * A checkpoint could not be read or written. The reader stops rather than
 * begin elsewhere or forget where it is.
 *
 * @since 0.1.0
 */
export class CheckpointFailed extends Data.TaggedError("CheckpointFailed")<{
  readonly checkpoint: string
  readonly problem: string
}> {
  override get message(): string {
    return `the checkpoint "${this.checkpoint}" ${this.problem}.`
  }
}

/**
 * Keeps the last event that was dealt with, by the name of the reader.
 *
 * @since 0.1.0
 */
export interface CheckpointStoreService {
  readonly get: (name: string) => Effect.Effect<Option.Option<EventId>, CheckpointFailed>
  readonly set: (name: string, last: EventId) => Effect.Effect<void, CheckpointFailed>
}

/**
 * Where checkpoints are kept.
 *
 * @since 0.1.0
 */
export class CheckpointStore extends Context.Tag("@effect-xdm/core/CheckpointStore")<
  CheckpointStore,
  CheckpointStoreService
>() {
  /**
   * In memory: for tests, and for readers that restart within a process.
   *
   * @since 0.1.0
   */
  static readonly layerMemory: Layer.Layer<CheckpointStore> = Layer.effect(
    CheckpointStore,
    Effect.map(Ref.make(HashMap.empty<string, EventId>()), (ref) => ({
      get: (name) => Effect.map(Ref.get(ref), HashMap.get(name)),
      set: (name, last) => Ref.update(ref, HashMap.set(name, last))
    }))
  )

  /**
   * In a `KeyValueStore`: files (`KeyValueStore.layerFileSystem`), a browser's
   * storage, or a store of your own. It need not write in one step: each
   * checkpoint has two places, which are written in turn, so that it is whole
   * whenever the program ends. The keys begin with `xdm-checkpoint-`.
   *
   * @example
   * ```ts
   * import { CheckpointStore } from "@effect-xdm/core"
   * import { KeyValueStore } from "@effect/platform"
   * import { NodeContext } from "@effect/platform-node"
   * import { Layer } from "effect"
   *
   * const Checkpoints = CheckpointStore.layerKeyValueStore.pipe(
   *   Layer.provide(KeyValueStore.layerFileSystem("checkpoints")),
   *   Layer.provide(NodeContext.layer)
   * )
   * ```
   *
   * @since 0.1.0
   */
  static readonly layerKeyValueStore: Layer.Layer<CheckpointStore, never, KeyValueStore.KeyValueStore> = Layer.effect(
    CheckpointStore,
    Effect.map(KeyValueStore.KeyValueStore, (store) => make(store))
  )
}

/** An event's id as it is kept. */
const Kept = Ids.received.EventId.pipe(Schema.filter(Checks.isEventId))

const make = (store: KeyValueStore.KeyValueStore): CheckpointStoreService => {
  const all = new Map<string, Slots.Slots<EventId>>()
  const slotsOf = (name: string) => {
    const slots = all.get(name) ?? Slots.make(store, key(name), Kept)
    all.set(name, slots)
    return slots
  }
  /** Checkpoints were in one place before they were in two. */
  const before = (name: string) =>
    store.get(key(name)).pipe(
      Effect.mapError((error) => `could not be read: ${error.message}`),
      Effect.flatMap(Option.match({
        onNone: () => Effect.succeedNone,
        onSome: (text) =>
          Checks.isEventId(text)
            ? Effect.succeedSome(text)
            : Effect.fail("holds no event id. Mend or remove it; nothing was overwritten")
      }))
    )
  const failing = <A>(name: string, effect: Effect.Effect<A, string>) =>
    Effect.mapError(effect, (problem) => new CheckpointFailed({ checkpoint: name, problem }))
  return {
    get: (name) =>
      failing(
        name,
        Effect.flatMap(slotsOf(name).read, (kept) => Option.isSome(kept) ? Effect.succeed(kept) : before(name))
      ),
    set: (name, last) => failing(name, slotsOf(name).write(last))
  }
}

const key = (name: string): string => `xdm-checkpoint-${name}`
