import type { HttpClient } from "@effect/platform/HttpClient"
import { describe, expectTypeOf, it } from "@effect/vitest"
import {
  Config,
  type ConfigError,
  Context,
  Data,
  type DateTime,
  type Effect,
  type Layer,
  Redacted,
  Stream
} from "effect"
import { DirectMessages, type Provided } from "../src/DirectMessages.js"
import type { CreateByConversationId } from "../src/endpoints/CreateByConversationId.js"
import type { CreateByParticipantId } from "../src/endpoints/CreateByParticipantId.js"
import type { CreateConversation } from "../src/endpoints/CreateConversation.js"
import type { DeleteEvents } from "../src/endpoints/DeleteEvents.js"
import { GetEvents } from "../src/endpoints/GetEvents.js"
import type { GetEventsByConversationId } from "../src/endpoints/GetEventsByConversationId.js"
import type { GetEventsById } from "../src/endpoints/GetEventsById.js"
import type { GetEventsByParticipantId } from "../src/endpoints/GetEventsByParticipantId.js"
import type { GetMe } from "../src/endpoints/GetMe.js"
import type { GetUserByUsername } from "../src/endpoints/GetUserByUsername.js"
import type { MediaNotLocated } from "../src/media/Download.js"
import type { MediaProcessingFailed, UploadError, UploadStopped, WrongMediaSize } from "../src/media/UploadModel.js"
import type { DmEvent } from "../src/model/DmEvent.js"
import * as DmEvents from "../src/model/DmEvent.js"
import type { EventsPage, SingleEvent } from "../src/model/EventsPage.js"
import { type ConversationId, EventId, MediaId, UserId } from "../src/model/Ids.js"
import type { Message } from "../src/model/Message.js"
import type * as Errors from "../src/protocol/Errors.js"
import type { XApi } from "../src/protocol/XApi.js"

type Service<Tag> = Tag extends Context.Tag<infer _, infer Shape> ? Shape : never
type AnyEffect = Effect.Effect<unknown, unknown, unknown>
type Answer<Tag> = Service<Tag> extends (input: never) => infer A ? Extract<A, AnyEffect> : never
type ErrorOf<Tag> = Effect.Effect.Error<Answer<Tag>>
type SuccessOf<Tag> = Effect.Effect.Success<Answer<Tag>>
type InputOf<Tag> = Service<Tag> extends (input: infer Input) => unknown ? Input : never

const userId = UserId.make("1")
const mediaId = MediaId.make("1")

