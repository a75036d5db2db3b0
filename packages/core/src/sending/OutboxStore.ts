/**
 * Where the outbox keeps its letters, so that none is lost or doubled when the
 * program ends in the middle.
 *
 * @since 0.1.0
 */
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Entry } from "./Letter.js"
import * as Slots from "./Slots.js"

/**
 * The outbox's letters could not be read or kept. What is not kept is not sent.
 *
 * @since 0.1.0
 */
export class OutboxStoreFailed extends Data.TaggedError("OutboxStoreFailed")<{ readonly problem: string }> {
  override get message(): string {
    return `the store of the outbox ${this.problem}. Nothing is sent that could not be kept.`
  }
}

/**
 * Keeps letters by their sequence. Each change must be whole or not there at
 * all, whenever the program ends.
 *
 * @since 0.1.0
 */
export interface OutboxStoreService {
  /** All letters, in the order of their sequence. */
  readonly load: Effect.Effect<ReadonlyArray<Entry>, OutboxStoreFailed>
  readonly save: (entry: Entry) => Effect.Effect<void, OutboxStoreFailed>
  readonly remove: (sequence: number) => Effect.Effect<void, OutboxStoreFailed>
}

/**
 * Where the outbox keeps its letters; one running outbox a store.
 *
 * @since 0.1.0
 */
export class OutboxStore extends Context.Tag("@effect-xdm/core/OutboxStore")<OutboxStore, OutboxStoreService>() {
  /**
   * In memory: for tests, and for programs that may forget.
   *
   * @since 0.1.0
   */
  static readonly layerMemory: Layer.Layer<OutboxStore> = Layer.sync(OutboxStore, () => {
    const entries = new Map<number, Entry>()
    return {
      load: Effect.sync(() => [...entries.values()].toSorted((a, b) => a.sequence - b.sequence)),
      save: (entry) => Effect.sync(() => void entries.set(entry.sequence, entry)),
      remove: (sequence) => Effect.sync(() => void entries.delete(sequence))
    }
  })

  /**
   * In a `KeyValueStore`: files (`KeyValueStore.layerFileSystem`), a browser's
   * storage, or a store of your own. It need not write in one step: each value
   * has two places, which are written in turn. The keys begin with
   * `xdm-outbox-` and the name.
   *
   * @example
   * ```ts
   * import { OutboxStore } from "@effect-xdm/core"
   * import { KeyValueStore } from "@effect/platform"
   * import { NodeContext } from "@effect/platform-node"
   * import { Layer } from "effect"
   *
   * const Letters = OutboxStore.layerKeyValueStore("support").pipe(
   *   Layer.provide(KeyValueStore.layerFileSystem("outbox")),
   *   Layer.provide(NodeContext.layer)
   * )
   * ```
   *
   * @since 0.1.0
   */
  static readonly layerKeyValueStore = (
    name = "default"
  ): Layer.Layer<OutboxStore, never, KeyValueStore.KeyValueStore> =>
    Layer.effect(OutboxStore, Effect.map(KeyValueStore.KeyValueStore, (store) => make(store, `xdm-outbox-${name}`)))
}

/** The sequences that there are, as runs from a first to a last one. */
const Runs = Schema.Array(Schema.Tuple(Schema.Int, Schema.Int))

const runsOf = (sequences: Iterable<number>): typeof Runs.Type => {
  const runs: Array<[number, number]> = []
  for (const sequence of [...sequences].toSorted((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] + 1 === sequence) last[1] = sequence
    else runs.push([sequence, sequence])
  }
  return runs
}

const sequencesOf = (runs: typeof Runs.Type): ReadonlyArray<number> =>
  runs.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))

const make = (store: KeyValueStore.KeyValueStore, prefix: string): OutboxStoreService => {
  const index = Slots.make(store, `${prefix}-index`, Runs)
  const slots = new Map<number, Slots.Slots<Entry>>()
  const present = new Set<number>()
  const slotsOf = (sequence: number) => {
    const known = slots.get(sequence) ?? Slots.make(store, `${prefix}-${sequence}`, Entry)
    slots.set(sequence, known)
    return known
  }
  const failing = <A>(effect: Effect.Effect<A, string>) =>
    Effect.mapError(effect, (problem) => new OutboxStoreFailed({ problem }))

  return {
    load: failing(Effect.gen(function*() {
      const runs = Option.getOrElse(yield* index.read, () => [])
      const entries: Array<Entry> = []
      for (const sequence of sequencesOf(runs)) {
        const entry = yield* slotsOf(sequence).read
        // One that is not there was being removed when the program ended.
        if (Option.isSome(entry)) {
          entries.push(entry.value)
          present.add(sequence)
        }
      }
      return entries
    })),
    save: (entry) =>
      failing(Effect.gen(function*() {
        yield* slotsOf(entry.sequence).write(entry)
        if (present.has(entry.sequence)) return
        // It counts as put in once the index names it.
        yield* index.write(runsOf([...present, entry.sequence]))
        present.add(entry.sequence)
      })),
    remove: (sequence) =>
      failing(Effect.gen(function*() {
        const entry = slotsOf(sequence)
        present.delete(sequence)
        yield* index.write(runsOf(present))
        yield* entry.remove
        slots.delete(sequence)
      }))
  }
}
