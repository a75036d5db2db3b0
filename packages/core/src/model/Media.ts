/**
 * A picture, video or GIF attached to an event or a post. `mediaKey` and
 * `type` always come; the rest comes when it is asked for.
 *
 * @since 0.1.0
 */
import { isRecord } from "effect/Predicate"
import * as Schema from "effect/Schema"
import { received } from "./Ids.js"
import { optional, struct } from "./Wire.js"

/** As X sends it. A Record would be rebuilt key by key, and "__proto__" is no key to assign. */
const Metrics = Schema.declare(isRecord, {
  identifier: "Metrics",
  arbitrary: () => (fc) => fc.dictionary(fc.string(), fc.nat())
})

const Variant = struct({
  bitRate: optional(Schema.Number),
  contentType: optional(Schema.String),
  url: optional(Schema.String)
})

/**
 * The Schema of a medium. `type` is `photo`, `video`, `animated_gif`, or a
 * kind that X adds later; the metrics keep X's names.
 *
 * @since 0.1.0
 */
export const Media = struct({
  mediaKey: received.MediaKey,
  type: Schema.String,
  url: optional(Schema.String),
  previewImageUrl: optional(Schema.String),
  altText: optional(Schema.String),
  width: optional(Schema.Number),
  height: optional(Schema.Number),
  durationMs: optional(Schema.Number),
  variants: optional(Schema.Array(Variant)),
  publicMetrics: optional(Metrics),
  nonPublicMetrics: optional(Metrics),
  organicMetrics: optional(Metrics),
  promotedMetrics: optional(Metrics)
})
/** @since 0.1.0 */
export interface Media extends Schema.Schema.Type<typeof Media> {}
