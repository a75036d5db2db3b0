/** Events and users as one dialect writes them, with the fields and the included objects that were asked for. */
import * as Dialect from "../../model/Dialect.js"
import type { JsonObject } from "../../model/Json.js"
import type { EventJson, MediaJson, PostJson, UserJson } from "../World.js"
import * as Problems from "./Problems.js"
import type { Selection } from "./Queries.js"
import type { Store } from "./Store.js"

const pick = (json: JsonObject, names: ReadonlyArray<string>): JsonObject =>
  Object.fromEntries(names.flatMap((name) => json[name] === undefined ? [] : [[name, json[name]]]))

/** The field of an event that an expansion brings, in the names of the post dialect. */
const fieldOf: Readonly<Record<string, string>> = {
  "attachments.media_keys": "attachments",
  participant_ids: "participant_ids",
  sender_id: "sender_id",
  referenced_posts: "referenced_posts",
  "referenced_tweets.id": "referenced_posts"
}

const eventFields = (event: EventJson, { dmEvent, expansions }: Selection): ReadonlyArray<string> => [
  "id",
  "event_type",
  ...dmEvent?.map((name) => name === "referenced_tweets" ? "referenced_posts" : name) ??
    (event.event_type === "MessageCreate" ? ["text"] : ["participant_ids"]),
  ...expansions.map((name) => fieldOf[name]!)
]

export const event = (event: EventJson, selection: Selection, dialect: Dialect.Dialect): unknown =>
  Dialect.event.write(dialect)(pick(event, eventFields(event, selection)))

// What the writers of Dialect give for an object is an object.
const inDialect = (json: JsonObject, shape: Dialect.Shape, dialect: Dialect.Dialect) =>
  shape.write(dialect)(json) as JsonObject

const user = (json: UserJson, fields: ReadonlyArray<string>, dialect: Dialect.Dialect) =>
  pick(inDialect(json, Dialect.user, dialect), ["id", "name", "username", ...fields])

const post = (json: PostJson, { post }: Selection, dialect: Dialect.Dialect) =>
  pick(inDialect({ edit_history_post_ids: [json.id], ...json }, Dialect.post, dialect), [
    "id",
    "text",
    `edit_history_${dialect}_ids`,
    ...post
  ])

const media = (json: MediaJson, { media }: Selection) => pick(json, ["media_key", "type", ...media])

/** Looks up each id once; those that nothing is known of become partial errors. */
const lookUp = <A>(
  ids: ReadonlyArray<string>,
  known: ReadonlyMap<string, A>,
  resource: string,
  parameterOf: (id: string) => string
): { readonly found: ReadonlyArray<A>; readonly missing: ReadonlyArray<Problems.Refusal> } => {
  const unique = [...new Set(ids)]
  return {
    found: unique.flatMap((id) => known.get(id) ?? []),
    missing: unique.filter((id) => !known.has(id)).map((id) => Problems.notFound(resource, parameterOf(id), id))
  }
}

/** `includes` and `errors` of an answer, each left out when there is nothing in it. */
const envelope = (
  parts: {
    readonly users: ReadonlyArray<JsonObject>
    readonly media: ReadonlyArray<JsonObject>
    readonly posts: ReadonlyArray<JsonObject>
  },
  missing: ReadonlyArray<Problems.Refusal>,
  dialect: Dialect.Dialect
): JsonObject => {
  const filled = Object.fromEntries(Object.entries(parts).filter(([, items]) => items.length > 0))
  return {
    ...(Object.keys(filled).length === 0 ? undefined : { includes: inDialect(filled, Dialect.includes, dialect) }),
    ...(missing.length === 0 ? undefined : { errors: missing.map((each) => Problems.toJson(each, dialect)) })
  }
}

/** What comes with events: the objects that were asked for by expansions. */
export const withEvents = (
  events: ReadonlyArray<EventJson>,
  selection: Selection,
  dialect: Dialect.Dialect,
  store: Store
): JsonObject => {
  const asked = new Set(selection.expansions.map((name) => fieldOf[name]!))
  const idsOf = (field: string, ids: (event: EventJson) => ReadonlyArray<string | undefined>) =>
    asked.has(field) ? events.flatMap(ids).filter((id) => id !== undefined) : []
  const senders = idsOf("sender_id", (each) => [each.sender_id])
  const users = lookUp(
    [...senders, ...idsOf("participant_ids", (each) => each.participant_ids ?? [])],
    store.users,
    "user",
    (id) => senders.includes(id) ? "sender_id" : "participant_ids"
  )
  const files = lookUp(
    idsOf("attachments", (each) => each.attachments?.media_keys ?? []),
    store.media,
    "media",
    () => "attachments.media_keys"
  )
  const posts = lookUp(
    idsOf("referenced_posts", (each) => (each.referenced_posts ?? []).map(({ id }) => id)),
    store.posts,
    dialect,
    () => dialect === "post" ? "referenced_posts" : "referenced_tweets.id"
  )
  return envelope(
    {
      users: users.found.map((each) => user(each, selection.user, dialect)),
      media: files.found.map((each) => media(each, selection)),
      posts: posts.found.map((each) => post(each, selection, dialect))
    },
    [...users.missing, ...files.missing, ...posts.missing],
    dialect
  )
}

/** The answer about one user. The expansions of a user bring fields, and the posts that these name. */
export const aboutUser = (json: UserJson, selection: Selection, dialect: Dialect.Dialect, store: Store): JsonObject => {
  const fields = selection.expansions.map((name) => name.replace(/\.user_id$/, ""))
  const written = inDialect(json, Dialect.user, dialect)
  const posts = fields.flatMap((name) => {
    const id = written[name]
    return store.posts.get(typeof id === "string" ? id : "") ?? []
  })
  return {
    data: user(json, [...selection.user, ...fields], dialect),
    ...envelope({ users: [], media: [], posts: posts.map((each) => post(each, selection, dialect)) }, [], dialect)
  }
}
