/**
 * X pushes messages and users in the forms of its older API. Here they become
 * X's current JSON, so that the schemas of the model read them.
 *
 * Source: X's guide to the Account Activity API, and the payloads that its
 * guide to activity events shows.
 *
 * @since 0.1.0
 */
import { isRecord } from "effect/Predicate"
import { oneToOne, type UserId } from "../model/Ids.js"
import type { JsonObject } from "../model/Json.js"

/** @since 0.1.0 */
export const record = (value: unknown): JsonObject => isRecord(value) ? value : {}

/** @since 0.1.0 */
export const list = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []

/** An id or a name; X writes some ids as numbers, too. @since 0.1.0 */
export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : Number.isSafeInteger(value) ? String(value) : undefined

const latest = 8_640_000_000_000_000

/** Milliseconds since 1970, as a text or a number; nothing for what is no time. @since 0.1.0 */
export const millis = (value: unknown): number | undefined => {
  const number = typeof value === "number" || (typeof value === "string" && /^\d{1,16}$/.test(value))
    ? Number(value)
    : typeof value === "string"
    ? Date.parse(value)
    : NaN
  return Math.abs(number) <= latest ? number : undefined
}

const iso = (value: unknown): string | undefined => {
  const time = millis(value)
  return time === undefined ? undefined : new Date(time).toISOString()
}

const isUserId = (id: string | undefined): id is UserId => id !== undefined && /^[0-9]{1,19}$/.test(id)

/** The conversation that an object names, or that follows from who writes to whom. @since 0.1.0 */
export const conversationOf = (json: JsonObject): string | undefined => {
  const named = text(json["dm_conversation_id"]) ?? text(json["conversation_id"])
  const [sender, recipient] = [senderOf(json), recipientOf(json)]
  return named ?? (isUserId(sender) && isUserId(recipient) ? oneToOne(sender, recipient) : undefined)
}

/** @since 0.1.0 */
export const senderOf = (json: JsonObject): string | undefined => text(json["sender_id"])

/** @since 0.1.0 */
export const recipientOf = (json: JsonObject): string | undefined =>
  text(record(json["target"])["recipient_id"]) ?? text(json["recipient_id"])

/** The place of an entity; one without is left out. */
const placed = (names: (entity: JsonObject) => JsonObject) => (value: unknown): ReadonlyArray<JsonObject> => {
  const entity = record(value)
  const [start, end] = list(entity["indices"] ?? [entity["start"], entity["end"]]).map(Number)
  return Number.isInteger(start) && Number.isInteger(end) ? [{ start, end, ...names(entity) }] : []
}

const tag = placed(({ tag, text: word }) => ({ tag: text(word) ?? text(tag) ?? "" }))
const mention = placed(({ id, id_str, screen_name, username }) => ({
  id: text(id_str) ?? text(id) ?? null,
  username: text(screen_name) ?? text(username) ?? null
}))
const link = placed(({ display_url, expanded_url, url }) => ({
  url: text(url) ?? null,
  expanded_url: text(expanded_url) ?? null,
  display_url: text(display_url) ?? null
}))

const entities = (value: unknown): JsonObject | null => {
  const { cashtags, hashtags, mentions, symbols, urls, user_mentions } = record(value)
  const found = {
    hashtags: list(hashtags).flatMap(tag),
    cashtags: list(symbols ?? cashtags).flatMap(tag),
    mentions: list(user_mentions ?? mentions).flatMap(mention),
    urls: list(urls).flatMap(link)
  }
  // X leaves out what it did not find, and so do we.
  const named = Object.entries(found).filter(([, items]) => items.length > 0)
  return named.length === 0 ? null : Object.fromEntries(named)
}

/** The number before a medium's id in its key. */
const keyPrefixes: { readonly [type: string]: string } = { photo: "3", video: "7", animated_gif: "16" }

const mediaKey = (value: unknown): ReadonlyArray<string> => {
  const media = record(value)
  const key = text(media["media_key"])
  if (key !== undefined) return [key]
  const id = text(media["id_str"]) ?? text(media["id"])
  const type = text(media["type"]) ?? ""
  const prefix = Object.hasOwn(keyPrefixes, type) ? keyPrefixes[type] : undefined
  return id === undefined || prefix === undefined ? [] : [`${prefix}_${id}`]
}

const attachments = (data: JsonObject): JsonObject | null => {
  const all = data["attachment"] === undefined ? list(data["attachments"]) : [data["attachment"]]
  const keys = all.flatMap((attachment) => mediaKey(record(attachment)["media"]))
  return keys.length === 0 ? null : { media_keys: keys }
}

/**
 * A message in today's form.
 *
 * @since 0.1.0
 */
export const message = (json: JsonObject): JsonObject => {
  const create = record(json["message_create"])
  const data = record(create["message_data"])
  return {
    event_type: "MessageCreate",
    id: text(json["id"]),
    created_at: iso(json["created_timestamp"]) ?? null,
    dm_conversation_id: conversationOf(json["dm_conversation_id"] === undefined ? create : json) ?? null,
    sender_id: senderOf(create) ?? null,
    text: text(data["text"]) ?? null,
    attachments: attachments(data),
    entities: entities(data["entities"])
  }
}

/** Counts and flags of the wrong type are left out, for they are not worth the user. */
const number = (value: unknown) => typeof value === "number" ? value : null
const flag = (value: unknown) => typeof value === "boolean" ? value : null

/**
 * A user in today's form. X wraps some as `{data: user}`, which are in it
 * already, and sends others flat, with a `screen_name`.
 *
 * @since 0.1.0
 */
export const user = (json: unknown): unknown => {
  const { data } = record(json)
  if (isRecord(data)) return data
  const flat = record(json)
  if (flat["screen_name"] === undefined) return json
  return {
    id: text(flat["id_str"]) ?? text(flat["id"]),
    name: flat["name"],
    username: flat["screen_name"],
    created_at: iso(flat["created_timestamp"]) ?? iso(flat["created_at"]) ?? null,
    description: text(flat["description"]) ?? null,
    location: text(flat["location"]) ?? null,
    url: text(flat["url"]) ?? null,
    profile_image_url: text(flat["profile_image_url_https"]) ?? text(flat["profile_image_url"]) ?? null,
    protected: flag(flat["protected"]),
    verified: flag(flat["verified"]),
    public_metrics: {
      followers_count: number(flat["followers_count"]),
      following_count: number(flat["friends_count"]),
      post_count: number(flat["statuses_count"])
    }
  }
}
