/** What the body of a send may say, checked as X checks it. */
import * as Either from "effect/Either"
import { isRecord } from "effect/Predicate"
import type { JsonObject } from "../../model/Json.js"
import * as Problems from "./Problems.js"

type Checked<A> = Either.Either<A, Problems.Refusal>

/** A message to send; `mediaKey` is that of an uploaded medium. */
export interface Message {
  readonly text: string | undefined
  readonly mediaKey: string | undefined
}

export interface Group {
  readonly participants: ReadonlyArray<string>
  readonly message: Message
}

/** X's limit of a text, in characters. */
const longest = 10_000

const refuse = (message: string) => Either.left(Problems.invalidBody(message))

const object = (value: unknown, at: string, names: ReadonlyArray<string>): Checked<JsonObject> => {
  if (!isRecord(value)) return refuse(`${at}: an object is expected`)
  const unknown = Object.keys(value).find((name) => !names.includes(name))
  return unknown === undefined
    ? Either.right(value)
    : refuse(`${at}.${unknown}: is not defined in the schema and the schema does not allow additional properties`)
}

const parse = (body: string): Checked<unknown> =>
  Either.try({
    try: (): unknown => JSON.parse(body),
    catch: () => Problems.invalidBody("The request body is not valid JSON")
  })

const text = (value: unknown, at: string): Checked<string | undefined> => {
  if (value === undefined) return Either.right(undefined)
  if (typeof value !== "string") return refuse(`${at}.text: a string is expected`)
  if (value.length === 0) return refuse(`${at}.text: must be at least 1 characters long`)
  return [...value].length > longest
    ? refuse(`${at}.text: may only be ${longest} characters long`)
    : Either.right(value)
}

const mediaKey = (
  value: unknown,
  at: string,
  keyOf: (mediaId: string) => string | undefined
): Checked<string | undefined> => {
  if (value === undefined) return Either.right(undefined)
  if (!Array.isArray(value) || value.length !== 1) return refuse(`${at}.attachments: must have exactly 1 item`)
  const items: ReadonlyArray<unknown> = value
  return Either.flatMap(object(items[0], `${at}.attachments[0]`, ["media_id"]), ({ media_id: id }) => {
    if (typeof id !== "string" || !/^[0-9]{1,19}$/.test(id)) {
      return refuse(`${at}.attachments[0].media_id: does not match ^[0-9]{1,19}$`)
    }
    const key = keyOf(id)
    return key === undefined ? refuse(`Your media IDs are invalid: [${id}]`) : Either.right(key)
  })
}

const readMessage = (
  value: unknown,
  at: string,
  keyOf: (mediaId: string) => string | undefined
): Checked<Message> =>
  Either.gen(function*() {
    const json = yield* object(value, at, ["text", "attachments"])
    const message = {
      text: yield* text(json["text"], at),
      mediaKey: yield* mediaKey(json["attachments"], at, keyOf)
    }
    return message.text === undefined && message.mediaKey === undefined
      ? yield* refuse(`${at}: one of [text] or [attachments] is required`)
      : message
  })

/** The body of a send to a conversation or to a user. */
export const message = (body: string, keyOf: (mediaId: string) => string | undefined): Checked<Message> =>
  Either.flatMap(parse(body), (json) => readMessage(json, "$", keyOf))

/** The body that makes a group. */
export const group = (body: string, keyOf: (mediaId: string) => string | undefined): Checked<Group> =>
  Either.gen(function*() {
    const json = yield* object(yield* parse(body), "$", ["conversation_type", "participant_ids", "message"])
    if (json["conversation_type"] !== "Group") yield* refuse("$.conversation_type: is not one of [Group]")
    return {
      participants: yield* participants(json["participant_ids"]),
      message: yield* readMessage(json["message"], "$.message", keyOf)
    }
  })

const participants = (value: unknown): Checked<ReadonlyArray<string>> => {
  if (!Array.isArray(value) || value.length < 2 || value.length > 49) {
    return refuse("$.participant_ids: must have 2 to 49 items")
  }
  const ids: ReadonlyArray<unknown> = value
  const strings = ids.filter((id): id is string => typeof id === "string" && /^[0-9]{1,19}$/.test(id))
  return strings.length === ids.length
    ? Either.right(strings)
    : refuse("$.participant_ids: every item must match ^[0-9]{1,19}$")
}
