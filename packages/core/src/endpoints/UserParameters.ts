/**
 * The parameters and the answer that the endpoints of users share.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Fields from "../model/Fields.js"
import * as User from "../model/User.js"
import { inData } from "../model/Wire.js"

/**
 * What to fetch of a user. Names may be in either of X's vocabularies and go
 * out in the dialect that is set.
 *
 * @since 0.1.0
 */
export interface Selection {
  /** Fields of the user. X's default: `id`, `name` and `username`. */
  readonly userFields?: ReadonlyArray<Fields.UserField> | undefined
  /** What the user refers to and X shall look up. Default: nothing. */
  readonly expansions?: ReadonlyArray<Fields.UserExpansion> | undefined
  /** Fields of posts that come along. */
  readonly postFields?: ReadonlyArray<Fields.PostField> | undefined
  /** The older name of `postFields`. */
  readonly tweetFields?: ReadonlyArray<Fields.PostField> | undefined
}

/** @since 0.1.0 */
export const selection = {
  userFields: Schema.optional(Fields.UserFields),
  expansions: Schema.optional(Fields.UserExpansions),
  postFields: Schema.optional(Fields.PostFields),
  tweetFields: Schema.optional(Fields.PostFields)
}

/**
 * The Schema of the answer.
 *
 * @since 0.1.0
 */
export const Answer: Schema.Schema<User.User, unknown> = inData(User.User)

/**
 * The scopes of a look-up.
 *
 * @since 0.1.0
 */
export const scopes = ["tweet.read", "users.read"] as const
