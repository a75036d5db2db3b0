/** The endpoints of JSON as a table: an input, what it must become on the wire, an answer, and what that must become. */
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { Arbitrary, type Effect, type Either, FastCheck as fc, type Schema } from "effect"
import type { DirectMessagesService } from "../../src/DirectMessages.js"
import { BlockDms } from "../../src/endpoints/BlockDms.js"
import { CreateByConversationId } from "../../src/endpoints/CreateByConversationId.js"
import { CreateByParticipantId } from "../../src/endpoints/CreateByParticipantId.js"
import { CreateConversation } from "../../src/endpoints/CreateConversation.js"
import { DeleteEvents } from "../../src/endpoints/DeleteEvents.js"
import { FinalizeMediaUpload } from "../../src/endpoints/FinalizeMediaUpload.js"
import { GetEvents } from "../../src/endpoints/GetEvents.js"
import { GetEventsByConversationId } from "../../src/endpoints/GetEventsByConversationId.js"
import { GetEventsById } from "../../src/endpoints/GetEventsById.js"
import { GetEventsByParticipantId } from "../../src/endpoints/GetEventsByParticipantId.js"
import { GetMe } from "../../src/endpoints/GetMe.js"
import { GetMediaUploadStatus } from "../../src/endpoints/GetMediaUploadStatus.js"
import { GetUserByUsername } from "../../src/endpoints/GetUserByUsername.js"
import { InitializeMediaUpload } from "../../src/endpoints/InitializeMediaUpload.js"
import { UnblockDms } from "../../src/endpoints/UnblockDms.js"
import type { Dialect } from "../../src/model/Dialect.js"
import { ConversationId, EventId, MediaId, UserId, Username } from "../../src/model/Ids.js"
import * as Endpoint from "../../src/protocol/Endpoint.js"
import type { InvalidInput, ReadError, SendError } from "../../src/protocol/Errors.js"
import type { Failure, RawAnswer } from "../../src/protocol/Failure.js"

export type CallError = ReadError | SendError

/** An endpoint whose types are forgotten, so that one test can go through them all. */
export interface Case {
  readonly name: string
  readonly kind: Endpoint.Kind
  readonly method: string
  readonly route: string
  readonly scopes: ReadonlyArray<string>
  readonly request: (
    dialect: Dialect
  ) => (input: unknown) => Either.Either<HttpClientRequest.HttpClientRequest, InvalidInput>
  readonly response: (answer: RawAnswer) => Either.Either<unknown, Failure>
  readonly call: (dm: DirectMessagesService, input: unknown) => Effect.Effect<unknown, CallError>
  readonly inputs: fc.Arbitrary<unknown>
  readonly sample: unknown
  /** The path and the body that the sample must give. */
  readonly path: string
  readonly body: unknown
  readonly status: number
  /** A success in each dialect, and what both must be read as. */
  readonly answers: { readonly [D in Dialect]: unknown }
  readonly model: unknown
}

interface Expected<Input> {
  readonly sample: Input
  readonly path: string
  readonly body?: unknown
  readonly status?: number
  readonly answers: { readonly [D in Dialect]: unknown }
  readonly model: unknown
}

const caseOf = <Input, Success, K extends Endpoint.Kind>(
  name: string,
  endpoint: Endpoint.Endpoint<Input, Success, K>,
  call: (dm: DirectMessagesService, input: Input) => Effect.Effect<Success, CallError>,
  expected: Expected<Input>
): Case => {
  const inputs = Arbitrary.make(endpoint.input as Schema.Schema<Input>)
  return {
    body: undefined,
    status: 200,
    ...expected,
    name,
    kind: endpoint.kind,
    method: endpoint.method,
    route: endpoint.route,
    scopes: endpoint.scopes,
    // The table's inputs are of the endpoint's own type, or wrong on purpose.
    request: (dialect) => (input) => Endpoint.request(endpoint, dialect)(input as Input),
    response: Endpoint.response(endpoint),
    call: (dm, input) => call(dm, input as Input),
    inputs
  }
}

