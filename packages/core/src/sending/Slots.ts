/**
 * A value in a `KeyValueStore` that is whole whenever the program ends, even
 * where a write can be cut in the middle, as that of a file can.
 *
 * It has two places. The older one is overwritten, so that the newer one stays
 * as it is until the write is complete; what was cut short is no JSON and does
 * not count.
 *
 * @since 0.1.0
 */
import type * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** @since 0.1.0 */
export interface Slots<A> {
  readonly read: Effect.Effect<Option.Option<A>, string>
  readonly write: (value: A) => Effect.Effect<void, string>
  readonly remove: Effect.Effect<void, string>
}

/** @since 0.1.0 */
export const make = <A, I>(
  store: KeyValueStore.KeyValueStore,
  key: string,
  schema: Schema.Schema<A, I>
): Slots<A> => {
  const Versioned = Schema.parseJson(Schema.Struct({ version: Schema.Int, value: schema }))
  const decode = Schema.decodeEither(Versioned)
  const encode = Schema.encodeSync(Versioned)
  const places = [`${key}-a`, `${key}-b`] as const
  /** The version that is kept, and which place holds it. Before the first read or write, nothing is known. */
  let current: { readonly version: number; readonly place: 0 | 1 } | undefined

  const read = Effect.gen(function*() {
    const texts = yield* Effect.forEach(places, (place) => store.get(place)).pipe(
      Effect.mapError((error) => `could not be read: ${error.message}`)
    )
    const found = texts.map((text) => Option.map(text, decode))
    const whole = ([0, 1] as const).flatMap((place) => {
      const each = found[place]
      return each !== undefined && Option.isSome(each) && Either.isRight(each.value)
        ? [{ place, ...each.value.right }]
        : []
    })
    const [first, second] = whole
    if (first === undefined) {
      // A first write that was cut short leaves one place that is damaged, and the other empty.
      return found.every(Option.isSome)
        ? yield* Effect.fail(`holds something else in "${key}". Mend or remove it; nothing was overwritten`)
        : Option.none<A>()
    }
    const newest = second !== undefined && second.version > first.version ? second : first
    current = { version: newest.version, place: newest.place }
    return Option.some(newest.value)
  })

  return {
    read,
    write: (value) =>
      Effect.gen(function*() {
        if (current === undefined) yield* read
        const version = (current?.version ?? 0) + 1
        const place = current?.place === 0 ? 1 : 0
        yield* Effect.mapError(
          store.set(places[place], encode({ version, value })),
          (error) => `could not be written: ${error.message}`
        )
        current = { version, place }
      }),
    remove: Effect.forEach(places, (place) => store.remove(place), { discard: true }).pipe(
      Effect.mapError((error) => `could not be written: ${error.message}`)
    )
  }
}
