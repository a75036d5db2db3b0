/**
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { received } from "../model/Ids.js"
import { Timestamp } from "../model/Timestamp.js"
import { optional, struct } from "../model/Wire.js"

/**
 * What X can tell of: the four of Direct Messages, and any other that X names.
 *
 * @since 0.1.0
 */
export type ActivityKind = "dm.received" | "dm.sent" | "dm.read" | "dm.indicate_typing" | (string & {})

/** @since 0.1.0 */
export const ActivityKind: Schema.Schema<ActivityKind> = Schema.String.pipe(
  Schema.pattern(/^[a-z_]+(\.[a-z_]+)+$/, { message: () => "must be a kind of activity, like \"dm.received\"" })
)

const Filter = struct({
  userId: optional(received.UserId),
  direction: optional(Schema.String),
  keyword: optional(Schema.String)
})

const fields = struct({
  subscriptionId: Schema.String,
  eventType: optional(Schema.String),
  filter: optional(Filter),
  tag: optional(Schema.String),
  webhookId: optional(Schema.String),
  createdAt: optional(Timestamp),
  updatedAt: optional(Timestamp)
})

/**
 * What X tells an app of: one kind of activity of one user. With a
 * `webhookId`, X delivers it there; the activity stream has it in any case.
 *
 * @since 0.1.0
 */
export interface ActivitySubscription extends Schema.Schema.Type<typeof fields> {}

/** @since 0.1.0 */
export const ActivitySubscription: Schema.Schema<ActivitySubscription, unknown> = fields

/** A word of your own, which comes along with each event. @since 0.1.0 */
export const Tag = Schema.String.pipe(
  Schema.minLength(1, { message: () => "must have 1 to 200 characters" }),
  Schema.maxLength(200, { message: () => "must have 1 to 200 characters" })
)