const event = { id: "1146654567674912769", event_type: "MessageCreate", text: "#fun", sender_id: "1" }
const hashtags = [{ start: 0, end: 4, tag: "fun" }]
const user = { id: "1", name: "A", username: "a" }

const answers = {
  post: {
    data: { ...event, entities: { hashtags }, referenced_posts: [{ id: "7" }] },
    includes: { users: [{ ...user, pinned_post_id: "7" }], posts: [{ id: "7", text: "hi" }] }
  },
  tweet: {
    data: { ...event, hashtags, referenced_tweets: [{ id: "7" }] },
    includes: { users: [{ ...user, pinned_tweet_id: "7" }], tweets: [{ id: "7", text: "hi" }] }
  }
}

const pageOf = (dialect: Dialect) => ({
  ...answers[dialect],
  data: [answers[dialect].data],
  meta: { result_count: 1, next_token: "7140dibdnow9c7btw421dyz6" }
})
const pages = { post: pageOf("post"), tweet: pageOf("tweet") }

const eventModel = {
  _tag: "MessageCreate",
  id: "1146654567674912769",
  text: "#fun",
  senderId: "1",
  entities: { hashtags },
  referencedPosts: [{ id: "7" }]
}
const includesModel = { users: [{ ...user, pinnedPostId: "7" }], media: [], posts: [{ id: "7", text: "hi" }] }
const pageModel = {
  events: [eventModel],
  includes: includesModel,
  meta: { resultCount: 1, nextToken: "7140dibdnow9c7btw421dyz6" },
  errors: []
}

const users = {
  answers: { post: { data: { ...user, pinned_post_id: "7" } }, tweet: { data: { ...user, pinned_tweet_id: "7" } } },
  model: { ...user, pinnedPostId: "7" }
}

const created = { data: { dm_conversation_id: "1-2", dm_event_id: "1146654567674912769" } }
const sends = {
  status: 201,
  answers: { post: created, tweet: created },
  model: { dmConversationId: "1-2", dmEventId: "1146654567674912769" }
}

const deleted = { data: { deleted: true } }

const conversationId = ConversationId.make("123123123-456456456")
const participantId = UserId.make("2244994945")
const eventId = EventId.make("1146654567674912769")
const mediaId = MediaId.make("1583157113245011970")

const processing = {
  data: {
    id: mediaId,
    media_key: `7_${mediaId}`,
    expires_after_secs: 86_400,
    processing_info: { state: "in_progress", check_after_secs: 5, progress_percent: 8 }
  }
}
const uploads = {
  answers: { post: processing, tweet: processing },
  model: {
    id: mediaId,
    mediaKey: `7_${mediaId}`,
    expiresAfterSecs: 86_400,
    processingInfo: { state: "in_progress", checkAfterSecs: 5, progressPercent: 8 }
  }
}
const blocked = (blocked: boolean) => ({
  answers: { post: { data: { blocked } }, tweet: { data: { blocked } } },
  model: { blocked }
})

