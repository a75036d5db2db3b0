/**
 * The names by which one asks for fields and expansions, those of both
 * dialects side by side.
 *
 * Source: the parameter enumerations of X's OpenAPI description, 2.166
 * ("tweet") and 2.167 ("post").
 *
 * @since 0.1.0
 */
import type { Dialect } from "./Dialect.js"

/** Where a name goes in one dialect: a field, an expansion that brings the field, or nowhere. */
type Place = string | { readonly expansion: string } | undefined

/**
 * Names, and where each goes in either dialect.
 *
 * @since 0.1.0
 */
export type Vocabulary = { readonly [name: string]: { readonly [D in Dialect]: Place } }

const alike = <const Names extends ReadonlyArray<string>>(...names: Names) =>
  Object.fromEntries(names.map((name) => [name, { tweet: name, post: name }])) as {
    readonly [Name in Names[number]]: { readonly tweet: Name; readonly post: Name } // what fromEntries was given
  }

const referenced = { tweet: "referenced_tweets", post: { expansion: "referenced_posts" } }

/** @since 0.1.0 */
export const dmEvent = {
  ...alike("id", "event_type", "text", "created_at", "dm_conversation_id", "attachments", "entities"),
  sender_id: { tweet: "sender_id", post: { expansion: "sender_id" } },
  participant_ids: { tweet: "participant_ids", post: { expansion: "participant_ids" } },
  referenced_posts: referenced,
  referenced_tweets: referenced
} satisfies Vocabulary

const referencedExpansion = { tweet: "referenced_tweets.id", post: "referenced_posts" }

/** @since 0.1.0 */
export const dmEventExpansion = {
  ...alike("attachments.media_keys", "participant_ids", "sender_id"),
  referenced_posts: referencedExpansion,
  "referenced_tweets.id": referencedExpansion
} satisfies Vocabulary

const mostRecentPost = { tweet: "most_recent_tweet_id", post: { expansion: "most_recent_post_id" } }
const pinnedPost = { tweet: "pinned_tweet_id", post: { expansion: "pinned_post_id" } }

/** @since 0.1.0 */
export const user = {
  ...alike(
    "id",
    "name",
    "username",
    "created_at",
    "description",
    "entities",
    "location",
    "url",
    "profile_image_url",
    "profile_banner_url",
    "protected",
    "public_metrics",
    "verified",
    "verified_type",
    "verified_followers_count",
    "is_identity_verified",
    "parody",
    "receives_your_dm",
    "connection_status",
    "confirmed_email",
    "subscription",
    "subscription_type",
    "withheld"
  ),
  affiliation: { tweet: "affiliation", post: { expansion: "affiliation" } },
  most_recent_post_id: mostRecentPost,
  most_recent_tweet_id: mostRecentPost,
  pinned_post_id: pinnedPost,
  pinned_tweet_id: pinnedPost,
  subscribes_to_you: { tweet: undefined, post: "subscribes_to_you" }
} satisfies Vocabulary

const affiliationExpansion = { tweet: "affiliation.user_id", post: "affiliation" }
const mostRecentExpansion = { tweet: "most_recent_tweet_id", post: "most_recent_post_id" }
const pinnedExpansion = { tweet: "pinned_tweet_id", post: "pinned_post_id" }

/** @since 0.1.0 */
export const userExpansion = {
  affiliation: affiliationExpansion,
  "affiliation.user_id": affiliationExpansion,
  most_recent_post_id: mostRecentExpansion,
  most_recent_tweet_id: mostRecentExpansion,
  pinned_post_id: pinnedExpansion,
  pinned_tweet_id: pinnedExpansion
} satisfies Vocabulary

/** @since 0.1.0 */
export const media = alike(
  "media_key",
  "type",
  "url",
  "preview_image_url",
  "alt_text",
  "width",
  "height",
  "duration_ms",
  "variants",
  "public_metrics",
  "non_public_metrics",
  "organic_metrics",
  "promoted_metrics"
)

const tweetOnly = (name: string) => ({ tweet: name, post: undefined })
const note = { tweet: "note_tweet", post: "note_post" }

/** @since 0.1.0 */
export const post = {
  ...alike(
    "id",
    "text",
    "created_at",
    "attachments",
    "entities",
    "public_metrics",
    "lang",
    "source",
    "conversation_id",
    "possibly_sensitive",
    "paid_partnership",
    "reply_settings",
    "community_id",
    "card_uri",
    "article",
    "context_annotations",
    "display_text_range",
    "edit_controls",
    "geo",
    "matched_media_notes",
    "media_metadata",
    "non_public_metrics",
    "note_request_suggestions",
    "organic_metrics",
    "promoted_metrics",
    "scopes",
    "suggested_source_links",
    "suggested_source_links_with_counts",
    "withheld"
  ),
  article_title: { tweet: undefined, post: "article_title" },
  note_post: note,
  note_tweet: note,
  author_id: tweetOnly("author_id"),
  in_reply_to_user_id: tweetOnly("in_reply_to_user_id"),
  edit_history_post_ids: tweetOnly("edit_history_tweet_ids"),
  edit_history_tweet_ids: tweetOnly("edit_history_tweet_ids"),
  referenced_posts: tweetOnly("referenced_tweets"),
  referenced_tweets: tweetOnly("referenced_tweets")
} satisfies Vocabulary
