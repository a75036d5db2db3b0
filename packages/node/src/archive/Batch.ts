/** What is written to an archive at once, gathered from whatever came. */
import { type DmEvent, Media, Post, Snowflake, User } from "@effect-xdm/core"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Addable } from "./ArchiveModel.js"
import * as Enrich from "./Enrich.js"
import * as EventJson from "./EventJson.js"
import type { Json } from "./EventJson.js"

/** An event, and when it was marked as deleted, in milliseconds since 1970. */
export interface Kept {
  readonly event: DmEvent.DmEvent
  readonly json: Json
  readonly deletedAt: number | undefined
}

/** A user, medium or post as it was at a moment, in milliseconds since 1970. */
export interface Seen {
  readonly json: Json
  readonly seenAt: number
}

/** By their ids. */
export interface Batch {
  readonly events: Map<string, Kept>
  readonly users: Map<string, Seen>
  readonly media: Map<string, Seen>
  readonly posts: Map<string, Seen>
}

export const empty = (): Batch => ({ events: new Map(), users: new Map(), media: new Map(), posts: new Map() })

// What these schemas write is always an object.
const encodeUser = Schema.encodeSync(User.User) as (user: User.User) => Json
const encodeMedia = Schema.encodeSync(Media.Media) as (media: Media.Media) => Json
const encodePost = Schema.encodeSync(Post.Post) as (post: Post.Post) => Json

/** Of two copies of one event within a batch, the later one is the newer. */
export const addEvent = (
  { events }: Batch,
  event: DmEvent.DmEvent,
  deletedAt?: number,
  json = EventJson.encode(event)
): void => {
  const kept = { event, json, deletedAt }
  const known = events.get(event.id)
  events.set(event.id, known === undefined ? kept : enriched(known, kept))
}

const enriched = (known: Kept, { deletedAt, event, json }: Kept): Kept => {
  const merged = Enrich.merge(known.json, json)
  return { event: EventJson.decode(merged) ?? event, json: merged, deletedAt: deletedAt ?? known.deletedAt }
}

export const addSeen = (things: Map<string, Seen>, id: string, json: Json, seenAt: number): void => {
  const known = things.get(id)
  if (known === undefined) things.set(id, { json, seenAt })
  else things.set(id, newest(known, { json, seenAt }))
}

/** What is known by two copies; where they differ, the one that was seen later is right. */
export const newest = (known: Seen, seen: Seen): Seen =>
  known.seenAt <= seen.seenAt
    ? { json: Enrich.merge(known.json, seen.json), seenAt: seen.seenAt }
    : { json: Enrich.merge(seen.json, known.json), seenAt: known.seenAt }

interface Referred {
  readonly users: Iterable<User.User>
  readonly media: Iterable<Media.Media>
  readonly posts: Iterable<Post.Post>
}

const addReferred = (batch: Batch, { media, posts, users }: Referred, now: number): void => {
  for (const user of users) addSeen(batch.users, user.id, encodeUser(user), now)
  for (const each of media) addSeen(batch.media, each.mediaKey, encodeMedia(each), now)
  for (const post of posts) addSeen(batch.posts, post.id, encodePost(post), now)
}

/** Adds what came at a moment, in milliseconds since 1970; gives how many events it was. */
export const add = (batch: Batch, item: Addable, now: number): number => {
  if ("events" in item) {
    for (const event of item.events) addEvent(batch, event)
    addReferred(batch, item.includes, now)
    return item.events.length
  }
  if ("_tag" in item) {
    addEvent(batch, item)
    return 1
  }
  const deletedAt = "deletedAt" in item ? Option.getOrUndefined(item.deletedAt) : undefined
  addEvent(batch, item.event, deletedAt === undefined ? undefined : DateTime.toEpochMillis(deletedAt))
  addReferred(batch, {
    users: [...Option.toArray(item.sender), ...item.participants],
    media: item.media,
    posts: item.posts
  }, now)
  return 1
}

/** What new events change of a conversation. */
export interface Change {
  readonly id: string
  events: number
  messages: number
  oldest: string
  newest: string
  lastMessage: string | undefined
  /** The newest sign that someone is there, or is not. */
  readonly signs: Map<string, { readonly present: boolean; readonly at: string }>
}

const fresh = (id: string, event: DmEvent.DmEvent): Change => ({
  id,
  events: 0,
  messages: 0,
  oldest: event.id,
  newest: event.id,
  lastMessage: undefined,
  signs: new Map()
})

const sign = ({ signs }: Change, users: Iterable<string>, present: boolean, at: string): void => {
  for (const user of users) {
    const known = signs.get(user)
    if (known === undefined || !Snowflake.isNewer(known.at, at)) signs.set(user, { present, at })
  }
}

/** What events that the archive did not count before change of their conversations. */
export const changes = (events: Iterable<DmEvent.DmEvent>): ReadonlyArray<Change> => {
  const changes = new Map<string, Change>()
  for (const event of events) {
    const id = event.dmConversationId
    if (id === undefined) continue
    const change = changes.get(id) ?? fresh(id, event)
    changes.set(id, change)
    change.events++
    if (Snowflake.isNewer(event.id, change.newest)) change.newest = event.id
    if (Snowflake.isNewer(change.oldest, event.id)) change.oldest = event.id
    if (event._tag === "MessageCreate") {
      change.messages++
      if (change.lastMessage === undefined || Snowflake.isNewer(event.id, change.lastMessage)) {
        change.lastMessage = event.id
      }
    }
    // The two halves of a one-to-one conversation's id are its people.
    if (id.includes("-")) sign(change, id.split("-"), true, event.id)
    if (event.senderId !== undefined) sign(change, [event.senderId], true, event.id)
    if (event._tag !== "UnknownEvent") {
      sign(change, event.participantIds ?? [], event._tag !== "ParticipantsLeave", event.id)
    }
  }
  return [...changes.values()]
}

/** Whether an id can be kept: a snowflake that fits 64 bits. */
export const isSnowflake = (id: string): boolean =>
  /^(0|[1-9]\d{0,18})$/.test(id) && BigInt(id) <= 9_223_372_036_854_775_807n
