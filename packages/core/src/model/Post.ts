/**
 * A post (a tweet, in X's older words) that an event refers to. `id` and
 * `text` always come; the rest comes when it is asked for.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Dialect from "./Dialect.js"
import { Entities } from "./Entities.js"
import { received } from "./Ids.js"
import { Timestamp } from "./Timestamp.js"
import { optional, reshaped, struct } from "./Wire.js"

/** Parts of a post that a reader of messages seldom looks at: X's JSON under X's names. */
const AsSent = Schema.Unknown

const Attachments = struct({
  mediaKeys: optional(Schema.Array(received.MediaKey)),
  mediaSourceTweetId: optional(Schema.Array(received.PostId)),
  pollIds: optional(Schema.Array(Schema.String))
})

const PublicMetrics = struct({
  repostCount: optional(Schema.Number),
  replyCount: optional(Schema.Number),
  likeCount: optional(Schema.Number),
  quoteCount: optional(Schema.Number),
  bookmarkCount: optional(Schema.Number),
  impressionCount: optional(Schema.Number)
})

const Fields = struct({
  id: received.PostId,
  text: Schema.String,
  authorId: optional(received.UserId),
  username: optional(Schema.String),
  createdAt: optional(Timestamp),
  conversationId: optional(received.PostId),
  inReplyToUserId: optional(received.UserId),
  lang: optional(Schema.String),
  source: optional(Schema.String),
  possiblySensitive: optional(Schema.Boolean),
  paidPartnership: optional(Schema.Boolean),
  replySettings: optional(Schema.String),
  cardUri: optional(Schema.String),
  communityId: optional(Schema.String),
  attachments: optional(Attachments),
  entities: optional(Entities),
  notePost: optional(struct({ text: Schema.String, entities: optional(Entities) })),
  referencedPosts: optional(Schema.Array(struct({ type: Schema.String, id: received.PostId }))),
  editHistoryPostIds: optional(Schema.Array(received.PostId)),
  publicMetrics: optional(PublicMetrics),
  article: optional(AsSent),
  articleTitle: optional(AsSent),
  contextAnnotations: optional(AsSent),
  displayTextRange: optional(AsSent),
  editControls: optional(AsSent),
  geo: optional(AsSent),
  matchedMediaNotes: optional(AsSent),
  mediaMetadata: optional(AsSent),
  nonPublicMetrics: optional(AsSent),
  noteRequestSuggestions: optional(AsSent),
  organicMetrics: optional(AsSent),
  promotedMetrics: optional(AsSent),
  scopes: optional(AsSent),
  suggestedSourceLinks: optional(AsSent),
  suggestedSourceLinksWithCounts: optional(AsSent),
  withheld: optional(AsSent)
})

/** @since 0.1.0 */
export interface Post extends Schema.Schema.Type<typeof Fields> {}

/**
 * The Schema of a post. It reads both dialects and writes the one named.
 *
 * @since 0.1.0
 */
export const inDialect = (dialect: Dialect.Dialect): Schema.Schema<Post, unknown> =>
  reshaped(Fields, { read: Dialect.post.read, write: Dialect.post.write(dialect) })

/**
 * The Schema of a post, writing the post dialect.
 *
 * @since 0.1.0
 */
export const Post: Schema.Schema<Post, unknown> = inDialect("post")
