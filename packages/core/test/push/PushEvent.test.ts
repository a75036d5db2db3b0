import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as PushEvent from "../../src/push/PushEvent.js"
import { accountActivity, activity, message, received } from "./payloads.js"

const read = (json: unknown) => Either.getOrThrow(PushEvent.fromJson(json))
const only = (json: unknown) => {
  const [first, ...others] = read(json)
  expect(others).toEqual([])
  return first!
}

describe("messages", () => {
  it("are the MessageCreate of a listing, with the conversation that follows from the two users", () => {
    expect(only(received("2080765901528535096"))).toMatchObject({
      _tag: "Message",
      id: "-6850472171600526495",
      account: "1111111111111111111",
      tag: "tag",
      direction: "received",
      event: {
        _tag: "MessageCreate",
        id: "2080765901528535096",
        createdAt: { epochMillis: 1784928224372 },
        dmConversationId: "1111111111111111111-2222222222222222222",
        senderId: "2222222222222222222",
        text: "hello"
      },
      users: [{ id: "2", username: "two", publicMetrics: { postCount: 3 } }]
    })
  })

  it("have their users in numeric order, whichever wrote", () => {
    const json = activity({
      direct_message_events: [message("9", "", { sender_id: "3", target: { recipient_id: "20" } })]
    })
    expect(only(json)).toMatchObject({ event: { dmConversationId: "3-20" } })
  })

  it("keep what X found in the text, and what is attached", () => {
    const data = {
      text: "#a $B @c https://t.co/d",
      entities: {
        hashtags: [{ text: "a", indices: [0, 2] }],
        symbols: [{ text: "B", indices: [3, 5] }],
        user_mentions: [{ screen_name: "c", name: "C", id: 5, id_str: "5", indices: [6, 8] }, {
          screen_name: "placeless"
        }],
        urls: [{ url: "https://t.co/d", expanded_url: "https://d.example", display_url: "d.example", indices: [9, 23] }]
      },
      attachment: { type: "media", media: { id: 7, id_str: "7", type: "animated_gif" } }
    }
    expect(only(activity({ direct_message_events: [message("9", "", { message_data: data })] }))).toMatchObject({
      event: {
        entities: {
          hashtags: [{ start: 0, end: 2, tag: "a" }],
          cashtags: [{ start: 3, end: 5, tag: "B" }],
          mentions: [{ start: 6, end: 8, username: "c", id: "5" }],
          urls: [{
            start: 9,
            end: 23,
            url: "https://t.co/d",
            expandedUrl: "https://d.example",
            displayUrl: "d.example"
          }]
        },
        attachments: { mediaKeys: ["16_7"] }
      }
    })
  })

  it("come several in a payload of the Account Activity API, in both directions", () => {
    expect(read(accountActivity)).toMatchObject([
      {
        _tag: "Message",
        id: undefined,
        direction: "received",
        users: [{ username: "two", publicMetrics: { postCount: 9 } }]
      },
      {
        _tag: "Message",
        direction: "sent",
        event: {
          text: "mine",
          attachments: { mediaKeys: ["3_55"] },
          dmConversationId: "1111111111111111111-2222222222222222222"
        }
      }
    ])
  })

  it("that cannot be read are kept as X's JSON", () => {
    const raw = { type: "message_create", message_create: {} }
    expect(only(activity({ direct_message_events: [raw] }))).toMatchObject({ _tag: "Unknown", raw })
  })
})

describe("other events", () => {
  const mark = {
    created_timestamp: "1518452444662",
    sender_id: "2",
    target: { recipient_id: "1" },
    last_read_event_id: "963085315333238788"
  }

  it("are read marks and typing, of both APIs", () => {
    const expected = { account: "1", conversation: "1-2", at: { epochMillis: 1518452444662 } }
    const reads = { ...expected, _tag: "Read", reader: "2", lastReadEventId: "963085315333238788" }
    const typings = { ...expected, _tag: "Typing", sender: "2", recipient: "1" }
    const lists = { direct_message_mark_read_events: [mark], direct_message_indicate_typing_events: [mark] }
    expect(read({ for_user_id: "1", ...lists, users: {} })).toMatchObject([reads, typings])
    for (const payload of [mark, { direct_message_mark_read_events: [mark] }]) {
      expect(only(activity(payload, { kind: "dm.read", account: "1" }))).toMatchObject(reads)
    }
    expect(only(activity(mark, { kind: "dm.indicate_typing", account: "1" }))).toMatchObject(typings)
  })

  it("of a kind that is not known keep X's JSON", () => {
    const json = activity({ user_id: "1" }, { kind: "oauth.revoke" })
    expect(only(json)).toMatchObject({ _tag: "Unknown", kind: "oauth.revoke", raw: json.data })
    expect(read({ for_user_id: "1", follow_events: [{ a: 1 }, { b: 2 }] })).toMatchObject([
      { _tag: "Unknown", kind: "follow_events", raw: { a: 1 } },
      { _tag: "Unknown", kind: "follow_events", raw: { b: 2 } }
    ])
  })

  it("are refused only where there is none", () => {
    for (const json of [null, 1, "text", [], {}, { data: 1 }, { data: {} }, { errors: [] }]) {
      expect(PushEvent.fromJson(json)).toMatchObject({ _tag: "Left", left: { _tag: "UnexpectedPayload" } })
    }
  })
})

describe("the key", () => {
  const keys = (json: unknown) => read(json).map(PushEvent.key)

  it("is the same for a message whichever way it comes, and another for another account", () => {
    const both = [received("2080765901528535096", "a", "1"), received("2080765901528535096", "a", "2")]
    expect(new Set([...both.flatMap(keys), keys(accountActivity)[0]]).size).toBe(1)
    const other = activity({ direct_message_events: [message("2080765901528535096")] }, { account: "7" })
    expect(keys(other)).not.toEqual(keys(both[0]))
  })

  it("tells apart the events of one delivery", () => {
    const marks = [{ sender_id: "2", last_read_event_id: "1" }, { sender_id: "2", last_read_event_id: "2" }]
    expect(new Set(keys(activity({ direct_message_mark_read_events: marks }, { kind: "dm.read" }))).size).toBe(2)
  })
})

describe("any JSON", () => {
  it("is read or refused, and never thrown at", () => {
    const names = fc.constantFrom(
      "data",
      "event_type",
      "event_uuid",
      "filter",
      "user_id",
      "payload",
      "direct_message_events",
      "users",
      "for_user_id",
      "message_create",
      "message_data",
      "entities",
      "attachment",
      "media",
      "type",
      "id",
      "created_timestamp",
      "sender_id",
      "target",
      "recipient_id",
      "direct_message_mark_read_events",
      "hashtags",
      "indices",
      "screen_name",
      "__proto__"
    )
    const values = fc.oneof(
      fc.constantFrom("dm.received", "dm.sent", "dm.read", "dm.indicate_typing", "message_create", "12", "-1", "1e400"),
      fc.jsonValue()
    )
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 6 },
        values,
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(names, tie("json"), { maxKeys: 6 })
      )
    }))
    const shaped = fc.tuple(json, json).map(([payload, users]) => ({
      data: {
        event_type: "dm.received",
        payload: { direct_message_events: [payload, { type: "message_create", message_create: payload }], users }
      }
    }))
    fc.assert(
      fc.property(fc.oneof(json, shaped), (value) => {
        const result = PushEvent.fromJson(value)
        if (Either.isRight(result)) result.right.forEach(PushEvent.key)
      }),
      { numRuns: 3_000 }
    )
  })
})
