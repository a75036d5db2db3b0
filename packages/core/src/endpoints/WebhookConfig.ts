/**
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Timestamp } from "../model/Timestamp.js"
import { optional, struct } from "../model/Wire.js"

const fields = struct({
  id: Schema.String,
  url: optional(Schema.String),
  valid: optional(Schema.Boolean),
  createdAt: optional(Timestamp)
})

/**
 * A webhook of an app: where X delivers to, and whether it does. X stops
 * (`valid` is false) when the URL fails a challenge.
 *
 * @since 0.1.0
 */
export interface WebhookConfig extends Schema.Schema.Type<typeof fields> {}

/** @since 0.1.0 */
export const WebhookConfig: Schema.Schema<WebhookConfig, unknown> = fields
