import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { DirectMessages } from "../../src/DirectMessages.js"
import type { DmEvent } from "../../src/model/DmEvent.js"
import * as Timeline from "../../src/streams/Timeline.js"
import { Fixtures } from "../../src/testing/index.js"
import {
  against,
  conversation,
  eventId,
  held,
  ids,
  listed,
  message,
  minutes,
  now,
  requestCount,
  small
} from "./support.js"

const utc = (millis: number) => DateTime.unsafeMake(millis)

describe("groupByConversation", () => {
  it.effect("keeps the newest of each conversation, within its bounds", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const groups = yield* Timeline.groupByConversation(events.all(), { events: 3 })
      expect(HashMap.size(groups)).toBe(3)
      for (const room of ["1-2", "1-3", "1-4"]) {
        const kept = Option.getOrThrow(HashMap.get(groups, conversation(room)))
        expect(ids(kept)).toEqual((yield* held({ conversation: room })).slice(0, 3))
      }
      const few = yield* Timeline.groupByConversation(events.all(), { conversations: 2 })
      expect([...HashMap.values(few)].map((group) => group.length).toSorted()).toHaveLength(2)
      expect(HashMap.size(yield* Timeline.groupByConversation(events.all(), { events: 0 }))).toBe(0)
    }).pipe(against({ world: small(20, 10, 5) })))

  it.effect("keeps 100 events of a conversation by default, and none without a conversation", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const groups = yield* Timeline.groupByConversation(
        Stream.concat(Stream.make(message(eventId(now))), events.all())
      )
      expect([...HashMap.values(groups)].map((group) => group.length)).toEqual([100])
    }).pipe(against({ world: small(120) })))

  it.effect("begins anew each time that it runs", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const group = Timeline.groupByConversation(events.all())
      yield* group
      expect([...HashMap.values(yield* group)].map(ids)).toEqual([yield* held()])
    }).pipe(against({ world: small(4) })))
})

describe("collectConversation", () => {
  it.effect("gives a conversation oldest first, with its people, once each", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const group = conversation(Fixtures.conversations.hiking)
      const whole = yield* Timeline.collectConversation(dm, group, { pageSize: 10 })
      const truth = yield* held({ conversation: group })
      expect(ids(whole.events)).toEqual(truth.toReversed())
      expect(new Set(ids(whole.participants)).size).toBe(whole.participants.length)
      const named = whole.events.flatMap((event) =>
        [event.senderId ?? [], event._tag === "UnknownEvent" ? [] : event.participantIds ?? []].flat()
      )
      expect(ids(whole.participants).toSorted()).toEqual([...new Set(named)].toSorted())
      expect((yield* Timeline.collectConversation(dm, group, { limit: 3 })).events).toHaveLength(3)
    }).pipe(against()))

  it.effect("says where it stopped", () =>
    Effect.gen(function*() {
      const dm = yield* DirectMessages
      const failure = yield* Effect.flip(Timeline.collectConversation(dm, conversation("nonsense")))
      expect(failure).toMatchObject({ _tag: "ListingStopped", reason: { _tag: "InvalidInput" } })
    }).pipe(against()))
})

it.effect("participantsOf tells after each event who is there", () =>
  Effect.gen(function*() {
    const at = (n: number) => ({ id: eventId(now, n), createdAt: utc(now) as DateTime.Utc })
    const people = (...names: ReadonlyArray<string>) => names as ReadonlyArray<never>
    const events: ReadonlyArray<DmEvent> = [
      { _tag: "ParticipantsJoin", ...at(1), participantIds: people("3", "4"), senderId: "2" as never },
      message(at(2).id, { senderId: "5" as never }),
      { _tag: "ParticipantsLeave", ...at(3), participantIds: people("3", "9") },
      { _tag: "ParticipantsLeave", ...at(4) },
      { _tag: "UnknownEvent", ...at(5), raw: {} }
    ]
    const told = yield* Stream.runCollect(Timeline.participantsOf(["1" as never])(Stream.fromIterable(events)))
    expect([...told].map(({ participants }) => [...participants].toSorted().join(""))).toEqual([
      "1234",
      "12345",
      "1245",
      "1245",
      "1245"
    ])
  }))

describe("withinWindow", () => {
  it.effect("gives what is from its start up to, but not with, its end, and reads no page past it", () =>
    Effect.gen(function*() {
      const { events } = yield* DirectMessages
      const truth = yield* held()
      const window = { from: utc(now - minutes(120)), to: utc(now - minutes(90)) }
      expect(yield* listed(events.all().pipe(Timeline.withinWindow(window)))).toEqual(truth.slice(90, 120))
      expect(yield* requestCount).toBe(2)
      const later = { from: utc(now), to: utc(now + minutes(1)) }
      expect(yield* listed(events.all().pipe(Timeline.withinWindow(later)))).toEqual([])
      expect(yield* requestCount).toBe(3)
    }).pipe(against({ world: small(250) })))
})

describe("search", () => {
  const finds = (text: string, query: string, locale?: string) =>
    Stream.runCollect(Timeline.search(query, { locale })(Stream.make<Array<DmEvent>>(message(eventId(now), { text }))))
      .pipe(Effect.runSync, (found) => found.length === 1)

  const cases: ReadonlyArray<readonly [text: string, query: string, found: boolean, locale?: string]> = [
    ["The forecast is perfect", "FORECAST perf", true],
    ["The forecast is perfect", "forecast rain", false],
    ["Café crème à Zürich", "cafe creme zurich", true],
    ["Cafe creme", "CRÈME", true],
    ["مَرْحَبًا بِكَ", "مرحبا", true],
    ["مرحبا بك", "مَرْحَبًا", true],
    ["שָׁלוֹם לכולם", "שלום", true],
    ["ISPARTA'DA GÖRÜŞÜRÜZ", "ısparta", true, "tr"],
    ["İstanbul", "istanbul", true, "tr"],
    ["İstanbul", "istanbul", true, "en"],
    ["ISPARTA", "isparta", false, "tr"],
    ["ΟΔΥΣΣΕΥΣ", "οδυσσευς", true],
    ["ΟΔΥΣΣΕΥΣ", "ΟΔΥΣ", true],
    ["οδός", "ΟΔΟΣ", true],
    ["on my way 🚲 💨", "🚲", true],
    ["on my way 🚲", "🚗", false],
    ["thumbs 👍🏽", "👍", true],
    ["I ❤️ it", "❤", true],
    ["ｆｕｌｌ ｗｉｄｔｈ", "full width", true],
    ["日本語のテスト", "テスト", true],
    ["anything", "  ", true]
  ]
  for (const [text, query, found, locale] of cases) {
    it(`${found ? "finds" : "does not find"} "${query}" in "${text}"${locale === undefined ? "" : ` (${locale})`}`, () => {
      expect(finds(text, query, locale)).toBe(found)
    })
  }

  it.effect("looks at messages that have a text, and at nothing else", () =>
    Effect.gen(function*() {
      const { createdAt, id } = message(eventId(now))
      const events = Stream.make<Array<DmEvent>>({ _tag: "ParticipantsJoin", id, createdAt }, message(id))
      expect(yield* listed(Timeline.search("")(events))).toEqual([])
    }))
})
