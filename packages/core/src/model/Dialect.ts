/**
 * X's two vocabularies. Until July 2026 (OpenAPI 2.166) the API spoke of
 * tweets, since then (2.167) it speaks of posts. The model speaks of posts and
 * reads both; which one goes out to the server is a setting.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { isRecord } from "effect/Predicate"
import type { JsonObject } from "./Json.js"
import * as Snowflake from "./Snowflake.js"

/**
 * The words that requests are made in: `"post"` as X's own SDK of today does,
 * `"tweet"` as all did before.
 *
 * @since 0.1.0
 */
export type Dialect = "post" | "tweet"

/**
 * How one kind of object is reshaped: `read` gives the post dialect whatever
 * the server spoke, `write` gives the dialect asked for.
 *
 * @since 0.1.0
 */
export interface Shape {
  readonly read: (json: unknown) => unknown
  readonly write: (dialect: Dialect) => (json: unknown) => unknown
}

/** The names that differ, from the tweet dialect to the post dialect. */
type Renames = { readonly [tweetName: string]: string }

const rename = (json: JsonObject, renames: ReadonlyArray<readonly [string, string]>): JsonObject => {
  let output: Record<string, unknown> | undefined
  for (const [from, to] of renames) {
    if (json[from] === undefined) continue
    output ??= { ...json }
    delete output[from]
    output[to] ??= json[from]
  }
  return output ?? json
}

const inverse = (renames: Renames) => Object.entries(renames).map(([from, to]) => [to, from] as const)

/** A shape that only renames: fields of the object itself, and fields of objects within it. */
const renaming = (renames: Renames, within: { readonly [field: string]: Renames } = {}): Shape => {
  const apply = (
    own: ReadonlyArray<readonly [string, string]>,
    inner: ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, string]>]>
  ) =>
  (json: unknown): unknown => {
    if (!isRecord(json)) return json
    let output = rename(json, own)
    for (const [field, names] of inner) {
      const value = output[field]
      if (!isRecord(value)) continue
      const renamed = rename(value, names)
      if (renamed !== value) output = { ...output, [field]: renamed }
    }
    return output
  }
  const read = apply(Object.entries(renames), Object.entries(within).map(([f, r]) => [f, Object.entries(r)] as const))
  const write = apply(inverse(renames), Object.entries(within).map(([f, r]) => [f, inverse(r)] as const))
  return { read, write: (dialect) => dialect === "tweet" ? write : (json) => json }
}

/** @since 0.1.0 */
export const user: Shape = renaming(
  { most_recent_tweet_id: "most_recent_post_id", pinned_tweet_id: "pinned_post_id" },
  { public_metrics: { tweet_count: "post_count" } }
)

const postMetrics: Renames = { retweet_count: "repost_count" }

/** @since 0.1.0 */
export const post: Shape = renaming(
  {
    note_tweet: "note_post",
    edit_history_tweet_ids: "edit_history_post_ids",
    referenced_tweets: "referenced_posts"
  },
  { public_metrics: postMetrics, organic_metrics: postMetrics, promoted_metrics: postMetrics }
)

/** @since 0.1.0 */
export const includes: Shape = renaming({ tweets: "posts" })

/** The event types that the model knows; all others become an `UnknownEvent`. */
const knownTypes: ReadonlySet<unknown> = new Set(["MessageCreate", "ParticipantsJoin", "ParticipantsLeave"])

const entityNames = ["hashtags", "cashtags", "mentions", "urls"] as const

const text = (value: unknown): string | undefined => typeof value === "string" ? value : undefined

/** X leaves `created_at` out unless it is asked for, but every snowflake holds it. */
const createdAt = (json: JsonObject): unknown =>
  json["created_at"] ?? Option.getOrUndefined(Option.map(
    Option.flatMap(Option.fromNullable(text(json["id"])), Snowflake.toMillis),
    (millis) => new Date(millis).toISOString()
  ))

const readUnknownEvent = (json: JsonObject): JsonObject => ({
  event_type: "UnknownEvent",
  unknown_type: text(json["event_type"]) ?? null,
  id: json["id"],
  created_at: createdAt(typeof json["created_at"] === "string" ? json : { id: json["id"] }),
  dm_conversation_id: text(json["dm_conversation_id"]) ?? null,
  sender_id: text(json["sender_id"]) ?? null,
  raw: json
})

const readEvent = (json: unknown): unknown => {
  if (!isRecord(json)) return json
  if (!knownTypes.has(json["event_type"])) return readUnknownEvent(json)
  const foundInText = (json["entities"] ?? undefined) === undefined &&
    (json["hashtags"] ?? json["cashtags"] ?? json["mentions"] ?? json["urls"]) !== undefined
  const complete = json["created_at"] !== undefined && json["created_at"] !== null
  if (complete && !foundInText && json["referenced_tweets"] === undefined) return json
  const output: Record<string, unknown> = { ...rename(json, [["referenced_tweets", "referenced_posts"]]) }
  if (!complete) output["created_at"] = createdAt(json)
  if (foundInText) {
    output["entities"] = Object.fromEntries(entityNames.flatMap((name) => name in json ? [[name, json[name]]] : []))
  }
  return output
}

const writeEvent = (dialect: Dialect) => (json: unknown): unknown => {
  if (!isRecord(json)) return json
  if (json["event_type"] === "UnknownEvent") return json["raw"]
  if (dialect === "post") return json
  const renamed = rename(json, [["referenced_posts", "referenced_tweets"]])
  const { entities, ...rest } = renamed
  // Entities of none would leave no trace on the event.
  return isRecord(entities) && Object.keys(entities).length > 0 ? { ...rest, ...entities } : renamed
}

/**
 * An event: the tweet dialect keeps what X found in the text on the event
 * itself, the post dialect under `entities`.
 *
 * @since 0.1.0
 */
export const event: Shape = { read: readEvent, write: writeEvent }
