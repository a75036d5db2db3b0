import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { Emulator, Fixtures } from "../../src/testing/index.js"
import { against, days, everyPage, ids, list, minutes, now, type Page, unlimited } from "./support.js"

const { conversations, people } = Fixtures

describe("paging", () => {
  it.effect("gives every event once, newest first, in pages of any size", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const truth = (yield* emulator.events()).map(({ id }) => id)
      expect(truth.length).toBeGreaterThan(1000)
      for (const size of ["100", "37", "1"]) {
        const query = { max_results: size }
        const pages = yield* everyPage(
          query,
          size === "1" ? `/2/dm_conversations/${conversations.support}/dm_events` : undefined
        )
        expect(ids(pages)).toEqual(
          size === "1"
            ? (yield* emulator.events({ conversation: conversations.support })).map(({ id }) => id)
            : truth
        )
      }
      expect([...truth].sort((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1))).toEqual(truth)
    }).pipe(unlimited))

  it.effect("makes tokens in base32hex, of 16 characters or more, and goes back by previous_token", () =>
    Effect.gen(function*() {
      const first = (yield* list({ max_results: "5" })).json
      const token = first.meta.next_token!
      expect(token).toMatch(/^[0-9A-V]{16,}$/)
      expect(first.meta.previous_token).toBeUndefined()
      const second = (yield* list({ max_results: "5", pagination_token: token })).json
      const back = (yield* list({ max_results: "5", pagination_token: second.meta.previous_token! })).json
      expect(back.data).toEqual(first.data)
      expect(back.meta.next_token).toBe(token)
    }).pipe(unlimited))

  it.effect("has no place for arrivals between cursor pages", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const first = (yield* list({ max_results: "5" })).json
      yield* emulator.arrive({ from: people.jonas.id, in: conversations.jonas, text: "one more" })
      const second = (yield* list({ max_results: "5", pagination_token: first.meta.next_token! })).json
      const truth = (yield* emulator.events()).map(({ id }) => id)
      expect(ids([first, second])).toEqual(truth.slice(1, 11))
    }).pipe(unlimited))

  it.effect("repeats events at the border of offset pages when some arrive", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const first = (yield* list({ max_results: "5" })).json
      for (const text of ["one", "two"]) {
        yield* emulator.arrive({ from: people.jonas.id, in: conversations.jonas, text })
      }
      const second = (yield* list({ max_results: "5", pagination_token: first.meta.next_token! })).json
      expect(ids([second]).slice(0, 2)).toEqual(ids([first]).slice(3))
      expect(ids(yield* everyPage())).toEqual((yield* emulator.events()).map(({ id }) => id))
    }).pipe(against({ rateLimits: "off", paging: "offset" })))

  it.effect("selects by event_types", () =>
    Effect.gen(function*() {
      const pages = yield* everyPage({ event_types: "ParticipantsJoin,ParticipantsLeave" })
      const types = pages.flatMap((page) => page.data ?? []).map(({ event_type }) => event_type)
      expect(new Set(types)).toEqual(new Set(["ParticipantsJoin", "ParticipantsLeave"]))
      expect(types).toHaveLength(4)
    }).pipe(unlimited))

  it.effect("has a page without data where there is nothing", () =>
    Effect.gen(function*() {
      const { json, status } = yield* list({}, `/2/dm_conversations/with/${people.stranger.id}/dm_events`)
      expect({ json, status }).toEqual({ status: 200, json: { meta: { result_count: 0 } } })
    }).pipe(unlimited))
})

describe("what is listed", () => {
  it.effect("is one conversation, in either order of its users, or by participant", () =>
    Effect.gen(function*() {
      const paths = [
        `/2/dm_conversations/${people.me.id}-${people.support.id}/dm_events`,
        `/2/dm_conversations/${people.support.id}-${people.me.id}/dm_events`,
        `/2/dm_conversations/with/${people.support.id}/dm_events`
      ]
      const pages = yield* Effect.forEach(paths, (path) => Effect.map(list({}, path), ({ json }) => ids([json])))
      expect(pages[0]).toHaveLength(6)
      expect(pages[1]).toEqual(pages[0])
      expect(pages[2]).toEqual(pages[0])
    }).pipe(unlimited))

  it.effect("ends at the horizon, which moves with the clock", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const listed = ids(yield* everyPage())
      const old = emulator.world.events.filter(({ created_at }) => Date.parse(created_at) < now - days(30))
      expect(old).toHaveLength(5)
      for (const { id } of old) expect(listed).not.toContain(id)
      expect((yield* list({}, `/2/dm_events/${old[0]!.id}`)).status).toBe(404)
      yield* TestClock.adjust(days(29))
      const later = ids(yield* everyPage())
      expect(later.length).toBeGreaterThan(0)
      expect(later).toEqual(listed.slice(0, later.length))
      yield* TestClock.adjust(days(2))
      expect(ids(yield* everyPage())).toEqual([])
    }).pipe(unlimited))

  it.effect("ends for who left at the leave", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const group = `/2/dm_conversations/${conversations.hiking}/dm_events`
      const before = ids([(yield* list({ max_results: "5" }, group)).json])
      const { id: leave } = yield* emulator.arrive({ left: [people.me.id], in: conversations.hiking })
      yield* TestClock.adjust(minutes(1))
      yield* emulator.arrive({ from: people.tomas.id, in: conversations.hiking, text: "Is she gone?" })
      expect(ids([(yield* list({ max_results: "6" }, group)).json])).toEqual([leave, ...before])
      yield* emulator.arrive({ joined: [people.me.id], by: people.tomas.id, in: conversations.hiking })
      expect(ids([(yield* list({ max_results: "8" }, group)).json])).toHaveLength(8)
    }).pipe(unlimited))

  it.effect("shows what arrives and no longer what was removed", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const { id } = yield* emulator.arrive({
        raw: { event_type: "SomethingNew", shade: "blue" },
        in: conversations.jonas
      })
      const first = (json: Page) => json.data![0]!
      expect(first((yield* list({ max_results: "1" })).json)).toEqual({ id, event_type: "SomethingNew" })
      expect(yield* emulator.remove(id)).toBe(true)
      expect(yield* emulator.remove(id)).toBe(false)
      expect(first((yield* list({ max_results: "1" })).json).id).not.toBe(id)
    }).pipe(unlimited))

  it.effect("dates each arrival above all others, within one millisecond too", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      yield* Effect.forEach(["a", "b", "c"], (text) =>
        emulator.arrive({ from: people.jonas.id, in: conversations.jonas, text }))
      const { json } = yield* list({ max_results: "3" })
      expect(json.data!.map(({ text }) =>
        text
      )).toEqual(["c", "b", "a"])
    }).pipe(unlimited))
})

it("the sample inbox is the same for the same time, and its ids are unique", () => {
  const inbox = Fixtures.inbox(now)
  expect(Fixtures.inbox(now)).toEqual(inbox)
  expect(new Set(inbox.events.map(({ id }) => id)).size).toBe(inbox.events.length)
})
