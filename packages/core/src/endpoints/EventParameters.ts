/**
 * The parameters that the endpoints of events share.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Dialect } from "../model/Dialect.js"
import * as Fields from "../model/Fields.js"
import { PageToken } from "../model/Ids.js"
import type { Query } from "../protocol/Endpoint.js"

/**
 * The types of events that X can be asked for.
 *
 * @since 0.1.0
 */
export type EventType = "MessageCreate" | "ParticipantsJoin" | "ParticipantsLeave"

/**
 * What to fetch of each event and of what it refers to. Names may be in either
 * of X's vocabularies and go out in the dialect that is set.
 *
 * @since 0.1.0
 */
export interface Selection {
  /** Fields of the events. Default: all of them. `id` and `event_type` always come. */
  readonly dmEventFields?: ReadonlyArray<Fields.DmEventField> | undefined
  /** What comes along in the page's `includes`: users, media, posts. Default: nothing. */
  readonly expansions?: ReadonlyArray<Fields.DmEventExpansion> | undefined
  /** Fields of included media. X's default: `media_key` and `type`. */
  readonly mediaFields?: ReadonlyArray<Fields.MediaField> | undefined
  /** Fields of included users. X's default: `id`, `name` and `username`. */
  readonly userFields?: ReadonlyArray<Fields.UserField> | undefined
  /** Fields of included posts. X's default: `id` and `text`. */
  readonly postFields?: ReadonlyArray<Fields.PostField> | undefined
  /** The older name of `postFields`. */
  readonly tweetFields?: ReadonlyArray<Fields.PostField> | undefined
}

/**
 * Which page of a listing to fetch.
 *
 * @since 0.1.0
 */
export interface Listing extends Selection {
  /** Events a page, 1 to 100. X's default: 100. */
  readonly maxResults?: number | undefined
  /** The page to fetch: the `nextToken` or `previousToken` of another. Default: the newest. */
  readonly paginationToken?: PageToken | undefined
  /** Which types of events to list. Default: all. */
  readonly eventTypes?: ReadonlyArray<EventType> | undefined
}

/** @since 0.1.0 */
export const selection = {
  dmEventFields: Schema.optional(Fields.DmEventFields),
  expansions: Schema.optional(Fields.DmEventExpansions),
  mediaFields: Schema.optional(Fields.MediaFields),
  userFields: Schema.optional(Fields.UserFields),
  postFields: Schema.optional(Fields.PostFields),
  tweetFields: Schema.optional(Fields.PostFields)
}

const eventType = Schema.Literal("MessageCreate", "ParticipantsJoin", "ParticipantsLeave").annotations({
  message: () => ({ message: "must be one of: MessageCreate, ParticipantsJoin, ParticipantsLeave", override: true })
})

/** @since 0.1.0 */
export const listing = {
  ...selection,
  maxResults: Schema.optional(
    Schema.Int.pipe(Schema.between(1, 100)).annotations({
      message: () => ({ message: "must be a whole number from 1 to 100", override: true })
    })
  ),
  paginationToken: Schema.optional(PageToken),
  eventTypes: Schema.optional(
    Schema.Array(eventType).pipe(Schema.minItems(1, {
      message: () => "must name at least one; leave the parameter out for all"
    }))
  )
}

/** @since 0.1.0 */
export const listingQuery = (input: Listing, dialect: Dialect) =>
  Either.map(Fields.dmEventQuery(input, dialect), (selected): Query =>
    // A spread with properties after it takes V8 7 µs, this 0.1.
    Object.assign({}, selected, {
      max_results: input.maxResults,
      pagination_token: input.paginationToken,
      event_types: input.eventTypes === undefined ? undefined : [...new Set(input.eventTypes)].join(",")
    }))

/**
 * The scopes of a read.
 *
 * @since 0.1.0
 */
export const readScopes = ["dm.read", "tweet.read", "users.read"] as const

/**
 * The scopes of a send.
 *
 * @since 0.1.0
 */
export const writeScopes = ["dm.write", "tweet.read", "users.read"] as const
