/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as EventsPage from "../model/EventsPage.js"
import * as Fields from "../model/Fields.js"
import { EventId } from "../model/Ids.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import * as EventParameters from "./EventParameters.js"

const endpoint: Endpoint<GetEventsById.Input, EventsPage.SingleEvent, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/dm_events/{event_id}",
  bucket: "GetEventsById",
  scopes: EventParameters.readScopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct({ eventId: EventId, ...EventParameters.selection })),
  path: ({ eventId }) => ({ event_id: eventId }),
  query: Fields.dmEventQuery,
  success: EventsPage.SingleEvent,
  reads: ({ event }) => [event]
}

/**
 * Fetches one event by its id.
 *
 * X: `get_events_by_id`, GET `/2/dm_events/{event_id}`. 15 calls in 15 minutes
 * a user.
 *
 * @since 0.1.0
 */
export class GetEventsById extends Context.Tag("@effect-xdm/core/GetEventsById")<
  GetEventsById,
  (input: GetEventsById.Input) => Effect.Effect<EventsPage.SingleEvent, GetEventsById.Error>
>() {
  static readonly endpoint = endpoint
  /** A getter, so that accounts side by side do not share one layer, which Effect builds once. */
  static get layer(): Layer.Layer<GetEventsById, never, XApi> {
    return Layer.effect(
      GetEventsById,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace GetEventsById {
  interface Input extends EventParameters.Selection {
    readonly eventId: EventId
  }
  type Error = ReadError
}
