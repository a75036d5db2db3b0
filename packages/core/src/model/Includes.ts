/**
 * The objects that a page's events refer to, asked for by `expansions`.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Dialect from "./Dialect.js"
import type { MediaKey, PostId, UserId } from "./Ids.js"
import * as Media from "./Media.js"
import * as Post from "./Post.js"
import * as User from "./User.js"
import { list, reshaped, struct } from "./Wire.js"

const fields = (dialect: Dialect.Dialect) =>
  struct({
    users: list(User.inDialect(dialect)),
    media: list(Media.Media),
    posts: list(Post.inDialect(dialect))
  })

/** @since 0.1.0 */
export interface Includes extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * The Schema of the includes. It reads both dialects and writes the one named.
 *
 * @since 0.1.0
 */
export const inDialect = (dialect: Dialect.Dialect): Schema.Schema<Includes, unknown> =>
  reshaped(fields(dialect), { read: Dialect.includes.read, write: Dialect.includes.write(dialect) })

/**
 * The Schema of the includes, writing the post dialect.
 *
 * @since 0.1.0
 */
export const Includes: Schema.Schema<Includes, unknown> = inDialect("post")

/**
 * No includes, as on a page for which nothing was expanded.
 *
 * @since 0.1.0
 */
export const empty: Includes = { users: [], media: [], posts: [] }

interface Index {
  readonly users: ReadonlyMap<string, User.User>
  readonly media: ReadonlyMap<string, Media.Media>
  readonly posts: ReadonlyMap<string, Post.Post>
}

// An index lives as long as its includes, and is made on the first look-up.
const indexes = new WeakMap<Includes, Index>()

const indexOf = (includes: Includes): Index => {
  const known = indexes.get(includes)
  if (known !== undefined) return known
  const index = {
    users: new Map(includes.users.map((user) => [user.id, user] as const)),
    media: new Map(includes.media.map((media) => [media.mediaKey, media] as const)),
    posts: new Map(includes.posts.map((post) => [post.id, post] as const))
  }
  indexes.set(includes, index)
  return index
}

/**
 * The user with this id, if the page brought it.
 *
 * @example
 * ```ts
 * import { Ids, Includes } from "@effect-xdm/core"
 *
 * Includes.user(Includes.empty, Ids.UserId.make("2244994945")) // Option.none()
 * ```
 *
 * @since 0.1.0
 */
export const user = (includes: Includes, id: UserId): Option.Option<User.User> =>
  Option.fromNullable(indexOf(includes).users.get(id))

/**
 * The medium with this key, if the page brought it.
 *
 * @since 0.1.0
 */
export const media = (includes: Includes, key: MediaKey): Option.Option<Media.Media> =>
  Option.fromNullable(indexOf(includes).media.get(key))

/**
 * The post with this id, if the page brought it.
 *
 * @since 0.1.0
 */
export const post = (includes: Includes, id: PostId): Option.Option<Post.Post> =>
  Option.fromNullable(indexOf(includes).posts.get(id))
