/** What the server knows, and what changes while it runs. */
import * as Snowflake from "../../model/Snowflake.js"
import * as World from "../World.js"
import { mediaOf, Uploads } from "./Uploads.js"

/** A conversation, with the id of the leave event of each who left and did not come back. */
interface Room {
  readonly members: Set<string>
  readonly left: Map<string, string>
}

/** The time of ids on a clock before the snowflakes, like a test's that starts in 1970. */
const firstMillis = Date.UTC(2020, 0, 1)

const day = 24 * 60 * 60_000

/** Those who are in a conversation from the first thing that happens in it. */
const founders = (happening: World.Happening): ReadonlyArray<string> => {
  if (happening.in.includes("-")) return happening.in.split("-")
  if ("from" in happening) return [happening.from]
  return "joined" in happening && happening.by !== undefined ? [happening.by] : []
}

const oldestFirst = (a: World.EventJson, b: World.EventJson) => Snowflake.order(a.id, b.id)

export class Store {
  readonly users: ReadonlyMap<string, World.UserJson>
  readonly media: Map<string, World.MediaJson>
  readonly posts: ReadonlyMap<string, World.PostJson>
  readonly userId: (username: string) => string | undefined
  readonly uploads = new Uploads()
  /** Whom each user has blocked. */
  private readonly blocks = new Map<string, Set<string>>()
  /** Events that never arrived at a user, because of a block. */
  private readonly hidden = new Map<string, string>()
  private newestMedia = "0"
  /** Told of all that happens. */
  readonly listeners: Array<(event: World.EventJson, now: number) => void> = []
  private readonly rooms = new Map<string, Room>()
  /** Newest first. */
  private events: Array<World.EventJson> = []

  constructor(readonly world: World.World, private readonly horizonDays: number) {
    this.users = new Map(world.users.map((user) => [user.id, user]))
    this.media = new Map(world.media.map((media) => [media.media_key, media]))
    this.posts = new Map(world.posts.map((post) => [post.id, post]))
    this.userId = World.idsByUsername(world.users)
    for (const { id, members } of world.conversations) this.open(id, members)
    for (const event of [...world.events].sort(oldestFirst)) this.place(event)
  }

  open(conversation: string, members: ReadonlyArray<string>): void {
    this.rooms.set(conversation, { members: new Set(members), left: new Map() })
  }

  exists(conversation: string): boolean {
    return this.rooms.has(conversation)
  }

  /** Whether a user is in a conversation, was in it, or never was. */
  membership(conversation: string, user: string): "member" | "left" | "stranger" {
    const room = this.rooms.get(conversation)
    if (room === undefined || !room.members.has(user)) return "stranger"
    return room.left.has(user) ? "left" : "member"
  }

  /** Adds what happens now, and gives the new event. */
  happen(happening: World.Happening, now: number): World.EventJson {
    if (!this.exists(happening.in)) this.open(happening.in, founders(happening))
    const id = this.newId(now)
    const event = World.event(happening, id, now, this.userId)
    const blocker = event.sender_id === undefined ? undefined : this.blockerOf(event.sender_id, happening.in)
    if (blocker !== undefined) this.hidden.set(id, blocker)
    for (const key of event.attachments?.media_keys ?? []) this.attach(key, event, now)
    this.place(event)
    // Who has blocked the sender is told nothing.
    if (blocker === undefined) { for (const listener of this.listeners) listener(event, now) }
    return event
  }

  /** An upload that was never sent before gets its place among the media. */
  private attach(key: string, { id, sender_id: sender = "" }: World.EventJson, now: number): void {
    if (this.media.has(key)) return
    const upload = this.uploads.find(key.replace(/^.*_/, ""), sender, now)
    if (upload !== undefined) this.media.set(key, mediaOf(upload, id))
  }

  /** The key of a medium that a user can send: one of the world, by the number in its key, or an own upload. */
  attachable(mediaId: string, user: string, now: number): string | undefined {
    return this.uploads.ready(mediaId, user, now)?.key ??
      this.world.media.find(({ media_key }) => media_key.endsWith(`_${mediaId}`))?.media_key
  }

  newMediaId(now: number): string {
    const id = Snowflake.fromMillis(now < Snowflake.epochMillis ? firstMillis : now)
    this.newestMedia = Snowflake.order(this.newestMedia, id) < 0 ? id : String(BigInt(this.newestMedia) + 1n)
    return this.newestMedia
  }

  block(blocker: string, user: string, blocked: boolean): void {
    const all = this.blocks.get(blocker) ?? new Set()
    if (blocked) all.add(user)
    else all.delete(user)
    this.blocks.set(blocker, all)
  }

  /** The other user of a one-to-one conversation, if they have blocked this one. */
  blockerOf(user: string, conversation: string): string | undefined {
    if (this.blocks.size === 0 || !conversation.includes("-")) return undefined
    return conversation.split("-").find((other) => other !== user && this.blocks.get(other)?.has(user) === true)
  }

  /** A new id, above that of every event: of now, unless something is dated later than now. */
  newId(now: number): string {
    const id = Snowflake.fromMillis(now < Snowflake.epochMillis ? firstMillis : now)
    const newest = this.events[0]
    return newest === undefined || Snowflake.order(newest.id, id) < 0 ? id : String(BigInt(newest.id) + 1n)
  }

  /** Takes an event away for everyone, and says whether there was one. */
  remove(id: string): boolean {
    const before = this.events.length
    this.events = this.events.filter((event) => event.id !== id)
    return this.events.length < before
  }

  /** What a user can see, newest first, in one conversation or in all. */
  visible(user: string, now: number, conversation?: string): ReadonlyArray<World.EventJson> {
    const oldest = Snowflake.fromMillis(now - this.horizonDays * day)
    const seen: Array<World.EventJson> = []
    for (const event of this.events) {
      if (Snowflake.order(event.id, oldest) < 0) break
      if (conversation !== undefined && event.dm_conversation_id !== conversation) continue
      const room = this.rooms.get(event.dm_conversation_id)
      if (room === undefined || !room.members.has(user) || this.hidden.get(event.id) === user) continue
      const leave = room.left.get(user)
      if (leave === undefined || Snowflake.order(event.id, leave) <= 0) seen.push(event)
    }
    return seen
  }

  private place(event: World.EventJson): void {
    this.events.unshift(event)
    const room = this.rooms.get(event.dm_conversation_id)
    if (room === undefined) return
    for (const user of event.participant_ids ?? []) {
      if (event.event_type === "ParticipantsJoin") {
        room.members.add(user)
        room.left.delete(user)
      } else if (event.event_type === "ParticipantsLeave") room.left.set(user, event.id)
    }
  }
}
