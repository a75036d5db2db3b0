/**
 * What a login gives: the tokens of one account.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/** What an access token is made of, by RFC 6750; anything else could not be put into a header. */
const bearer = /^[\w.~+/-]+=*$/

/**
 * Whether a text can be an access token: no `Bearer` before it, no space, no
 * line break, and not empty.
 *
 * @since 0.1.0
 */
export const isAccessToken = (text: string): boolean => bearer.test(text)

const Fields = Schema.Struct({
  accessToken: Schema.Redacted(Schema.String.pipe(Schema.pattern(bearer))),
  refreshToken: Schema.optional(Schema.Redacted(Schema.NonEmptyString)),
  expiresAt: Schema.optional(Schema.DateTimeUtc),
  scopes: Schema.optional(Schema.Array(Schema.String))
})

/**
 * The tokens of an account. Without a `refreshToken` they cannot be renewed,
 * without `expiresAt` they are used until X refuses them, without `scopes` X
 * alone knows what they allow.
 *
 * @since 0.1.0
 */
export interface TokenSet extends Schema.Schema.Type<typeof Fields> {}

/**
 * Tokens as they are written down, in JSON: `expiresAt` by ISO 8601, and the
 * secrets as they are.
 *
 * @since 0.1.0
 */
export interface TokenSetJson extends Schema.Schema.Encoded<typeof Fields> {}

/**
 * The Schema of tokens, for stores of your own. What it says of a failure to
 * decode quotes what it found, and so must not be shown.
 *
 * @example
 * ```ts
 * import { TokenSet } from "@effect-xdm/core"
 * import { Schema } from "effect"
 *
 * const tokens = Schema.decodeUnknownOption(Schema.parseJson(TokenSet))("{\"accessToken\":\"…\"}")
 * ```
 *
 * @since 0.1.0
 */
export const TokenSet: Schema.Schema<TokenSet, TokenSetJson> = Fields