// What is said here, the compiler checks; the tests only give it a name.
describe("types", () => {
  it("a read fails with exactly these", () => {
    expectTypeOf<Errors.ReadError["_tag"]>().toEqualTypeOf<
      | "InvalidInput"
      | "NeedsLogin"
      | "RefreshFailed"
      | "TokenStoreFailed"
      | "MissingScope"
      | "Unauthorized"
      | "Forbidden"
      | "RateLimited"
      | "OutOfCredits"
      | "BadRequest"
      | "NotFound"
      | "Unreachable"
      | "UnexpectedResponse"
      | "ServerFailure"
      | "TimedOut"
    >()
    expectTypeOf<ErrorOf<typeof GetEvents>>().toEqualTypeOf<Errors.ReadError>()
    expectTypeOf<ErrorOf<typeof GetEventsByConversationId>>().toEqualTypeOf<Errors.ReadError>()
    expectTypeOf<ErrorOf<typeof GetEventsById>>().toEqualTypeOf<Errors.ReadError>()
    expectTypeOf<ErrorOf<typeof GetEventsByParticipantId>>().toEqualTypeOf<Errors.ReadError>()
    expectTypeOf<ErrorOf<typeof DeleteEvents>>().toEqualTypeOf<Errors.ReadError>()
    expectTypeOf<ErrorOf<typeof GetMe>>().toEqualTypeOf<Errors.ReadError>()
    expectTypeOf<ErrorOf<typeof GetUserByUsername>>().toEqualTypeOf<Errors.ReadError>()
  })

  it("a send fails with exactly these", () => {
    expectTypeOf<Errors.SendError["_tag"]>().toEqualTypeOf<
      | "InvalidInput"
      | "NeedsLogin"
      | "RefreshFailed"
      | "TokenStoreFailed"
      | "MissingScope"
      | "Unauthorized"
      | "Forbidden"
      | "RateLimited"
      | "OutOfCredits"
      | "BadRequest"
      | "NotFound"
      | "Unreachable"
      | "UnexpectedResponse"
      | "SendOutcomeUnknown"
    >()
    expectTypeOf<ErrorOf<typeof CreateByConversationId>>().toEqualTypeOf<Errors.SendError>()
    expectTypeOf<ErrorOf<typeof CreateByParticipantId>>().toEqualTypeOf<Errors.SendError>()
    expectTypeOf<ErrorOf<typeof CreateConversation>>().toEqualTypeOf<Errors.SendError>()
  })

  it("a call gives what its endpoint answers, and needs nothing more", () => {
    expectTypeOf<SuccessOf<typeof GetEvents>>().toEqualTypeOf<EventsPage>()
    expectTypeOf<SuccessOf<typeof GetEventsById>>().toEqualTypeOf<SingleEvent>()
    expectTypeOf<SuccessOf<typeof DeleteEvents>["deleted"]>().toEqualTypeOf<boolean>()
    expectTypeOf<SuccessOf<typeof CreateConversation>["dmEventId"]>().toEqualTypeOf<EventId>()
    expectTypeOf<Effect.Effect.Context<Answer<typeof GetEvents>>>().toEqualTypeOf<never>()
  })

  it("the front door has every endpoint as its own service has it", () => {
    const dm = {} as Service<typeof DirectMessages> // only its type is looked at
    expectTypeOf(dm.getEvents).toEqualTypeOf<Service<typeof GetEvents>>()
    expectTypeOf(dm.createByParticipantId).toExtend<Service<typeof CreateByParticipantId>>()
    expectTypeOf(dm.deleteEvents).toEqualTypeOf<Service<typeof DeleteEvents>>()
  })

  it("layers say what they need and how they fail", () => {
    expectTypeOf(GetEvents.layer).toEqualTypeOf<Layer.Layer<GetEvents, never, XApi>>()
    expectTypeOf(DirectMessages.layer({ accessToken: Redacted.make("") })).toEqualTypeOf<
      Layer.Layer<Provided, ConfigError.ConfigError, HttpClient>
    >()
    expectTypeOf(DirectMessages.layerConfig({ accessToken: Config.redacted("A") })).toEqualTypeOf<
      Layer.Layer<Provided, ConfigError.ConfigError, HttpClient>
    >()
    // @ts-expect-error a token is never a plain text
    void (() => DirectMessages.layer({ accessToken: "secret" }))
    // @ts-expect-error there are two dialects
    void (() => DirectMessages.layer({ accessToken: Redacted.make(""), dialect: "tweets" }))
  })

  it("ids of different kinds are not interchangeable", () => {
    expectTypeOf<UserId>().not.toExtend<EventId>()
    expectTypeOf<ConversationId>().not.toExtend<UserId>()
    expectTypeOf<string>().not.toExtend<ConversationId>()
    expectTypeOf<UserId>().toExtend<string>()
    expectTypeOf<{ readonly eventId: UserId }>().not.toExtend<InputOf<typeof GetEventsById>>()
    expectTypeOf<{ readonly eventId: string }>().not.toExtend<InputOf<typeof DeleteEvents>>()
    expectTypeOf<{ readonly eventId: EventId }>().toExtend<InputOf<typeof DeleteEvents>>()
    expectTypeOf<DmEvent["id"]>().toEqualTypeOf<EventId>()
    // @ts-expect-error a user id is no event id
    const event: EventId = userId
    void event
  })

  it("a message has a text, an attachment, or both", () => {
    const messages: ReadonlyArray<Message> = [
      { text: "a" },
      { attachments: [{ mediaId }] },
      { text: "a", attachments: [{ mediaId }] }
    ]
    void messages
    // @ts-expect-error neither
    const empty: Message = {}
    // @ts-expect-error two attachments
    const two: Message = { text: "a", attachments: [{ mediaId }, { mediaId }] }
    // @ts-expect-error no attachment in the list
    const none: Message = { attachments: [] }
    // @ts-expect-error neither, but for whom it is
    const send: InputOf<typeof CreateByParticipantId> = { participantId: userId }
    void [empty, two, none, send]
  })

  it("names of fields are known, in both vocabularies", () => {
    const known: InputOf<typeof GetEvents> = {
      dmEventFields: ["sender_id", "referenced_posts", "referenced_tweets"],
      expansions: ["referenced_tweets.id", "referenced_posts"],
      postFields: ["note_post"],
      tweetFields: ["note_tweet"],
      eventTypes: ["MessageCreate"]
    }
    void known
    // @ts-expect-error no such field
    const field: InputOf<typeof GetEvents> = { dmEventFields: ["sender"] }
    // @ts-expect-error no such expansion of an event
    const expansion: InputOf<typeof GetEvents> = { expansions: ["pinned_post_id"] }
    // @ts-expect-error no such type of event
    const type: InputOf<typeof GetEvents> = { eventTypes: ["UnknownEvent"] }
    // @ts-expect-error no such parameter
    const parameter: InputOf<typeof GetEvents> = { max_results: 5 }
    // @ts-expect-error one event has no pages
    const page: InputOf<typeof GetEventsById> = { eventId: EventId.make("1"), maxResults: 5 }
    void [field, expansion, type, parameter, page]
  })

  it("an event says what can be absent, and its tag what it is", () => {
    const show = (event: DmEvent) => {
      expectTypeOf(event.createdAt).toEqualTypeOf<DateTime.Utc>()
      expectTypeOf(event.senderId).toEqualTypeOf<UserId | undefined>()
      if (DmEvents.isMessageCreate(event)) expectTypeOf(event.text).toEqualTypeOf<string | undefined>()
      if (event._tag === "UnknownEvent") expectTypeOf(event.raw).toBeUnknown()
      // @ts-expect-error only a message has a text
      void (() => event.text)
    }
    void show
  })

  it("an upload fails with these and its source's error, and a send of a text as before", () => {
    type Dm = DirectMessages["Type"]
    const sent = (dm: Dm) => dm.send({ user: userId }, { text: "a" })
    expectTypeOf<Effect.Effect.Error<ReturnType<typeof sent>>>().toEqualTypeOf<Errors.SendError>()
    const known = (dm: Dm) => dm.send({ user: userId }, { media: mediaId })
    expectTypeOf<Effect.Effect.Error<ReturnType<typeof known>>>().toEqualTypeOf<Errors.SendError>()

    const picture = (dm: Dm) => dm.send({ user: userId }, { media: { bytes: new Uint8Array(), type: "image/png" } })
    expectTypeOf<Effect.Effect.Error<ReturnType<typeof picture>>>().toEqualTypeOf<Errors.SendError | UploadError>()
    expectTypeOf<Effect.Effect.Context<ReturnType<typeof picture>>>().toEqualTypeOf<never>()

    class Broken extends Data.TaggedError("Broken") {}
    class Disk extends Context.Tag("Disk")<Disk, string>() {}
    const upload = (dm: Dm, bytes: Stream.Stream<Uint8Array, Broken, Disk>) =>
      dm.media.upload({ bytes, size: 1, type: "video/mp4" })
    type Failure = Effect.Effect.Error<ReturnType<typeof upload>>
    expectTypeOf<Failure>().toEqualTypeOf<
      Errors.ReadError | UploadStopped<Broken> | WrongMediaSize | MediaProcessingFailed
    >()
    expectTypeOf<Extract<Failure, { _tag: "UploadStopped" }>["reason"]>().toEqualTypeOf<Broken | Errors.ReadError>()
    expectTypeOf<Effect.Effect.Context<ReturnType<typeof upload>>>().toEqualTypeOf<Disk>()

    const download = (dm: Dm) => dm.media.download(EventId.make("1"))
    expectTypeOf<Stream.Stream.Error<ReturnType<typeof download>>>().toEqualTypeOf<
      Errors.ReadError | MediaNotLocated
    >()

    // @ts-expect-error a stream has to say its size
    void ((dm: Dm) => dm.media.upload({ bytes: Stream.empty, type: "image/png" }))
    // @ts-expect-error X takes no texts
    void ((dm: Dm) => dm.media.upload({ bytes: new Uint8Array(), type: "text/plain" }))
    // @ts-expect-error one attachment a message
    void ((dm: Dm) => dm.send({ user: userId }, { media: mediaId, attachments: [{ mediaId }] }))
  })
})
