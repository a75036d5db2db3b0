/**
 * Events as they are kept: X's JSON in the post dialect, which is what the
 * Schema of an event writes. A person's whole history goes through here, and
 * the Schema takes ten times as long; a property test holds the two equal.
 */
import { Decoder, DmEvent } from "@effect-xdm/core"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"

/** X's JSON. */
export type Json = { readonly [name: string]: unknown }

const entityNames: { readonly [name: string]: string } = {
  expandedUrl: "expanded_url",
  displayUrl: "display_url",
  unwoundUrl: "unwound_url",
  mediaKey: "media_key"
}

/** Of one thing that X found in a text: flat, but for the pictures of a link, whose names are the same in both. */
const entity = (found: object): Json => {
  const json: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(found)) json[entityNames[name] ?? name] = value
  return json
}

const entities = (found: NonNullable<DmEvent.MessageCreate["entities"]>): Json => {
  const json: Record<string, unknown> = {}
  for (const [name, list] of Object.entries(found)) json[name] = list.map(entity)
  return json
}

const attachments = ({ cardIds, mediaKeys }: NonNullable<DmEvent.MessageCreate["attachments"]>): Json => ({
  ...(mediaKeys === undefined ? undefined : { media_keys: mediaKeys }),
  ...(cardIds === undefined ? undefined : { card_ids: cardIds })
})

/** An event as X's JSON. */
export const encode = (event: DmEvent.DmEvent): Json => {
  // What X sent as an event of a kind that is not known was an object, or it would have had no id.
  if (event._tag === "UnknownEvent") return event.raw as Json
  const json: Record<string, unknown> = {
    event_type: event._tag,
    id: event.id,
    created_at: DateTime.formatIso(event.createdAt)
  }
  if (event.dmConversationId !== undefined) json["dm_conversation_id"] = event.dmConversationId
  if (event.senderId !== undefined) json["sender_id"] = event.senderId
  if (event._tag === "MessageCreate") {
    if (event.text !== undefined) json["text"] = event.text
    if (event.attachments !== undefined) json["attachments"] = attachments(event.attachments)
    if (event.entities !== undefined) json["entities"] = entities(event.entities)
    if (event.referencedPosts !== undefined) json["referenced_posts"] = event.referencedPosts
  }
  if (event.participantIds !== undefined) json["participant_ids"] = event.participantIds
  return json
}

const decodeEvent = Decoder.compile(DmEvent.DmEvent)

/** An event from X's JSON, in either dialect; nothing for what is none. */
export const decode = (json: unknown): DmEvent.DmEvent | undefined => Either.getOrUndefined(decodeEvent(json))
