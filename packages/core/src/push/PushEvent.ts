/**
 * What X pushes, by whichever way it comes: activity events, and the payloads
 * of the Account Activity API, which carry several at a time. Messages are the
 * same `MessageCreate`s that a listing gives.
 *
 * Source: X's guides to activity events and to the Account Activity API. X
 * documents the payloads of messages; those of read marks and of typing are
 * read as leniently as can be, and keep X's JSON.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import { isRecord } from "effect/Predicate"
import type * as DmEvent from "../model/DmEvent.js"
import type { ConversationId, EventId, UserId } from "../model/Ids.js"
import type * as User from "../model/User.js"
import * as Older from "./OlderForms.js"
import { fromAccountActivity, fromActivity, messages } from "./PushPayload.js"

/**
 * What all of them have.
 *
 * @since 0.1.0
 */
export interface Pushed {
  /** X's id of the delivery (`event_uuid`), where it has one: a number as text, which can be negative. */
  readonly id: string | undefined
  /** Whose inbox it is of, where X says so. */
  readonly account: UserId | undefined
  /** The tag of the subscription that brought it, if that has one. */
  readonly tag: string | undefined
}

/**
 * A message came, or left. `users` are those that X sent along.
 *
 * @since 0.1.0
 */
export interface Message extends Pushed {
  readonly _tag: "Message"
  readonly direction: "received" | "sent"
  readonly event: DmEvent.MessageCreate
  readonly users: ReadonlyArray<User.User>
}

/**
 * Somebody has read a conversation, up to an event.
 *
 * @since 0.1.0
 */
export interface Read extends Pushed {
  readonly _tag: "Read"
  readonly reader: UserId | undefined
  readonly conversation: ConversationId | undefined
  readonly lastReadEventId: EventId | undefined
  readonly at: DateTime.Utc | undefined
  /** X's JSON of it. */
  readonly raw: unknown
}

/**
 * Somebody is writing.
 *
 * @since 0.1.0
 */
export interface Typing extends Pushed {
  readonly _tag: "Typing"
  readonly sender: UserId | undefined
  readonly recipient: UserId | undefined
  readonly conversation: ConversationId | undefined
  readonly at: DateTime.Utc | undefined
  /** X's JSON of it. */
  readonly raw: unknown
}

/**
 * Something that this version does not know, or a message of a form that it
 * cannot read: `kind` is X's name of it, `raw` its JSON.
 *
 * @since 0.1.0
 */
export interface Unknown extends Pushed {
  readonly _tag: "Unknown"
  readonly kind: string
  readonly raw: unknown
}

/** @since 0.1.0 */
export type PushEvent = Message | Read | Typing | Unknown

/**
 * JSON that is no payload of X's pushes.
 *
 * @since 0.1.0
 */
export class UnexpectedPayload extends Data.TaggedError("UnexpectedPayload")<{ readonly expected: string }> {
  override get message(): string {
    return `this is nothing that X pushes: ${this.expected}.`
  }
}

/**
 * The events of a payload, in its order. Unknown fields are passed over and
 * unknown kinds kept; only what is no payload at all is refused.
 *
 * @example
 * ```ts
 * import { PushEvent } from "@effect-xdm/core"
 *
 * PushEvent.fromJson({ data: { event_type: "oauth.revoke", event_uuid: "7", payload: {} } })
 * // Either.right([{ _tag: "Unknown", kind: "oauth.revoke", … }])
 * ```
 *
 * @since 0.1.0
 */
export const fromJson = (json: unknown): Either.Either<ReadonlyArray<PushEvent>, UnexpectedPayload> => {
  if (!isRecord(json)) return Either.left(new UnexpectedPayload({ expected: "expected an object" }))
  const data = Older.record(json["data"])
  if (typeof data["event_type"] === "string") return Either.right(fromActivity(data, data["event_type"]))
  return json["for_user_id"] !== undefined || json["user_event"] !== undefined || json[messages] !== undefined
    ? Either.right(fromAccountActivity(json))
    : Either.left(new UnexpectedPayload({ expected: "expected data.event_type, or for_user_id and events" }))
}

/**
 * What two deliveries of the same have in common, to tell repeats: the account
 * and the event's id for a message, X's id of the delivery for the rest.
 * Nothing for what cannot be told from a repeat.
 *
 * @since 0.1.0
 */
export const key = (pushed: PushEvent): string | undefined => {
  const { account = "", id } = pushed
  switch (pushed._tag) {
    case "Message":
      return `message ${account} ${pushed.event.id}`
    case "Read":
      return marked(id, pushed.at, `read ${account} ${pushed.reader} ${pushed.conversation} ${pushed.lastReadEventId}`)
    case "Typing":
      return marked(id, pushed.at, `typing ${account} ${pushed.sender} ${pushed.conversation}`)
    case "Unknown":
      return id === undefined ? undefined : `${id} ${Older.text(Older.record(pushed.raw)["id"]) ?? ""}`
  }
}

/** One delivery can hold several, so its id alone does not tell them apart. */
const marked = (id: string | undefined, at: DateTime.Utc | undefined, what: string): string | undefined =>
  id !== undefined ? `${id} ${what}` : at !== undefined ? `${at.epochMillis} ${what}` : undefined

/** @since 0.1.0 */
export const isMessage = (pushed: PushEvent): pushed is Message => pushed._tag === "Message"

/** @since 0.1.0 */
export const isRead = (pushed: PushEvent): pushed is Read => pushed._tag === "Read"

/** @since 0.1.0 */
export const isTyping = (pushed: PushEvent): pushed is Typing => pushed._tag === "Typing"

/** @since 0.1.0 */
export const isUnknown = (pushed: PushEvent): pushed is Unknown => pushed._tag === "Unknown"
