/**
 * The listings of events over the endpoint services.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import { GetEvents } from "../endpoints/GetEvents.js"
import { GetEventsByConversationId } from "../endpoints/GetEventsByConversationId.js"
import { GetEventsByParticipantId } from "../endpoints/GetEventsByParticipantId.js"
import type { ConversationId, UserId } from "../model/Ids.js"
import { XApi } from "../protocol/XApi.js"
import type { Events, Listings } from "./Events.js"
import * as Follow from "./Follow.js"
import * as Hydrated from "./Hydrated.js"
import type { Listing, ListingStopped } from "./Listing.js"
import * as Live from "./Live.js"
import * as Pages from "./Pages.js"

const bucketOf = {
  All: GetEvents.endpoint.bucket,
  Conversation: GetEventsByConversationId.endpoint.bucket,
  Participant: GetEventsByParticipantId.endpoint.bucket
}

const listings = <A>(
  stream: (listing: Listing) => Stream.Stream<A, ListingStopped>
): Listings<A> => ({
  all: (options = {}) => stream({ source: { _tag: "All" }, options }),
  conversation: (conversationId, options = {}) => stream({ source: { _tag: "Conversation", conversationId }, options }),
  participant: (participantId, options = {}) => stream({ source: { _tag: "Participant", participantId }, options }),
  resume: ({ rest }) => stream(rest)
})

const fetchPage: Effect.Effect<
  Pages.FetchPage,
  never,
  GetEvents | GetEventsByConversationId | GetEventsByParticipantId
> = Effect.gen(function*() {
  const getEvents = yield* GetEvents
  const byConversation = yield* GetEventsByConversationId
  const byParticipant = yield* GetEventsByParticipantId
  return (source, parameters) => {
    switch (source._tag) {
      case "All":
        return getEvents(parameters)
      case "Conversation":
        return byConversation(Object.assign({ conversationId: source.conversationId }, parameters))
      case "Participant":
        return byParticipant(Object.assign({ participantId: source.participantId }, parameters))
    }
  }
})

/**
 * The listings over the endpoint services.
 *
 * @since 0.1.0
 */
export const make: Effect.Effect<
  Events,
  never,
  GetEvents | GetEventsByConversationId | GetEventsByParticipantId | XApi
> = Effect.map(Effect.all([fetchPage, XApi]), ([fetch, api]) => {
  const means: Follow.Means = { fetch, pace: ({ _tag }) => api.pace(bucketOf[_tag]) }
  const follow = Follow.make(means)
  return {
    ...listings((listing) => Pages.events(fetch, listing)),
    pages: listings((listing) => Pages.listed(fetch, listing, ({ page }) => Chunk.of(page))),
    hydrated: listings(({ options, source }) =>
      Pages.listed(
        fetch,
        { source, options: Hydrated.expanded(options) },
        ({ events, page }) => Chunk.unsafeFromArray(events.map((event) => Hydrated.hydrate(event, page.includes)))
      )
    ),
    follow: (options?: Follow.AnyOptions) => follow({ _tag: "All" }, options),
    followConversation: (conversationId: ConversationId, options?: Follow.AnyOptions) =>
      follow({ _tag: "Conversation", conversationId }, options),
    followParticipant: (participantId: UserId, options?: Follow.AnyOptions) =>
      follow({ _tag: "Participant", participantId }, options),
    live: Live.make(means)
  }
})
