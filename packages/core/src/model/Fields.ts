/**
 * The names by which one asks for fields and expansions, in either dialect,
 * and how they go out in the dialect that is spoken.
 *
 * Source: the parameter enumerations of X's OpenAPI description, 2.166
 * ("tweet") and 2.167 ("post").
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import type { Dialect } from "./Dialect.js"

/** Where a name goes in one dialect: a field, an expansion that brings the field, or nowhere. */
type Place = string | { readonly expansion: string } | undefined

type Vocabulary = { readonly [name: string]: { readonly [D in Dialect]: Place } }

const alike = <const Names extends ReadonlyArray<string>>(...names: Names) =>
  Object.fromEntries(names.map((name) => [name, { tweet: name, post: name }])) as {
    readonly [Name in Names[number]]: { readonly tweet: Name; readonly post: Name } // what fromEntries was given
  }

const referenced = { tweet: "referenced_tweets", post: { expansion: "referenced_posts" } }

const dmEvent = {
  ...alike("id", "event_type", "text", "created_at", "dm_conversation_id", "attachments", "entities"),
  sender_id: { tweet: "sender_id", post: { expansion: "sender_id" } },
  participant_ids: { tweet: "participant_ids", post: { expansion: "participant_ids" } },
  referenced_posts: referenced,
  referenced_tweets: referenced
} satisfies Vocabulary

const referencedExpansion = { tweet: "referenced_tweets.id", post: "referenced_posts" }

const dmEventExpansion = {
  ...alike("attachments.media_keys", "participant_ids", "sender_id"),
  referenced_posts: referencedExpansion,
  "referenced_tweets.id": referencedExpansion
} satisfies Vocabulary

const mostRecentPost = { tweet: "most_recent_tweet_id", post: { expansion: "most_recent_post_id" } }
const pinnedPost = { tweet: "pinned_tweet_id", post: { expansion: "pinned_post_id" } }

