/**
 * The ids of X, as brands: a user id cannot be passed where a conversation id
 * is wanted. All of them are strings, because they do not fit a double.
 *
 * Each id is a Schema with X's own pattern, so `UserId.make("2244994945")`
 * builds one and throws on a string that can never be a user's id; every
 * endpoint checks its ids by the same Schema before it makes a request. Ids
 * that X sends carry the brand without the pattern ({@link received}): X may
 * change their form without breaking a reader.
 *
 * Source: the patterns of X's OpenAPI description, 2.166 and 2.167.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const digits = /^[0-9]{1,19}$/

const numericId = (what: string, example: string) =>
  Schema.String.pipe(
    Schema.pattern(digits, {
      message: () => `must be ${what}: 1 to 19 digits, like "${example}"`,
      arbitrary: () => (fc) => fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }).map(String)
    })
  )

/**
 * The id of a user, 1 to 19 digits.
 *
 * @since 0.1.0
 */
export const UserId = numericId("a user id", "2244994945").pipe(Schema.brand("UserId"))
/** @since 0.1.0 */
export type UserId = typeof UserId.Type

/**
 * The id of a Direct Message event, a snowflake of 1 to 19 digits.
 *
 * @since 0.1.0
 */
export const EventId = numericId("a DM event id", "1146654567674912769").pipe(Schema.brand("EventId"))
/** @since 0.1.0 */
export type EventId = typeof EventId.Type

/**
 * The id of an uploaded medium, 1 to 19 digits.
 *
 * @since 0.1.0
 */
export const MediaId = numericId("a media id", "1146654567674912769").pipe(Schema.brand("MediaId"))
/** @since 0.1.0 */
export type MediaId = typeof MediaId.Type

/**
 * The id of a post (a tweet, in X's older words), 1 to 19 digits.
 *
 * @since 0.1.0
 */
export const PostId = numericId("a post id", "1346889436626259968").pipe(Schema.brand("PostId"))
/** @since 0.1.0 */
export type PostId = typeof PostId.Type

/**
 * The id of a conversation: two user ids joined by a hyphen for a one-to-one
 * conversation, one number of 15 to 19 digits for a group.
 *
 * @since 0.1.0
 */
export const ConversationId = Schema.String.pipe(
  Schema.pattern(/^([0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19})$/, {
    message: () =>
      "must be a conversation id: two user ids joined by a hyphen (\"123123123-456456456\"), or a group's number of 15 to 19 digits",
    arbitrary: () => (fc) => {
      const id = fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }).map(String)
      const group = fc.bigInt({ min: 100_000_000_000_000n, max: 9_223_372_036_854_775_807n }).map(String)
      return fc.oneof(fc.tuple(id, id).map(([a, b]) => `${a}-${b}`), group)
    }
  }),
  Schema.brand("ConversationId")
)
/** @since 0.1.0 */
export type ConversationId = typeof ConversationId.Type

/**
 * The key of a medium in an event's attachments, two numbers joined by an
 * underscore.
 *
 * @since 0.1.0
 */
export const MediaKey = Schema.String.pipe(
  Schema.pattern(/^[0-9]+_[0-9]+$/, {
    message: () => "must be a media key, like \"3_1146654567674912769\""
  }),
  Schema.brand("MediaKey")
)
/** @since 0.1.0 */
export type MediaKey = typeof MediaKey.Type

/**
 * The name after the @, 1 to 15 letters, digits and underscores.
 *
 * @since 0.1.0
 */
export const Username = Schema.String.pipe(
  Schema.pattern(/^[A-Za-z0-9_]{1,15}$/, {
    message: () => "must be a user name without the @: 1 to 15 letters, digits or underscores"
  }),
  Schema.brand("Username")
)
/** @since 0.1.0 */
export type Username = typeof Username.Type

/**
 * The token that names a page of a listing: opaque, at least 16 characters.
 *
 * @since 0.1.0
 */
export const PageToken = Schema.String.pipe(
  Schema.minLength(16, { message: () => "must be a page token of X, at least 16 characters" }),
  Schema.brand("PageToken")
)
/** @since 0.1.0 */
export type PageToken = typeof PageToken.Type

/**
 * The same ids as X sends them: branded, of whatever form.
 *
 * @since 0.1.0
 */
export const received = {
  UserId: Schema.String.pipe(Schema.brand("UserId")),
  EventId: Schema.String.pipe(Schema.brand("EventId")),
  MediaId: Schema.String.pipe(Schema.brand("MediaId")),
  PostId: Schema.String.pipe(Schema.brand("PostId")),
  ConversationId: Schema.String.pipe(Schema.brand("ConversationId")),
  MediaKey: Schema.String.pipe(Schema.brand("MediaKey")),
  Username: Schema.String.pipe(Schema.brand("Username")),
  PageToken: Schema.String.pipe(Schema.brand("PageToken"))
} as const

/**
 * The id of the one-to-one conversation of two users: the smaller user id, a
 * hyphen, the larger one.
 *
 * @example
 * ```ts
 * import { Ids } from "@effect-xdm/core"
 *
 * Ids.oneToOne(Ids.UserId.make("20"), Ids.UserId.make("3")) // "3-20"
 * ```
 *
 * @since 0.1.0
 */
export const oneToOne = (a: UserId, b: UserId): ConversationId =>
  received.ConversationId.make(BigInt(a) <= BigInt(b) ? `${a}-${b}` : `${b}-${a}`)
