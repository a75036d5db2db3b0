import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import { DirectMessages } from "../../src/DirectMessages.js"
import { Emulator, Faults } from "../../src/testing/index.js"
import { property } from "../support/property.js"
import { arrive, atNoon, conversation, held, runs, small } from "./support.js"

const world = {
  counts: FastCheck.array(FastCheck.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 3 }),
  pageSize: FastCheck.integer({ min: 1, max: 5 }),
  paging: FastCheck.constantFrom("cursor" as const, "offset" as const),
  prefetch: FastCheck.constantFrom(0, 0, 1, 3),
  /** After how many events given a message arrives, again and again; 0 is never. */
  arrivals: FastCheck.integer({ min: 0, max: 6 }),
  emptyPages: FastCheck.constantFrom(0, 0.2, 0.5),
  /** Each nth request fails for good, and the listing is taken up again; 0 is never. */
  failing: FastCheck.constantFrom(0, 0, 2, 3, 5),
  seed: FastCheck.integer(),
  room: FastCheck.constantFrom(undefined, "1-2"),
  limit: FastCheck.option(FastCheck.integer({ min: 1, max: 20 }), { nil: undefined })
}

property(
  "a listing is what the server held when it began, in order, once, whatever arrives, is empty, comes twice or fails",
  world,
  ({ arrivals, counts, emptyPages, failing, limit, pageSize, paging, prefetch, room, seed }) =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      if (emptyPages > 0) yield* emulator.inject(Faults.emptyPage, { probability: emptyPages, seed })
      if (failing > 0) yield* emulator.inject(Faults.status(403), { every: failing })
      const options = { pageSize, prefetch, limit }
      const listing = room === undefined ? events.all(options) : events.conversation(conversation(room), options)
      const truth = yield* held(room === undefined ? {} : { conversation: room })
      const given: Array<string> = []
      const read = (listing: ReturnType<typeof events.all>): Effect.Effect<void> =>
        listing.pipe(
          Stream.runForEach(({ id }) =>
            Effect.suspend(() => {
              if (given.push(id) > truth.length) return Effect.dieMessage("more events than there are")
              return arrivals > 0 && given.length % arrivals === 0 ? arrive("meanwhile", room) : Effect.void
            })
          ),
          Effect.provideService(Emulator, emulator),
          Effect.catchAll((stopped) => read(events.resume(stopped)))
        )
      yield* read(listing)
      // What arrives before the first page came, however late that is, belongs to the listing; nothing did.
      expect(given).toEqual(truth.slice(0, limit ?? truth.length))
    }).pipe((test) => atNoon({ world: small(...counts), paging })(test)),
  { runs, timeout: 120_000 }
)
