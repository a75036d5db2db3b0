/**
 * The plain data that an emulator starts from: users, conversations and what
 * happened in them, in X's JSON of the post dialect.
 *
 * @since 0.1.0
 */
import type { JsonObject } from "../model/Json.js"
import * as Snowflake from "../model/Snowflake.js"
import * as Texts from "./emulator/Texts.js"
import { allScopes, type App, apps, everyday } from "./fixtures/Apps.js"

/** @since 0.1.0 */
export interface UserJson extends JsonObject {
  readonly id: string
  readonly name: string
  readonly username: string
}

/** @since 0.1.0 */
export interface MediaJson extends JsonObject {
  readonly media_key: string
  readonly type: string
}

/** @since 0.1.0 */
export interface PostJson extends JsonObject {
  readonly id: string
  readonly text: string
}

/**
 * An event with all its fields, as the post dialect names them.
 *
 * @since 0.1.0
 */
export interface EventJson extends JsonObject {
  readonly id: string
  readonly event_type: string
  readonly dm_conversation_id: string
  readonly created_at: string
  readonly sender_id?: string
  readonly text?: string
  readonly participant_ids?: ReadonlyArray<string>
  readonly attachments?: { readonly media_keys: ReadonlyArray<string> }
  readonly referenced_posts?: ReadonlyArray<{ readonly id: string }>
}

/**
 * A conversation and those who were in it from its start; who came and went
 * later is said by its events.
 *
 * @since 0.1.0
 */
export interface Conversation {
  readonly id: string
  readonly members: ReadonlyArray<string>
}

/** @since 0.1.0 */
export interface Token {
  readonly user: string
  readonly scopes: ReadonlyArray<string>
  /** It stands for an app, and no user. */
  readonly appOnly?: boolean
}

/** @since 0.1.0 */
export interface World {
  /** The user whose inbox it is. */
  readonly owner: string
  readonly users: ReadonlyArray<UserJson>
  readonly conversations: ReadonlyArray<Conversation>
  readonly events: ReadonlyArray<EventJson>
  /** A medium can be sent by the number after the underscore of its key. */
  readonly media: ReadonlyArray<MediaJson>
  readonly posts: ReadonlyArray<PostJson>
  /** The access tokens that the server takes for ever; those of logins come and go beside them. */
  readonly tokens: Readonly<Record<string, Token>>
  /** The apps that the server knows; the first is who acts where none is named. */
  readonly apps: ReadonlyArray<App>
}

/**
 * What can happen in a conversation. Links in a `text` become X's short links,
 * and hashtags, mentions and links become entities, as X does it.
 *
 * @since 0.1.0
 */
export type Happening =
  | {
    /** The sender's user id. */
    readonly from: string
    /** The conversation's id. */
    readonly in: string
    readonly text?: string
    /** Keys of media of the world. */
    readonly media?: ReadonlyArray<string>
    /** Ids of shared posts of the world. */
    readonly posts?: ReadonlyArray<string>
  }
  | { readonly joined: ReadonlyArray<string>; readonly in: string; readonly by?: string }
  | { readonly left: ReadonlyArray<string>; readonly in: string }
  /** An event of any JSON; its id, conversation and time are added. */
  | { readonly raw: JsonObject & { readonly event_type: string }; readonly in: string }

/**
 * The event that a happening makes. `at` is in milliseconds since 1970.
 *
 * @since 0.1.0
 */
export const event = (
  happening: Happening,
  id: string,
  at: number,
  userId: (username: string) => string | undefined = () => undefined
): EventJson => {
  const common = { id, dm_conversation_id: happening.in, created_at: new Date(at).toISOString() }
  if ("raw" in happening) return { ...happening.raw, ...common }
  if ("left" in happening) return { ...common, event_type: "ParticipantsLeave", participant_ids: happening.left }
  if ("joined" in happening) {
    return {
      ...common,
      event_type: "ParticipantsJoin",
      participant_ids: happening.joined,
      ...(happening.by === undefined ? undefined : { sender_id: happening.by })
    }
  }
  return {
    ...common,
    event_type: "MessageCreate",
    sender_id: happening.from,
    ...(happening.text === undefined ? undefined : Texts.asStored(happening.text, userId)),
    ...(happening.media === undefined ? undefined : { attachments: { media_keys: happening.media } }),
    ...(happening.posts === undefined ? undefined : { referenced_posts: happening.posts.map((id) => ({ id })) })
  }
}

/**
 * The ids of a user by the names after the @.
 *
 * @since 0.1.0
 */
export const idsByUsername = (users: ReadonlyArray<UserJson>) => {
  const ids = new Map(users.map((user) => [user.username.toLowerCase(), user.id]))
  return (username: string): string | undefined => ids.get(username.toLowerCase())
}

/**
 * Access tokens of a world: `owner` may do all, `readOnly` may not write,
 * `noDirectMessages` has no DM scope, `other` is another user's, and `app` the
 * app-only bearer token.
 *
 * @since 0.1.0
 */
export const tokens = {
  owner: "emulator-token-of-the-owner",
  readOnly: "emulator-token-to-read-only",
  noDirectMessages: "emulator-token-without-dm-scopes",
  other: "emulator-token-of-another-user",
  app: "emulator-app-only-bearer-token"
} as const

/**
 * A world from its parts. The first user is the owner, the second one the
 * holder of `tokens.other`. Each happening has its time, `at`, in
 * milliseconds since 1970, and gets the snowflake id of that time.
 *
 * @example
 * ```ts
 * import { Fixtures } from "@effect-xdm/core/testing"
 *
 * const [me, friend] = [Fixtures.user("1", "me"), Fixtures.user("2", "friend")]
 * const small = Fixtures.world({
 *   users: [me, friend],
 *   conversations: [{ id: "1-2", members: ["1", "2"] }],
 *   events: [{ at: Date.parse("2026-08-01T12:00:00Z"), in: "1-2", from: "2", text: "Hello" }]
 * })
 * ```
 *
 * @since 0.1.0
 */
export const world = (parts: {
  readonly users: readonly [UserJson, ...ReadonlyArray<UserJson>]
  readonly conversations?: ReadonlyArray<Conversation>
  readonly events?: ReadonlyArray<Happening & { readonly at: number }>
  readonly media?: ReadonlyArray<MediaJson>
  readonly posts?: ReadonlyArray<PostJson>
  readonly apps?: readonly [App, ...ReadonlyArray<App>]
}): World => {
  const owner = parts.users[0].id
  const used = new Set<string>()
  const idAt = (at: number) => {
    let sequence = 0
    let id = Snowflake.fromMillis(at)
    while (used.has(id)) id = Snowflake.fromMillis(at, ++sequence)
    used.add(id)
    return id
  }
  const userId = idsByUsername(parts.users)
  return {
    owner,
    users: parts.users,
    conversations: parts.conversations ?? [],
    events: (parts.events ?? []).map((happening) => event(happening, idAt(happening.at), happening.at, userId)),
    media: parts.media ?? [],
    posts: parts.posts ?? [],
    tokens: {
      [tokens.owner]: { user: owner, scopes: allScopes },
      [tokens.readOnly]: { user: owner, scopes: ["dm.read", ...everyday] },
      [tokens.noDirectMessages]: { user: owner, scopes: everyday },
      [tokens.app]: { user: "", scopes: [], appOnly: true },
      ...(parts.users[1] === undefined
        ? undefined
        : { [tokens.other]: { user: parts.users[1].id, scopes: allScopes } })
    },
    apps: parts.apps ?? Object.values(apps)
  }
}