export const cases: ReadonlyArray<Case> = [
  caseOf("BlockDms", BlockDms.endpoint, (dm, input) => dm.blockDms(input), {
    sample: { userId: participantId },
    path: "/2/users/2244994945/dm/block",
    ...blocked(true)
  }),
  caseOf("UnblockDms", UnblockDms.endpoint, (dm, input) => dm.unblockDms(input), {
    sample: { userId: participantId },
    path: "/2/users/2244994945/dm/unblock",
    ...blocked(false)
  }),
  caseOf("InitializeMediaUpload", InitializeMediaUpload.endpoint, (dm, input) => dm.initializeMediaUpload(input), {
    sample: { mediaType: "video/mp4", mediaCategory: "dm_video", totalBytes: 1_024 },
    path: "/2/media/upload/initialize",
    body: { media_type: "video/mp4", media_category: "dm_video", total_bytes: 1_024, shared: true },
    ...uploads
  }),
  caseOf("FinalizeMediaUpload", FinalizeMediaUpload.endpoint, (dm, input) => dm.finalizeMediaUpload(input), {
    sample: { mediaId },
    path: `/2/media/upload/${mediaId}/finalize`,
    ...uploads
  }),
  caseOf("GetMediaUploadStatus", GetMediaUploadStatus.endpoint, (dm, input) => dm.getMediaUploadStatus(input), {
    sample: { mediaId },
    path: "/2/media/upload",
    ...uploads
  }),
  caseOf("CreateByConversationId", CreateByConversationId.endpoint, (dm, input) => dm.createByConversationId(input), {
    sample: { conversationId, text: "Hello 👋", attachments: [{ mediaId }] },
    path: "/2/dm_conversations/123123123-456456456/messages",
    body: { text: "Hello 👋", attachments: [{ media_id: mediaId }] },
    ...sends
  }),
  caseOf("CreateByParticipantId", CreateByParticipantId.endpoint, (dm, input) => dm.createByParticipantId(input), {
    sample: { participantId, text: "Hello" },
    path: "/2/dm_conversations/with/2244994945/messages",
    body: { text: "Hello" },
    ...sends
  }),
  caseOf("CreateConversation", CreateConversation.endpoint, (dm, input) => dm.createConversation(input), {
    sample: { participantIds: [participantId, UserId.make("6253282")], message: { attachments: [{ mediaId }] } },
    path: "/2/dm_conversations",
    body: {
      conversation_type: "Group",
      participant_ids: ["2244994945", "6253282"],
      message: { attachments: [{ media_id: mediaId }] }
    },
    ...sends
  }),
  caseOf("DeleteEvents", DeleteEvents.endpoint, (dm, input) => dm.deleteEvents(input), {
    sample: { eventId },
    path: "/2/dm_events/1146654567674912769",
    answers: { post: deleted, tweet: deleted },
    model: { deleted: true }
  }),
  caseOf("GetEvents", GetEvents.endpoint, (dm, input) => dm.getEvents(input), {
    sample: {},
    path: "/2/dm_events",
    answers: pages,
    model: pageModel
  }),
  caseOf(
    "GetEventsByConversationId",
    GetEventsByConversationId.endpoint,
    (dm, input) => dm.getEventsByConversationId(input),
    {
      sample: { conversationId, maxResults: 5 },
      path: "/2/dm_conversations/123123123-456456456/dm_events",
      answers: pages,
      model: pageModel
    }
  ),
  caseOf("GetEventsById", GetEventsById.endpoint, (dm, input) => dm.getEventsById(input), {
    sample: { eventId },
    path: "/2/dm_events/1146654567674912769",
    answers,
    model: { event: eventModel, includes: includesModel, errors: [] }
  }),
  caseOf(
    "GetEventsByParticipantId",
    GetEventsByParticipantId.endpoint,
    (dm, input) => dm.getEventsByParticipantId(input),
    {
      sample: { participantId, eventTypes: ["MessageCreate"] },
      path: "/2/dm_conversations/with/2244994945/dm_events",
      answers: pages,
      model: pageModel
    }
  ),
  caseOf("GetMe", GetMe.endpoint, (dm, input) => dm.getMe(input), { sample: {}, path: "/2/users/me", ...users }),
  caseOf("GetUserByUsername", GetUserByUsername.endpoint, (dm, input) => dm.getUserByUsername(input), {
    sample: { username: Username.make("XDevelopers") },
    path: "/2/users/by/username/XDevelopers",
    ...users
  })
]

/** The cases as `describe.each` and `it.each` take them. */
export const each: ReadonlyArray<readonly [name: string, Case]> = cases.map((one) => [one.name, one])

export const headers = { "x-transaction-id": "4f2a", "content-type": "application/json" }

export const answer = (status: number, body: unknown, more: RawAnswer["headers"] = {}): RawAnswer => ({
  status,
  headers: { ...headers, ...more },
  body: typeof body === "string" ? body : JSON.stringify(body)
})
