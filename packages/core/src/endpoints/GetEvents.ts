/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as EventsPage from "../model/EventsPage.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import * as EventParameters from "./EventParameters.js"

const endpoint: Endpoint<GetEvents.Input, EventsPage.EventsPage, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/dm_events",
  bucket: "GetEvents",
  scopes: EventParameters.readScopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct(EventParameters.listing)),
  query: EventParameters.listingQuery,
  success: EventsPage.EventsPage,
  reads: ({ events }) => events
}

/**
 * Fetches one page of the events of all conversations of the account, newest
 * first, as far back as X keeps them (30 days).
 *
 * X: `get_events`, GET `/2/dm_events`. 15 calls in 15 minutes a user.
 *
 * @since 0.1.0
 */
export class GetEvents extends Context.Tag("@effect-xdm/core/GetEvents")<
  GetEvents,
  (input?: GetEvents.Input) => Effect.Effect<EventsPage.EventsPage, GetEvents.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<GetEvents, never, XApi> {
    return Layer.effect(
      GetEvents,
      Effect.map(XApi, (api) => {
        const call = api.call(endpoint)
        return (input = {}) => call(input)
      })
    )
  }
}

/** @since 0.1.0 */
export declare namespace GetEvents {
  interface Input extends EventParameters.Listing {}
  type Error = ReadError
}
