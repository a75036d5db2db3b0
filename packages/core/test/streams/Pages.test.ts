import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { DirectMessages } from "../../src/DirectMessages.js"
import type { Dialect } from "../../src/model/Dialect.js"
import type { Problem } from "../../src/model/Problem.js"
import type { HydratedEvent } from "../../src/streams/Hydrated.js"
import { Emulator, Faults, Fixtures } from "../../src/testing/index.js"
import { against, conversation, held, ids, listed, page, requestCount, scripted, small, user } from "./support.js"

const { people } = Fixtures

describe("pages", () => {
  it.effect("come whole, with their meta and includes, one a request", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const pages = [...yield* Stream.runCollect(events.pages.all({ pageSize: 20, expansions: ["sender_id"] }))]
      expect(pages.map(({ meta }) => meta.resultCount)).toEqual([20, 20, 10])
      expect(pages.flatMap((page) => ids(page.events))).toEqual(yield* held())
      for (const { includes } of pages) expect(ids(includes.users).toSorted()).toEqual(["1", "2"])
      expect(yield* requestCount).toBe(3)
      yield* Stream.runDrain(Stream.take(events.pages.conversation(conversation("1-2"), { pageSize: 5 }), 2))
      yield* Stream.runDrain(Stream.take(events.pages.participant(user("2"), { pageSize: 5 }), 2))
      expect(yield* requestCount).toBe(7)
    }).pipe(against({ world: small(50) })))

  it.effect("that are empty come too", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.emptyPage, { times: 1 })
      const pages = [...yield* Stream.runCollect(events.pages.all())]
      expect(pages.map(({ events }) => events.length)).toEqual([0, 50])
    }).pipe(against({ world: small(50) })))
})

describe("hydrated events", () => {
  for (const dialect of ["post", "tweet"] as const satisfies ReadonlyArray<Dialect>) {
    it.effect(`carry their sender, participants, media and posts, in the dialect "${dialect}"`, () =>
      Effect.gen(function*() {
        const { events } = yield* DirectMessages
        const emulator = yield* Emulator
        const hydrated: ReadonlyArray<HydratedEvent> = [...yield* Stream.runCollect(events.hydrated.all())]
        expect(hydrated.map(({ event }) => event.id)).toEqual(yield* held())
        for (const { event, media, participants, posts, sender } of hydrated) {
          const truth = (yield* emulator.events()).find(({ id }) => id === event.id)!
          expect(Option.getOrUndefined(Option.map(sender, ({ id }) => id))).toBe(truth.sender_id)
          expect(media.map(({ mediaKey }) => mediaKey)).toEqual(truth.attachments?.media_keys ?? [])
          expect(ids(posts)).toEqual(ids(truth.referenced_posts ?? []))
          if (truth.participant_ids !== undefined) expect(ids(participants)).toEqual(truth.participant_ids)
        }
        expect(hydrated.filter(({ media }) => media.length > 0).length).toBeGreaterThan(0)
        expect(hydrated.filter(({ posts }) => posts.length > 0).length).toBeGreaterThan(0)
        expect(hydrated.filter(({ participants }) => participants.length > 0).length).toBeGreaterThan(0)
      }).pipe(against({ dialect, api: { dialect } })))
  }

  it.effect("cost no more requests than plain ones, of every source", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const one = yield* Stream.runHead(events.hydrated.participant(people.support.id as never))
      expect(Option.flatMap(one, ({ sender }) => Option.map(sender, ({ username }) => username))._tag).toBe("Some")
      yield* Stream.runDrain(Stream.take(events.hydrated.all(), 101))
      expect(yield* requestCount).toBe(3)
    }).pipe(against()))

  it.effect("take what else is asked for, and their own where it is left undefined", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const emulator = yield* Emulator
      yield* Stream.runHead(events.hydrated.all({ expansions: undefined, mediaFields: undefined }))
      yield* Stream.runHead(events.hydrated.all({ expansions: ["sender_id"], userFields: ["verified"] }))
      const [first, second] = yield* emulator.requests
      expect(first!.query["expansions"]).toMatch(/attachments.media_keys/)
      expect(first!.query["media.fields"]).toMatch(/preview_image_url/)
      expect(second!.query["expansions"]).not.toMatch(/attachments.media_keys/)
      expect(second!.query["user.fields"]).toBe("verified")
    }).pipe(against()))
})

describe("what X could not give of a page", () => {
  const problem: Problem = { title: "Not Found Error", detail: "Could not find user 3" } as Problem
  const partial = scripted((_, { paginationToken }) =>
    Effect.succeed({ ...page([]), errors: paginationToken === undefined ? [problem, problem] : [] })
  )
  const count = Effect.map(
    Metric.snapshot,
    (pairs) => pairs.find(({ metricKey }) => metricKey.name === "xdm_partial_errors")?.metricState
  )

  for (const onPartialError of [undefined, "ignore"] as const) {
    it.effect(`is logged and counted, and the listing goes on (${onPartialError})`, () =>
      Effect.gen(function*() {
        const events = yield* partial
        const counted = Effect.map(count, (state) => (state as { readonly count: number } | undefined)?.count ?? 0)
        const before = yield* counted
        const logged: Array<unknown> = []
        const logger = Logger.make(({ annotations, message }) => {
          expect(HashMap.size(annotations)).toBe(0)
          logged.push(message)
        })
        yield* Effect.provide(Stream.runDrain(events.all({ onPartialError })), Logger.add(logger))
        expect(logged.flat()).toEqual([expect.stringContaining("could not give 2 of the things")])
        expect(yield* counted).toBe(before + 2)
      }))
  }

  it.effect("stops the listing if it is told so, with the problems", () =>
    Effect.gen(function*() {
      const events = yield* partial
      const stopped = yield* Effect.flip(Stream.runDrain(events.all({ onPartialError: "fail" })))
      expect(stopped).toMatchObject({ given: 0, reason: { _tag: "PartialPage", problems: [problem, problem] } })
      expect(stopped.message).toMatch(/2 of its parts missing: Could not find user 3/)
      // The rest begins at that page; to take it as it is, ask for no failure.
      const rest = { ...stopped.rest.options, onPartialError: "ignore" } as const
      expect(yield* listed(events.all(rest))).toEqual([])
    }))
})
