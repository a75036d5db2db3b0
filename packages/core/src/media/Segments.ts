/**
 * A file cut into parts of one size, whatever the sizes in which its bytes come.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { MediaSource } from "./MediaSource.js"
import { sizeOf, WrongMediaSize } from "./UploadModel.js"

/** @since 0.1.0 */
export interface Segment {
  readonly index: number
  readonly bytes: Uint8Array
}

interface Plan {
  readonly size: number
  readonly chunkSize: number
  /** The parts that are not wanted. */
  readonly skip: ReadonlySet<number>
}

/**
 * The parts, in order. No byte is held beside those of the part in hand, and a
 * part is given when the next one is asked for. Fails with `WrongMediaSize`
 * before the last part is given, if the bytes are not as many as was said.
 *
 * @since 0.1.0
 */
export const of = <E, R>({ bytes }: MediaSource<E, R>, plan: Plan): Stream.Stream<Segment, E | WrongMediaSize, R> =>
  bytes instanceof Uint8Array ? inMemory(bytes, plan) : cut(bytes, plan)

const count = ({ chunkSize, size }: Plan): number => Math.ceil(size / chunkSize)

const inMemory = (bytes: Uint8Array, plan: Plan): Stream.Stream<Segment> =>
  Stream.range(0, count(plan) - 1, 1).pipe(
    Stream.filter((index) => !plan.skip.has(index)),
    Stream.map((index) => {
      const start = index * plan.chunkSize
      return { index, bytes: bytes.subarray(start, start + sizeOf(plan, index)) }
    })
  )

const cut = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>,
  plan: Plan
): Stream.Stream<Segment, E | WrongMediaSize, R> =>
  Stream.unwrapScoped(Effect.map(Stream.toPull(stream), (pull) => {
    const { size, skip } = plan
    let pieces: ReadonlyArray<Uint8Array> = []
    let piece = 0
    /** Where in the first piece the bytes begin that were not taken yet. */
    let at = 0
    let came = 0
    let index = 0

    /** Waits for bytes; says whether there are any. */
    const more: Effect.Effect<boolean, E, R> = Effect.suspend(() => {
      while (piece < pieces.length && at === pieces[piece]!.length) {
        piece++
        at = 0
      }
      if (piece < pieces.length) return Effect.succeed(true)
      return Effect.matchEffect(pull, {
        onFailure: Option.match({ onNone: () => Effect.succeed(false), onSome: Effect.fail }),
        onSuccess: (chunk) => {
          pieces = Chunk.toReadonlyArray(chunk)
          piece = 0
          at = 0
          return more
        }
      })
    })

    const fill = (length: number, target: Uint8Array | undefined): Effect.Effect<void, E | WrongMediaSize, R> =>
      Effect.gen(function*() {
        let filled = 0
        while (filled < length) {
          if (!(yield* more)) return yield* new WrongMediaSize({ said: size, came })
          const current = pieces[piece]!
          const taken = Math.min(length - filled, current.length - at)
          target?.set(current.subarray(at, at + taken), filled)
          filled += taken
          at += taken
          came += taken
        }
      })

    const next: Effect.Effect<Segment, Option.Option<E | WrongMediaSize>, R> = Effect.gen(function*() {
      while (index < count(plan)) {
        const current = index++
        const wanted = skip.has(current) ? undefined : new Uint8Array(sizeOf(plan, current))
        yield* fill(sizeOf(plan, current), wanted)
        if (came === size && (yield* more)) return yield* new WrongMediaSize({ said: size, came: came + 1 })
        if (wanted !== undefined) return { index: current, bytes: wanted }
      }
      return yield* Effect.fail(undefined)
    }).pipe(Effect.mapError(Option.fromNullable))

    return Stream.repeatEffectOption(next)
  }))
