/**
 * A user of X. `id`, `name` and `username` always come; the rest comes when
 * it is asked for.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Dialect from "./Dialect.js"
import { Entities } from "./Entities.js"
import { received } from "./Ids.js"
import { Timestamp } from "./Timestamp.js"
import { optional, reshaped, struct } from "./Wire.js"

const PublicMetrics = struct({
  followersCount: optional(Schema.Number),
  followingCount: optional(Schema.Number),
  postCount: optional(Schema.Number),
  listedCount: optional(Schema.Number),
  likeCount: optional(Schema.Number),
  mediaCount: optional(Schema.Number)
})

const Affiliation = struct({
  badgeUrl: optional(Schema.String),
  description: optional(Schema.String),
  url: optional(Schema.String),
  userId: optional(Schema.Array(received.UserId))
})

const Withheld = struct({
  countryCodes: optional(Schema.Array(Schema.String)),
  scope: optional(Schema.String)
})

const Fields = struct({
  id: received.UserId,
  name: Schema.String,
  username: received.Username,
  createdAt: optional(Timestamp),
  description: optional(Schema.String),
  location: optional(Schema.String),
  url: optional(Schema.String),
  profileImageUrl: optional(Schema.String),
  profileBannerUrl: optional(Schema.String),
  protected: optional(Schema.Boolean),
  verified: optional(Schema.Boolean),
  verifiedType: optional(Schema.String),
  verifiedFollowersCount: optional(Schema.Number),
  isIdentityVerified: optional(Schema.Boolean),
  parody: optional(Schema.Boolean),
  receivesYourDm: optional(Schema.Boolean),
  subscribesToYou: optional(Schema.Boolean),
  subscription: optional(struct({ subscribesToYou: Schema.Boolean })),
  subscriptionType: optional(Schema.String),
  connectionStatus: optional(Schema.Array(Schema.String)),
  confirmedEmail: optional(Schema.String),
  affiliation: optional(Affiliation),
  entities: optional(struct({ description: optional(Entities), url: optional(Entities) })),
  mostRecentPostId: optional(received.PostId),
  pinnedPostId: optional(received.PostId),
  publicMetrics: optional(PublicMetrics),
  withheld: optional(Withheld)
})

/** @since 0.1.0 */
export interface User extends Schema.Schema.Type<typeof Fields> {}

/**
 * The Schema of a user. It reads both dialects and writes the one named.
 *
 * @since 0.1.0
 */
export const inDialect = (dialect: Dialect.Dialect): Schema.Schema<User, unknown> =>
  reshaped(Fields, { read: Dialect.user.read, write: Dialect.user.write(dialect) })

/**
 * The Schema of a user, writing the post dialect.
 *
 * @since 0.1.0
 */
export const User: Schema.Schema<User, unknown> = inDialect("post")
