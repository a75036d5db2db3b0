import { expect, it } from "@effect/vitest"
import { Effect, FastCheck as fc } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { Emulator } from "../../src/testing/index.js"
import { atOnce, bytesOf, client, downloaded, expectSame, Faults, inject, jonas, source } from "./support.js"

const append = "POST /2/media/upload/{id}/append"

const uploads = fc.record({
  size: fc.integer({ min: 1, max: 6_000 }),
  seed: fc.nat(),
  pieces: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }),
  chunkSize: fc.integer({ min: 6, max: 2_500 }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  faults: fc.array(
    fc.record({
      fault: fc.constantFrom(Faults.cutBefore, Faults.cutAfter, Faults.status(503), Faults.failAfterProcessing(500)),
      probability: fc.double({ min: 0, max: 0.4, noNaN: true }),
      seed: fc.nat()
    }),
    { maxLength: 2 }
  )
})

it.live(
  "the bytes that arrive are those that were sent, in order, however they come, go, and fail",
  () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(uploads, ({ chunkSize, concurrency, faults, pieces, seed, size }) =>
          Effect.gen(function*() {
            const dm = yield* DirectMessages
            const emulator = yield* Emulator
            const bytes = bytesOf(size, seed)
            yield* Effect.forEach(faults, ({ fault, ...when }) => inject(fault, when), { discard: true })
            const counted: Array<number> = []
            const media = yield* atOnce(
              dm.media.upload(source(bytes, "image/png", pieces), {
                chunkSize,
                concurrency,
                onProgress: ({ sent }) => Effect.sync(() => counted.push(sent))
              })
            )
            yield* emulator.clearFaults
            // Each part was counted once, whatever it took.
            expect(counted).toHaveLength(Math.ceil(size / chunkSize))
            expect(counted.at(-1)).toBe(size)
            expect(counted).toEqual(counted.toSorted((a, b) => a - b))
            expect(yield* emulator.requestCount(append)).toBeGreaterThanOrEqual(counted.length)
            const { dmEventId } = yield* dm.send(jonas, { media })
            expectSame(yield* downloaded(dmEventId), bytes)
          }).pipe(Effect.provide(client()), Effect.runPromise)),
        { numRuns: 60 }
      )
    ),
  120_000
)
