/** What the body of a send may say, checked as X checks it. */
import * as Either from "effect/Either"
import { isRecord } from "effect/Predicate"
import type { JsonObject } from "../../model/Json.js"
import * as MediaType from "../../model/MediaType.js"
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

export const object = (value: unknown, at: string, names: ReadonlyArray<string>): Checked<JsonObject> => {
  if (!isRecord(value)) return refuse(`${at}: an object is expected`)
  const unknown = Object.keys(value).find((name) => !names.includes(name))
  return unknown === undefined
    ? Either.right(value)
    : refuse(`${at}.${unknown}: is not defined in the schema and the schema does not allow additional properties`)
}

export const parse = (body: string): Checked<unknown> =>
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

const types: ReadonlyArray<string> = [
  ...MediaType.all,
  "text/srt",
  "text/vtt",
  "model/gltf-binary",
  "model/vnd.usdz+zip"
]

const categories = [
  "amplify_video",
  "tweet_gif",
  "tweet_image",
  "tweet_video",
  "subtitles",
  "dm_gif",
  "dm_image",
  "dm_video"
]

const oneOf = (value: unknown, at: string, allowed: ReadonlyArray<string>): Checked<string> =>
  typeof value === "string" && allowed.includes(value)
    ? Either.right(value)
    : refuse(`$.${at}: is not one of ${allowed.map((each) => `[${each}]`).join(",")}`)

/** The body that begins an upload. */
export const initialization = (body: string) =>
  Either.gen(function*() {
    const names = ["media_type", "total_bytes", "media_category", "shared", "additional_owners"]
    const json = yield* object(yield* parse(body), "$", names)
    const type = yield* oneOf(json["media_type"], "media_type", types)
    const category = yield* oneOf(json["media_category"], "media_category", categories)
    const total = json["total_bytes"]
    if (typeof total !== "number" || !Number.isInteger(total) || total < 0 || total > 17_179_869_184) {
      return yield* refuse("$.total_bytes: must be an integer from 0 to 17179869184")
    }
    if (json["shared"] !== undefined && typeof json["shared"] !== "boolean") {
      yield* refuse("$.shared: a boolean is expected")
    }
    if (!Object.hasOwn(MediaType.largest, category)) return { type, category, total }
    // What it begins with, `dm_`, is one of the names of the limits.
    const dm = category as MediaType.Category
    if (MediaType.categoryOf(type as MediaType.MediaType) !== dm) {
      yield* refuse(`$.media_type: [${type}] does not fit the media_category [${category}]`)
    }
    if (json["shared"] !== true) yield* refuse("$.shared: media of Direct Messages must be shared")
    if (total > MediaType.largest[dm]) {
      yield* refuse(`$.total_bytes: File size exceeds ${MediaType.largest[dm]} bytes.`)
    }
    return { type, category, total }
  })

/** The fields of a form. */
export type Form = ReadonlyMap<string, string | Uint8Array>

/** The body that brings a part of an upload. */
export const segment = (form: Form | undefined) =>
  Either.gen(function*() {
    if (form === undefined) return yield* refuse("$: a form (multipart/form-data) is expected")
    const unknown = [...form.keys()].find((name) => name !== "segment_index" && name !== "media")
    if (unknown !== undefined) yield* refuse(`$.${unknown}: is not defined in the schema`)
    const index = form.get("segment_index")
    if (typeof index !== "string" || !/^[0-9]{1,3}$/.test(index)) {
      return yield* refuse("$.segment_index: must be an integer from 0 to 999")
    }
    const bytes = form.get("media")
    if (!(bytes instanceof Uint8Array) || bytes.length === 0) return yield* refuse("$.media: a file is expected")
    return { index: Number(index), bytes }
  })
