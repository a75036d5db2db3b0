import { expect } from "@effect/vitest"
import { Effect, Layer, Redacted, Schedule, Stream } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import type { Attached } from "../../src/media/Download.js"
import type { StreamSource } from "../../src/media/MediaSource.js"
import type { MediaType } from "../../src/model/MediaType.js"
import { RetryPauses } from "../../src/protocol/Retries.js"
import { Emulator, type EmulatorOptions, Faults, Fixtures } from "../../src/testing/index.js"

export const jonas = { user: Fixtures.people.jonas.id }

/** Bytes that are different from one place to the next. */
export const bytesOf = (size: number, seed = 1): Uint8Array => {
  const bytes = new Uint8Array(size)
  let state = seed
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[i] = state >>> 16
  }
  return bytes
}

/** A difference of thousands of bytes is nothing to print. */
export const expectSame = (found: Uint8Array, bytes: Uint8Array): void => {
  const at = bytes.findIndex((byte, i) => found[i] !== byte)
  expect({ length: found.length, firstDifference: at }).toEqual({ length: bytes.length, firstDifference: -1 })
}

/** The bytes as they might come: in pieces of these sizes, over and over. */
export const inPieces = (bytes: Uint8Array, sizes: ReadonlyArray<number>): Stream.Stream<Uint8Array> => {
  const pieces: Array<Uint8Array> = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return Stream.fromIterable(pieces)
}

export const source = (
  bytes: Uint8Array,
  type: MediaType = "image/png",
  sizes: ReadonlyArray<number> = [700]
): StreamSource => ({ bytes: inPieces(bytes, sizes), size: bytes.length, type })

export const client = (options: EmulatorOptions = {}, token: string = Fixtures.tokens.owner) =>
  Layer.orDie(DirectMessages.layer({ accessToken: Redacted.make(token), retryBudget: 1e6 })).pipe(
    Layer.provide(Emulator.layerHttpClient),
    Layer.provideMerge(Emulator.layer({ rateLimits: "off", ...options }))
  )

/** Repeats at once, so that a test need not wait. */
export const atOnce = Effect.provideService(RetryPauses, Schedule.recurs(50))

export const inject = (fault: Faults.Fault, when?: Faults.When) =>
  Effect.flatMap(Emulator, (emulator) => emulator.inject(fault, when))

export const routes = Effect.flatMap(
  Emulator,
  (emulator) => Effect.map(emulator.requests, (all) => all.map(({ route }) => route?.split("/").at(-1)))
)

export const joined = <E, R>(stream: Stream.Stream<Uint8Array, E, R>): Effect.Effect<Uint8Array, E, R> =>
  Effect.map(Stream.runCollect(stream), (pieces) => {
    const all = [...pieces]
    const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const piece of all) {
      bytes.set(piece, at)
      at += piece.length
    }
    return bytes
  })

export const downloaded = (attached: Attached) =>
  Effect.flatMap(DirectMessages, (dm) => joined(dm.media.download(attached)))

export { Faults, Fixtures }
