/**
 * The payloads that X pushes, read into events.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Decoder from "../model/Decoder.js"
import * as DmEvent from "../model/DmEvent.js"
import type { ConversationId, EventId, UserId } from "../model/Ids.js"
import type { JsonObject } from "../model/Json.js"
import * as User from "../model/User.js"
import * as Older from "./OlderForms.js"
import type { Message, Pushed, PushEvent, Read, Typing, Unknown } from "./PushEvent.js"

const decodeEvent = Decoder.compile(DmEvent.DmEvent)
const decodeUser = Decoder.compile(User.User)

// The ids of answers are brands without a pattern, so any text is one.
const userId = (id: string | undefined) => id as UserId | undefined
const conversationId = (id: string | undefined) => id as ConversationId | undefined
const eventId = (id: string | undefined) => id as EventId | undefined

const timeOf = (json: JsonObject): DateTime.Utc | undefined => {
  const millis = Older.millis(json["created_timestamp"]) ?? Older.millis(json["created_at"])
  return millis === undefined ? undefined : DateTime.unsafeMake(millis)
}

const unknown = (pushed: Pushed, kind: string, raw: unknown): Unknown => ({ _tag: "Unknown", kind, raw, ...pushed })

const message = (
  pushed: Pushed,
  direction: Message["direction"] | undefined,
  users: ReadonlyArray<User.User>,
  raw: unknown
): PushEvent => {
  const json = Older.record(raw)
  const kind = Older.text(json["type"]) ?? Older.text(json["event_type"]) ?? ""
  const isOlder = kind === "message_create" || json["message_create"] !== undefined
  const decoded = decodeEvent(isOlder ? Older.message(json) : json)
  if (Either.isLeft(decoded) || decoded.right._tag !== "MessageCreate") {
    return unknown(pushed, `direct_message_events${kind === "" ? "" : `: ${kind}`}`, raw)
  }
  const event = decoded.right
  const sent = event.senderId !== undefined && event.senderId === pushed.account
  return { _tag: "Message", direction: direction ?? (sent ? "sent" : "received"), event, users, ...pushed }
}

const read = (pushed: Pushed, raw: unknown): Read => {
  const json = Older.record(raw)
  return {
    _tag: "Read",
    reader: userId(Older.senderOf(json) ?? Older.text(json["reader_id"]) ?? Older.text(json["user_id"])),
    conversation: conversationId(Older.conversationOf(json)),
    lastReadEventId: eventId(Older.text(json["last_read_event_id"])),
    at: timeOf(json),
    raw,
    ...pushed
  }
}

const typing = (pushed: Pushed, raw: unknown): Typing => {
  const json = Older.record(raw)
  return {
    _tag: "Typing",
    sender: userId(Older.senderOf(json) ?? Older.text(json["user_id"])),
    recipient: userId(Older.recipientOf(json)),
    conversation: conversationId(Older.conversationOf(json)),
    at: timeOf(json),
    raw,
    ...pushed
  }
}

const usersOf = (json: unknown): ReadonlyArray<User.User> =>
  Object.values(Older.record(json)).flatMap((user) => {
    const decoded = decodeUser(Older.user(user))
    return Either.isRight(decoded) ? [decoded.right] : []
  })

/** The list of messages in a payload. @since 0.1.0 */
export const messages = "direct_message_events"
const typings = "direct_message_indicate_typing_events"
const reads = "direct_message_mark_read_events"

/** The items of a list in the payload; where X has no list there, the payload itself. */
const itemsOf = (payload: JsonObject, name: string): ReadonlyArray<unknown> => {
  const items = payload[name]
  return Array.isArray(items) ? items : [payload]
}

/**
 * The events of an activity of this kind.
 *
 * @since 0.1.0
 */
export const fromActivity = (data: JsonObject, kind: string): ReadonlyArray<PushEvent> => {
  const payload = Older.record(data["payload"])
  const pushed: Pushed = {
    id: Older.text(data["event_uuid"]),
    account: userId(Older.text(Older.record(data["filter"])["user_id"])),
    tag: Older.text(data["tag"])
  }
  switch (kind) {
    case "dm.received":
    case "dm.sent": {
      const users = usersOf(payload["users"])
      const direction = kind === "dm.sent" ? "sent" : "received"
      return itemsOf(payload, messages).map((raw) => message(pushed, direction, users, raw))
    }
    case "dm.read":
      return itemsOf(payload, reads).map((raw) => read(pushed, raw))
    case "dm.indicate_typing":
      return itemsOf(payload, typings).map((raw) => typing(pushed, raw))
    default:
      return [unknown(pushed, kind, data)]
  }
}

/** Parts of an Account Activity payload that say something of its events, and are none. */
const aside: ReadonlySet<string> = new Set(["for_user_id", "users", "apps", "user_has_blocked", "is_blocked_by"])

/**
 * The events of a payload of the Account Activity API.
 *
 * @since 0.1.0
 */
export const fromAccountActivity = (json: JsonObject): ReadonlyArray<PushEvent> => {
  const pushed: Pushed = { id: undefined, account: userId(Older.text(json["for_user_id"])), tag: undefined }
  const users = usersOf(json["users"])
  return Object.entries(json).flatMap(([kind, items]) => {
    if (aside.has(kind)) return []
    return (Array.isArray(items) ? items : [items]).map((raw: unknown) =>
      kind === messages
        ? message(pushed, undefined, users, raw)
        : kind === typings
        ? typing(pushed, raw)
        : kind === reads
        ? read(pushed, raw)
        : unknown(pushed, kind, raw)
    )
  })
}
