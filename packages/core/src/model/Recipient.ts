/**
 * To whom a message goes.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ConversationId, UserId } from "./Ids.js"

/**
 * The members of a group to be made, without the account itself: 2 to 49.
 *
 * @since 0.1.0
 */
export const GroupMembers = Schema.Array(UserId).pipe(
  Schema.filter((ids) => ids.length >= 2 && ids.length <= 49 || "must be 2 to 49 user ids, without your own")
)

/**
 * A conversation, the one-to-one conversation with a user, or a new group of 2
 * to 49 users. It says which, because an id alone does not: a number of 15 to 19
 * digits can be a user's or a group's.
 *
 * @since 0.1.0
 */
export type Recipient =
  | { readonly conversation: ConversationId }
  | { readonly user: UserId }
  | { readonly users: ReadonlyArray<UserId> }

/**
 * The Schema of a recipient.
 *
 * @since 0.1.0
 */
export const Recipient: Schema.Schema<Recipient> = Schema.typeSchema(Schema.Union(
  Schema.Struct({ conversation: ConversationId }),
  Schema.Struct({ user: UserId }),
  Schema.Struct({ users: GroupMembers })
))
