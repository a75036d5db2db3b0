/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as EventsPage from "../model/EventsPage.js"
import { UserId } from "../model/Ids.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import * as EventParameters from "./EventParameters.js"

const endpoint: Endpoint<GetEventsByParticipantId.Input, EventsPage.EventsPage, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/dm_conversations/with/{participant_id}/dm_events",
  bucket: "GetEventsByParticipantId",
  scopes: EventParameters.readScopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct({ participantId: UserId, ...EventParameters.listing })),
  path: ({ participantId }) => ({ participant_id: participantId }),
  query: EventParameters.listingQuery,
  success: EventsPage.EventsPage,
  reads: ({ events }) => events
}

/**
 * Fetches one page of the events of the one-to-one conversation with a user,
 * newest first.
 *
 * X: `get_events_by_participant_id`, GET `/2/dm_conversations/with/{participant_id}/dm_events`.
 * 15 calls in 15 minutes a user.
 *
 * @since 0.1.0
 */
export class GetEventsByParticipantId extends Context.Tag("@effect-xdm/core/GetEventsByParticipantId")<
  GetEventsByParticipantId,
  (input: GetEventsByParticipantId.Input) => Effect.Effect<EventsPage.EventsPage, GetEventsByParticipantId.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<GetEventsByParticipantId, never, XApi> {
    return Layer.effect(
      GetEventsByParticipantId,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace GetEventsByParticipantId {
  interface Input extends EventParameters.Listing {
    readonly participantId: UserId
  }
  type Error = ReadError
}
