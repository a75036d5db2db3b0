/**
 * What goes wrong with deliveries: those of webhooks and of the activity stream.
 *
 * @since 0.1.0
 */
import type { JsonObject } from "../model/Json.js"
import type { Fault, PushFault } from "./Faults.js"

/**
 * A delivery does not come, and is not repeated: only a listing has the event.
 *
 * @since 0.1.0
 */
export const lost: Fault = { _tag: "Lost" }

/**
 * A delivery comes twice.
 *
 * @since 0.1.0
 */
export const doubled: Fault = { _tag: "Doubled" }

/**
 * A delivery comes after the next one.
 *
 * @since 0.1.0
 */
export const late: Fault = { _tag: "Late" }

/**
 * The connection of the activity stream breaks in place of a delivery, which
 * only a backfill brings.
 *
 * @since 0.1.0
 */
export const broken: Fault = { _tag: "Broken" }

/**
 * From this delivery on, nothing comes on the connection, not even blank lines.
 *
 * @since 0.1.0
 */
export const silent: Fault = { _tag: "Silent" }

/**
 * X says in the stream that it closes it, in place of a delivery, and does.
 *
 * @since 0.1.0
 */
export const streamErrors = (
  ...errors: ReadonlyArray<JsonObject>
): Fault => ({
  _tag: "StreamErrors",
  errors: errors.length > 0
    ? errors
    : [{
      title: "operational-disconnect",
      disconnect_type: "OperationalDisconnect",
      detail: "This stream has been disconnected for operational reasons.",
      type: "https://api.x.com/2/problems/operational-disconnect"
    }]
})

const pushTags: ReadonlySet<Fault["_tag"]> = new Set(["Lost", "Doubled", "Late", "Broken", "Silent", "StreamErrors"])

/** Whether a fault is one of deliveries. @since 0.1.0 */
export const isPush = (fault: Fault): fault is PushFault => pushTags.has(fault._tag)