const user = {
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

const userExpansion = {
  affiliation: affiliationExpansion,
  "affiliation.user_id": affiliationExpansion,
  most_recent_post_id: mostRecentExpansion,
  most_recent_tweet_id: mostRecentExpansion,
  pinned_post_id: pinnedExpansion,
  pinned_tweet_id: pinnedExpansion
} satisfies Vocabulary

const media = alike(
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

const post = {
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

const listOf = <Name extends string>(vocabulary: { readonly [N in Name]: Vocabulary[string] }) => {
  const names = Struct.keys(vocabulary)
  const rule = { message: () => ({ message: `must be one of: ${names.join(", ")}`, override: true }) }
  const name: Schema.Schema<Name> = Schema.Literal(...names).annotations(rule)
  return Schema.Array(name).pipe(Schema.minItems(1, {
    message: () => "must name at least one; leave the parameter out for the default"
  }))
}

/** A list of field names of a DM event. @since 0.1.0 */
export const DmEventFields = listOf(dmEvent)
/** @since 0.1.0 */
export type DmEventField = keyof typeof dmEvent

/** A list of what a DM event refers to and can bring along. @since 0.1.0 */
export const DmEventExpansions = listOf(dmEventExpansion)
/** @since 0.1.0 */
export type DmEventExpansion = keyof typeof dmEventExpansion

/** A list of field names of a medium. @since 0.1.0 */
export const MediaFields = listOf(media)
/** @since 0.1.0 */
export type MediaField = keyof typeof media

/** A list of field names of a user. @since 0.1.0 */
export const UserFields = listOf(user)
/** @since 0.1.0 */
export type UserField = keyof typeof user

/** A list of what a user refers to and can bring along. @since 0.1.0 */
export const UserExpansions = listOf(userExpansion)
/** @since 0.1.0 */
export type UserExpansion = keyof typeof userExpansion

/** A list of field names of a post. @since 0.1.0 */
export const PostFields = listOf(post)
/** @since 0.1.0 */
export type PostField = keyof typeof post

/**
 * The names that can be asked for in one dialect, by X's parameter.
 *
 * @since 0.1.0
 */
export const inDialect = (dialect: Dialect) => {
  const of = (vocabulary: Vocabulary): ReadonlyArray<string> => [
    ...new Set(Object.values(vocabulary).map((place) => place[dialect]).filter((place) => typeof place === "string"))
  ]
  return {
    dmEventFields: of(dmEvent),
    dmEventExpansions: of(dmEventExpansion),
    mediaFields: of(media),
    userFields: of(user),
    userExpansions: of(userExpansion),
    postFields: of(post)
  }
}

/**
 * A name that cannot go out, and why.
 *
 * @since 0.1.0
 */
export interface Untranslatable {
  readonly parameter: string
  readonly rule: string
  readonly value: string
}

/** What was asked for, with X's query parameters as keys. */
type Query = { readonly [parameter: string]: string }

interface Asked {
  readonly userFields?: ReadonlyArray<UserField> | undefined
  readonly postFields?: ReadonlyArray<PostField> | undefined
  readonly tweetFields?: ReadonlyArray<PostField> | undefined
}

/**
 * What a listing of DM events can be asked for.
 *
 * @since 0.1.0
 */
export interface DmEventSelection extends Asked {
  readonly dmEventFields?: ReadonlyArray<DmEventField> | undefined
  readonly expansions?: ReadonlyArray<DmEventExpansion> | undefined
  readonly mediaFields?: ReadonlyArray<MediaField> | undefined
}

/**
 * What a look-up of a user can be asked for.
 *
 * @since 0.1.0
 */
export interface UserSelection extends Asked {
  readonly expansions?: ReadonlyArray<UserExpansion> | undefined
}

interface Translation {
  readonly parameter: string
  readonly vocabulary: Vocabulary
  readonly names: ReadonlyArray<string>
}

/** Sorts the names into fields and expansions of the dialect; `expandable` is the parameter whose names may expand. */
const translate = (
  parts: { readonly [queryName: string]: Translation | undefined },
  dialect: Dialect,
  expandable: string
): Either.Either<Query, Untranslatable> => {
  const sets: Record<string, Set<string>> = {}
  const add = (name: string, value: string) => (sets[name] ??= new Set()).add(value)
  for (const [queryName, part] of Object.entries(parts)) {
    if (part === undefined) continue
    for (const name of part.names) {
      const place = part.vocabulary[name]?.[dialect]
      if (typeof place === "string") add(queryName, place)
      else if (place !== undefined && part.parameter === expandable) add("expansions", place.expansion)
      else {
        const other = dialect === "post" ? "tweet" : "post"
        const rule = `cannot be asked for here in the "${dialect}" dialect; only the "${other}" dialect has it`
        return Either.left({ parameter: part.parameter, rule, value: name })
      }
    }
  }
  return Either.right(Object.fromEntries(Object.entries(sets).map(([name, values]) => [name, [...values].join(",")])))
}

const translation = (parameter: string, vocabulary: Vocabulary, names: ReadonlyArray<string> | undefined) =>
  names === undefined ? undefined : { parameter, vocabulary, names }

const posts = ({ postFields, tweetFields }: Asked) =>
  postFields === undefined
    ? translation("tweetFields", post, tweetFields)
    : translation("postFields", post, tweetFields === undefined ? postFields : [...postFields, ...tweetFields])

const postParameter = (dialect: Dialect) => dialect === "post" ? "post.fields" : "tweet.fields"

const everyDmEventField = Object.keys(dmEvent)

/**
 * The query parameters that ask for this selection of DM events. Without
 * `dmEventFields` all of them are asked for, because X leaves out sender and
 * time otherwise; `id` and `event_type`, without which an event cannot be
 * read, are always among them. In the post dialect sender, participants and
 * referenced posts come by their expansions.
 *
 * @since 0.1.0
 */
export const dmEventQuery = (
  selection: DmEventSelection,
  dialect: Dialect
): Either.Either<Query, Untranslatable> =>
  translate(
    {
      "dm_event.fields": translation("dmEventFields", dmEvent, [
        "id",
        "event_type",
        ...selection.dmEventFields ?? everyDmEventField
      ]),
      expansions: translation("expansions", dmEventExpansion, selection.expansions),
      "media.fields": translation("mediaFields", media, selection.mediaFields),
      "user.fields": translation("userFields", user, selection.userFields),
      [postParameter(dialect)]: posts(selection)
    },
    dialect,
    "dmEventFields"
  )

/**
 * The query parameters that ask for this selection of a user.
 *
 * @since 0.1.0
 */
export const userQuery = (selection: UserSelection, dialect: Dialect): Either.Either<Query, Untranslatable> =>
  translate(
    {
      expansions: translation("expansions", userExpansion, selection.expansions),
      "user.fields": translation("userFields", user, selection.userFields),
      [postParameter(dialect)]: posts(selection)
    },
    dialect,
    "userFields"
  )
