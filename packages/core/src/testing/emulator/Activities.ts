/** Events in the form in which X pushes them: that of its older API. */
import type { JsonObject } from "../../model/Json.js"
import type { EventJson, UserJson } from "../World.js"

const isRecord = (value: unknown): value is JsonObject => typeof value === "object" && value !== null

const list = (value: unknown): ReadonlyArray<JsonObject> => Array.isArray(value) ? value.filter(isRecord) : []

const entities = (value: unknown): JsonObject => {
  const found = isRecord(value) ? value : {}
  const indices = ({ end, start }: JsonObject) => [start, end]
  const tags = (items: unknown) => list(items).map((item) => ({ text: item["tag"], indices: indices(item) }))
  return {
    hashtags: tags(found["hashtags"]),
    symbols: tags(found["cashtags"]),
    user_mentions: list(found["mentions"]).map((item) => ({
      screen_name: item["username"],
      id_str: item["id"],
      indices: indices(item)
    })),
    urls: list(found["urls"]).map((item) => ({
      url: item["url"],
      expanded_url: item["expanded_url"],
      display_url: item["display_url"],
      indices: indices(item)
    }))
  }
}

const types: { readonly [prefix: string]: string } = { 3: "photo", 7: "video", 16: "animated_gif" }

const attachment = ([key]: ReadonlyArray<string>): JsonObject => {
  const [prefix = "", id] = (key ?? "").split("_")
  return { attachment: { type: "media", media: { id_str: id, media_key: key, type: types[prefix] ?? "photo" } } }
}

/** The payload of a message between two, which names no conversation. */
export const message = (
  event: EventJson,
  recipient: string,
  users: ReadonlyArray<UserJson | undefined>
): JsonObject => ({
  direct_message_events: [{
    type: "message_create",
    id: event.id,
    created_timestamp: String(Date.parse(event.created_at)),
    message_create: {
      target: { recipient_id: recipient },
      sender_id: event.sender_id,
      message_data: {
        text: event.text ?? "",
        entities: entities(event["entities"]),
        ...(event.attachments === undefined ? undefined : attachment(event.attachments.media_keys))
      }
    }
  }],
  users: Object.fromEntries(users.flatMap((user) => user === undefined ? [] : [[user.id, { data: user }]]))
})
