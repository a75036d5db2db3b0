/**
 * What X found in a text: hashtags, cashtags, mentions and links, each with
 * its place, counted in characters from zero, the end exclusive.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { received } from "./Ids.js"
import { optional, struct } from "./Wire.js"

const place = { start: Schema.Number, end: Schema.Number }

/**
 * A hashtag or a cashtag, without its # or $.
 *
 * @since 0.1.0
 */
export const Tag = struct({ ...place, tag: Schema.String })
/** @since 0.1.0 */
export interface Tag extends Schema.Schema.Type<typeof Tag> {}

/**
 * A mention of a user.
 *
 * @since 0.1.0
 */
export const Mention = struct({
  ...place,
  username: optional(received.Username),
  id: optional(received.UserId)
})
/** @since 0.1.0 */
export interface Mention extends Schema.Schema.Type<typeof Mention> {}

const LinkImage = struct({
  url: optional(Schema.String),
  width: optional(Schema.Number),
  height: optional(Schema.Number)
})

/**
 * A link: `url` is X's short one, `expandedUrl` where it leads.
 *
 * @since 0.1.0
 */
export const Link = struct({
  ...place,
  url: optional(Schema.String),
  expandedUrl: optional(Schema.String),
  displayUrl: optional(Schema.String),
  unwoundUrl: optional(Schema.String),
  mediaKey: optional(received.MediaKey),
  title: optional(Schema.String),
  description: optional(Schema.String),
  status: optional(Schema.Number),
  images: optional(Schema.Array(LinkImage))
})
/** @since 0.1.0 */
export interface Link extends Schema.Schema.Type<typeof Link> {}

/**
 * All that X found in one text.
 *
 * @since 0.1.0
 */
export const Entities = struct({
  hashtags: optional(Schema.Array(Tag)),
  cashtags: optional(Schema.Array(Tag)),
  mentions: optional(Schema.Array(Mention)),
  urls: optional(Schema.Array(Link))
})
/** @since 0.1.0 */
export interface Entities extends Schema.Schema.Type<typeof Entities> {}
