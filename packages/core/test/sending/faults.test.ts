import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Fiber } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { RateLimitPolicy } from "../../src/protocol/RateLimitPolicy.js"
import type { SendOptions } from "../../src/sending/Delivery.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { minute, onClock } from "../protocol/limits.js"
import { conversation, held, inject, people } from "./support.js"

const messages = 2_000
const conversations = 40

/** One in ten is the same as one before it, on purpose. */
const plan = Array.from({ length: messages }, (_, i) => ({
  to: `1-${(i % conversations) + 2}`,
  text: `message ${i % 10 === 9 ? i - conversations : i} 🎉`
}))

/** What goes wrong, with three in ten of all requests: sends and looks alike. */
const faults: ReadonlyArray<readonly [fault: Faults.Fault, share: number]> = [
  [Faults.cutBefore, 0.06],
  [Faults.cutAfter, 0.07],
  [Faults.failAfterProcessing(500), 0.06],
  [Faults.status(503), 0.06],
  [Faults.stall, 0.03], // done, and then a time-out
  [Faults.delay("45 seconds"), 0.03], // a time-out before it is done
  [Faults.status(429), 0.04]
]

const wrongShare = 1 - faults.reduce((right, [, share]) => right * (1 - share), 1)

/** The messages sent under faults, from a seed: their outcomes, and what the server holds in the end. */
const sendAll = (seed: number, options: SendOptions) =>
  onClock({
    emulator: { world: people(conversations), rateLimits: "off" },
    api: { maxConnections: 64 }
  }, (adjust) =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      for (const [i, [fault, probability]] of faults.entries()) yield* inject(fault, { probability, seed: seed + i })
      const sending = Effect.forEach(
        plan,
        ({ text, to }) => Effect.either(dm.send({ conversation: conversation(to) }, { text }, options)),
        { concurrency: 50 }
      ).pipe(Effect.provideService(RateLimitPolicy, RateLimitPolicy.waitAtMost("30 days")))
      const fiber = yield* Effect.fork(sending)
      let days = 0
      while (fiber.unsafePoll() === null && days++ < 30) yield* adjust(24 * 60 * minute)
      const outcomes = yield* Fiber.join(fiber)
      const emulator = yield* Emulator
      return { outcomes, server: yield* held, requests: yield* emulator.requestCount() }
    }))

const count = (all: Iterable<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const each of all) counts.set(each, (counts.get(each) ?? 0) + 1)
  return counts
}

/** How many more, and how many fewer, the server holds than were to be sent. */
const compare = (wanted: ReadonlyMap<string, number>, got: ReadonlyMap<string, number>) => {
  let [doubled, lost] = [0, 0]
  for (const key of new Set([...wanted.keys(), ...got.keys()])) {
    const more = (got.get(key) ?? 0) - (wanted.get(key) ?? 0)
    if (more > 0) doubled += more
    else lost -= more
  }
  return { doubled, lost }
}

const key = (to: string, text: string | undefined) => `${to} ${text}`
const wanted = count(plan.map(({ text, to }) => key(to, text)))

describe(`${messages} sends while ${Math.round(wrongShare * 100)} % of all requests go wrong`, () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000)

  it.live(`reconciled: every message exactly once (SEED=${seed})`, () =>
    Effect.gen(function*() {
      const { outcomes, requests, server } = yield* sendAll(seed, { reconcile: true })
      const errors = outcomes.flatMap((each) => Either.isLeft(each) ? [each.left] : [])
      expect(errors).toEqual([])
      const { doubled, lost } = compare(wanted, count(server.map(({ conversation, text }) => key(conversation, text))))
      console.log(
        `reconcile, SEED=${seed}: ${server.length} messages held, ${lost} lost, ${doubled} double, ${requests} requests`
      )
      expect({ doubled, lost }).toEqual({ doubled: 0, lost: 0 })
      // Each answer names an event of its own.
      const ids = outcomes.flatMap((each) => Either.isRight(each) ? [each.right.dmEventId as string] : [])
      expect(ids.toSorted()).toEqual(server.map(({ id }) => id).toSorted())
    }), 240_000)

  it.live(
    `at most once: none double, and each that is not certain is told as such (SEED=${seed})`,
    () =>
      Effect.gen(function*() {
        const { outcomes, requests, server } = yield* sendAll(seed, {})
        const text = new Map(server.map(({ id, text }) => [id, text]))
        let [sent, unknown, unsent] = [0, 0, 0]
        for (const [i, outcome] of outcomes.entries()) {
          if (Either.isRight(outcome)) {
            sent++
            expect(text.get(outcome.right.dmEventId)).toBe(plan[i]?.text)
          } else if (outcome.left._tag === "SendOutcomeUnknown") unknown++
          else unsent++
        }
        const { doubled, lost } = compare(
          wanted,
          count(server.map(({ conversation, text }) => key(conversation, text)))
        )
        console.log(
          `at most once, SEED=${seed}: ${sent} sent, ${unknown} of which nobody knows, ${unsent} refused, ${doubled} double, ${requests} requests`
        )
        expect(doubled).toBe(0)
        expect(unsent).toBe(0)
        expect(server.length).toBeGreaterThanOrEqual(sent)
        // Whatever is not there was told to be uncertain.
        expect(lost).toBeLessThanOrEqual(unknown)
        expect(unknown).toBeGreaterThan(messages / 10)
      }),
    240_000
  )
})
