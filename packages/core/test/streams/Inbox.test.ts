import { describe, expect, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { DmEvent } from "../../src/model/DmEvent.js"
import * as Inbox from "../../src/streams/Inbox.js"
import { conversation, eventId, message, minutes, now, runs, user } from "./support.js"

const me = user("1")
const id = (n: number) => eventId(now + minutes(n))

const said = (n: number, from: string, room = "1-2") =>
  message(id(n), { senderId: user(from), dmConversationId: conversation(room), text: `said ${n}` })

/** A group's joins (by somebody) and leaves. */
const membership = (n: number, kind: "Join" | "Leave", who: ReadonlyArray<string>, by?: string): DmEvent => {
  const { createdAt } = message(id(n))
  return {
    _tag: `Participants${kind}`,
    id: id(n),
    createdAt,
    dmConversationId: conversation("100000000000000001"),
    participantIds: who.map(user),
    ...(by === undefined ? undefined : { senderId: user(by) })
  }
}

const after = (events: Iterable<DmEvent>, start = Inbox.empty(me)) => Arr.fromIterable(events).reduce(Inbox.add, start)

const seen = (inbox: Inbox.Inbox) =>
  Inbox.list(inbox).map((each) => ({
    id: each.id,
    last: Option.getOrUndefined(Option.map(each.lastMessage, ({ id }) => id)),
    newest: each.newest,
    oldest: each.oldest,
    participants: each.participants.toSorted(),
    messages: each.messages,
    unread: each.unread
  }))

describe("an inbox", () => {
  it("knows the last message, the counts and the people, in either order of the events", () => {
    const events = [said(1, "2"), said(2, "1"), said(3, "2"), said(4, "2")]
    const expected = [{
      id: "1-2",
      last: id(4),
      newest: id(4),
      oldest: id(1),
      participants: ["1", "2"],
      messages: 4,
      unread: 2
    }]
    expect(seen(after(events))).toEqual(expected)
    expect(seen(after(events.toReversed()))).toEqual(expected)
  })

  it("counts nothing as unread that is one's own, answered, or up to the mark", () => {
    expect(seen(after([said(1, "2"), said(2, "2"), said(3, "1")]))).toMatchObject([{ unread: 0, messages: 3 }])
    const marked = Inbox.empty(me, id(2))
    for (const events of [[said(1, "2"), said(2, "2"), said(3, "2")], [said(3, "2"), said(2, "2"), said(1, "2")]]) {
      expect(seen(after(events, marked))).toMatchObject([{ unread: 1, messages: 3 }])
    }
  })

  it("counts no more as unread of what is older than what was marked as read", () => {
    const read = Inbox.markRead(after([said(5, "2"), said(4, "2")]), conversation("1-2"))
    expect(seen(read)).toMatchObject([{ unread: 0, messages: 2 }])
    expect(seen(after([said(3, "2"), said(2, "2")], read))).toMatchObject([{ unread: 0, messages: 4 }])
    expect(seen(after([said(6, "2")], read))).toMatchObject([{ unread: 1, messages: 3, last: id(6) }])
    expect(Inbox.markRead(read, conversation("1-9"))).toEqual(read)
  })

  it("counts an overlap of a listing and what follows it once", () => {
    const listing = [said(4, "2"), said(3, "1"), said(2, "2")]
    const followed = [said(3, "1"), said(4, "2"), said(5, "2"), said(5, "2")]
    expect(seen(after([...listing, ...followed]))).toMatchObject([{ messages: 4, unread: 2, last: id(5) }])
  })

  it("knows who is in a group from joins, leaves and messages, in either order", () => {
    const group = "100000000000000001"
    const events = [
      membership(1, "Join", ["3", "4"], "2"),
      membership(2, "Leave", ["3"]),
      said(3, "5", group),
      membership(4, "Leave", ["4", "5"]),
      membership(5, "Join", ["4"], "2")
    ]
    for (const order of [events, events.toReversed()]) {
      expect(seen(after(order))).toMatchObject([{ participants: ["2", "4"], messages: 1 }])
    }
  })

  it("takes in events that say little: of unknown type, without sender, without conversation", () => {
    const { createdAt } = message(id(2))
    const unknown: DmEvent = {
      _tag: "UnknownEvent",
      id: id(2),
      createdAt,
      dmConversationId: conversation("1-2"),
      raw: {}
    }
    const nameless = message(id(3), { dmConversationId: conversation("1-2") })
    expect(seen(after([said(1, "2"), unknown, nameless, message(id(9))]))).toMatchObject([
      { newest: id(3), messages: 2, unread: 2, participants: ["1", "2"] }
    ])
  })

  it("lists the conversation with the newest event first", () => {
    const events = [said(1, "2", "1-2"), said(3, "3", "1-3"), said(2, "4", "1-4"), said(4, "2", "1-2")]
    expect(Inbox.list(after(events)).map(({ id }) => id)).toEqual(["1-2", "1-3", "1-4"])
  })

  it("keeps one entry a conversation, however many events there were", () => {
    const size = (n: number) =>
      JSON.stringify(after(Array.from({ length: n }, (_, i) => said(i, String(i % 3 + 1), `1-${i % 5 + 2}`)))).length
    expect(size(5_000) - size(500)).toBeLessThan(200)
  })
})

const anEvent = FastCheck.record({
  kind: FastCheck.constantFrom("message", "join", "leave"),
  who: FastCheck.constantFrom("1", "2", "3", "4"),
  by: FastCheck.constantFrom("1", "2", "3", "4")
})

it.prop(
  "is the same whether it was folded from the oldest or the newest event, or from the middle to both sides",
  { events: FastCheck.array(anEvent, { maxLength: 30 }), middle: FastCheck.nat(30), readUpTo: FastCheck.nat(30) },
  ({ events, middle, readUpTo }) => {
    const group = "100000000000000001"
    const history = events.map(({ by, kind, who }, n) =>
      kind === "message" ? said(n, who, group) : membership(n, kind === "join" ? "Join" : "Leave", [who], by)
    )
    const start = Inbox.empty(me, id(readUpTo))
    const expected = seen(after(history, start))
    expect(seen(after(history.toReversed(), start))).toEqual(expected)
    const outward = [...history.slice(0, middle).toReversed(), ...history.slice(middle)]
    expect(seen(after(outward, start))).toEqual(expected)
    const unread = history.filter((event, n) =>
      event._tag === "MessageCreate" && event.senderId !== me && n > readUpTo &&
      !history.slice(n).some((later) => later._tag === "MessageCreate" && later.senderId === me)
    )
    expect(expected[0]?.unread ?? 0).toBe(unread.length)
  },
  { fastCheck: { numRuns: runs } }
)

describe("an inbox from a stream", () => {
  const events = Stream.make(said(1, "2"), said(2, "3", "1-3"), said(3, "2"))

  it.effect("is folded when the stream ends", () =>
    Effect.gen(function*() {
      const inbox = yield* Inbox.fold(events, Inbox.empty(me))
      expect(seen(inbox)).toMatchObject([{ id: "1-2", unread: 2 }, { id: "1-3", unread: 1 }])
      expect(HashMap.size(inbox.conversations)).toBe(2)
    }))

  it.effect("is kept up to date, chunk by chunk, for those who watch its changes", () =>
    Effect.gen(function*() {
      const inbox = yield* SubscriptionRef.make(Inbox.empty(me))
      const watched = yield* inbox.changes.pipe(
        Stream.map((now) => Inbox.list(now).reduce((sum, { unread }) => sum + unread, 0)),
        Stream.takeUntil((unread) => unread === 3),
        Stream.runCollect,
        Effect.fork
      )
      yield* Effect.yieldNow()
      yield* Inbox.update(inbox, Stream.rechunk(events, 1))
      expect([...yield* watched.await.pipe(Effect.flatten)]).toEqual([0, 1, 2, 3])
      expect(yield* Effect.flip(Inbox.update(inbox, Stream.fail("broken")))).toBe("broken")
    }))
})
