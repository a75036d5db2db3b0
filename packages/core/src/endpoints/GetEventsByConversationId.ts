/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as EventsPage from "../model/EventsPage.js"
import { ConversationId } from "../model/Ids.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import * as EventParameters from "./EventParameters.js"

const endpoint: Endpoint<GetEventsByConversationId.Input, EventsPage.EventsPage, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/dm_conversations/{id}/dm_events",
  bucket: "GetEventsByConversationId",
  scopes: EventParameters.readScopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct({ conversationId: ConversationId, ...EventParameters.listing })),
  path: ({ conversationId }) => ({ id: conversationId }),
  query: EventParameters.listingQuery,
  success: EventsPage.EventsPage,
  reads: ({ events }) => events
}

/**
 * Fetches one page of the events of one conversation, a group or one-to-one,
 * newest first.
 *
 * X: `get_events_by_conversation_id`, GET `/2/dm_conversations/{id}/dm_events`.
 * 15 calls in 15 minutes a user.
 *
 * @since 0.1.0
 */
export class GetEventsByConversationId extends Context.Tag("@effect-xdm/core/GetEventsByConversationId")<
  GetEventsByConversationId,
  (input: GetEventsByConversationId.Input) => Effect.Effect<EventsPage.EventsPage, GetEventsByConversationId.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<GetEventsByConversationId, never, XApi> {
    return Layer.effect(
      GetEventsByConversationId,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace GetEventsByConversationId {
  interface Input extends EventParameters.Listing {
    readonly conversationId: ConversationId
  }
  type Error = ReadError
}
