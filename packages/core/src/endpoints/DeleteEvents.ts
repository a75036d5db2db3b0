/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { EventId } from "../model/Ids.js"
import { inData, struct } from "../model/Wire.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"

const success = inData(struct({ deleted: Schema.Boolean }))

const endpoint: Endpoint<DeleteEvents.Input, DeleteEvents.Success, "remove"> = {
  kind: "remove",
  method: "DELETE",
  route: "/2/dm_events/{event_id}",
  bucket: "DeleteEvents",
  scopes: ["dm.read", "dm.write"],
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct({ eventId: EventId })),
  path: ({ eventId }) => ({ event_id: eventId }),
  success,
  empty: { deleted: true }
}

/**
 * Deletes a message that the account has sent. A repeat after a broken
 * connection that finds the message gone counts as deleted.
 *
 * X: `delete_events`, DELETE `/2/dm_events/{event_id}`. 300 calls in 15 minutes
 * and 1,500 in 24 hours a user.
 *
 * @since 0.1.0
 */
export class DeleteEvents extends Context.Tag("@effect-xdm/core/DeleteEvents")<
  DeleteEvents,
  (input: DeleteEvents.Input) => Effect.Effect<DeleteEvents.Success, DeleteEvents.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<DeleteEvents, never, XApi> {
    return Layer.effect(
      DeleteEvents,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace DeleteEvents {
  interface Input {
    readonly eventId: EventId
  }
  interface Success extends Schema.Schema.Type<typeof success> {}
  type Error = ReadError
}
