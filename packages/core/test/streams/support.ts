import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { DirectMessages } from "../../src/DirectMessages.js"
import { GetEvents } from "../../src/endpoints/GetEvents.js"
import { GetEventsByConversationId } from "../../src/endpoints/GetEventsByConversationId.js"
import { GetEventsByParticipantId } from "../../src/endpoints/GetEventsByParticipantId.js"
import type { DmEvent, MessageCreate } from "../../src/model/DmEvent.js"
import type { EventsPage } from "../../src/model/EventsPage.js"
import { EventId, type PageToken, received } from "../../src/model/Ids.js"
import * as Snowflake from "../../src/model/Snowflake.js"
import { XApi, type XApiOptions } from "../../src/protocol/XApi.js"
import type { Events } from "../../src/streams/Events.js"
import * as EventStreams from "../../src/streams/EventStreams.js"
import type { FetchPage } from "../../src/streams/Pages.js"
import { Emulator, type EmulatorOptions, Fixtures } from "../../src/testing/index.js"
import * as ManualClock from "../support/manualClock.js"

export const now = Date.UTC(2026, 7, 1, 12)
export const minutes = (n: number) => n * 60_000

/** As many as the project promises; fast-check prints the seed of one that fails. */
export const runs = 1_000

export const conversation = (id: string) => received.ConversationId.make(id)
export const user = (id: string) => received.UserId.make(id)
export const token = (n: number | string) => received.PageToken.make(`token-of-the-page-${n}`)
export const eventId = (millis: number, sequence = 0) => EventId.make(Snowflake.fromMillis(millis, sequence))

/** Conversations `1-2`, `1-3`, … of user 1, with so many messages each; a minute lies between any two. */
export const small = (...counts: ReadonlyArray<number>) => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const order = counts.flatMap((count, i) => Array.from({ length: count }, (_, n) => ({ peer: i + 2, at: n / count })))
    .sort((a, b) => a.at - b.at)
  return Fixtures.world({
    users: [Fixtures.user("1", "me"), ...counts.map((_, i) => Fixtures.user(String(i + 2), `user${i + 2}`))],
    conversations: counts.map((_, i) => ({ id: `1-${i + 2}`, members: ["1", String(i + 2)] })),
    events: order.map(({ peer }, n) => ({
      at: now - minutes(total - n),
      in: `1-${peer}`,
      from: String(n % 3 === 0 ? 1 : peer),
      text: `message ${n}`
    }))
  })
}

/** An emulator and the client of its owner, at noon of August 1st, 2026, without rate limits unless asked. */
export const against =
  ({ api, ...options }: EmulatorOptions & { readonly api?: XApiOptions } = {}) =>
  <A, E>(test: Effect.Effect<A, E, DirectMessages | Emulator | Scope.Scope>): Effect.Effect<A, E> =>
    Effect.zipRight(TestClock.setTime(now), Effect.provide(Effect.scoped(test), client(options, api)))

/** The same on a clock that stands still, for the many runs of a property. */
export const atNoon =
  (options: EmulatorOptions = {}) =>
  <A, E>(test: Effect.Effect<A, E, DirectMessages | Emulator | Scope.Scope>): Effect.Effect<A, E> =>
    Effect.withClock(Effect.provide(Effect.scoped(test), client(options)), ManualClock.make(now).clock)

export const client = (options: EmulatorOptions = {}, api: XApiOptions = {}) =>
  Layer.orDie(DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner), ...api })).pipe(
    Layer.provide(Emulator.layerHttpClient),
    Layer.provideMerge(Emulator.layer({ rateLimits: "off", ...options }))
  )

export const ids = (events: Iterable<{ readonly id: string }>) => Array.from(events, ({ id }) => id)

/** The ids of all that a stream gives. */
export const listed = <E, R>(events: Stream.Stream<{ readonly id: string }, E, R>) =>
  Effect.map(Stream.runCollect(events), ids)

export const held = (of?: { readonly conversation?: string }) =>
  Effect.flatMap(Emulator, (emulator) => Effect.map(emulator.events(of), ids))

export const requestCount = Effect.flatMap(Emulator, (emulator) => emulator.requestCount())

export const arrive = (text: string, to = "1-2") =>
  Effect.flatMap(Emulator, (emulator) => emulator.arrive({ from: "2", in: to, text }))

export const message = (id: string, more: Partial<MessageCreate> = {}): MessageCreate => ({
  _tag: "MessageCreate",
  id: received.EventId.make(id),
  createdAt: Snowflake.toDateTime(id).pipe((time) => {
    if (time._tag === "None") throw new Error(`no snowflake: ${id}`)
    return time.value
  }),
  ...more
})

export const page = (events: ReadonlyArray<DmEvent>, nextToken?: PageToken): EventsPage => ({
  events,
  includes: { users: [], media: [], posts: [] },
  meta: nextToken === undefined ? {} : { nextToken },
  errors: []
})

/** Streams that are given their pages need the API for nothing but the pace of looks. */
const offline = Layer.succeed(XApi, {
  baseUrl: "",
  dialect: "post",
  account: "default",
  serverTime: Effect.die("there is no server"),
  pace: () => Effect.succeed(60_000),
  usage: {
    totals: Effect.die("nothing is counted"),
    changes: Stream.empty,
    requested: Effect.void,
    read: () => Effect.void,
    sent: Effect.void
  },
  call: () => () => Effect.die("there is no server"),
  download: () => () => Effect.die("there is no server")
})

/** The streams over a function that gives the pages, without HTTP. */
export const scripted = (fetch: FetchPage): Effect.Effect<Events> =>
  Effect.provide(
    EventStreams.make,
    Layer.mergeAll(
      offline,
      Layer.succeed(GetEvents, (input = {}) => fetch({ _tag: "All" }, input)),
      Layer.succeed(GetEventsByConversationId, ({ conversationId, ...input }) =>
        fetch({ _tag: "Conversation", conversationId }, input)),
      Layer.succeed(GetEventsByParticipantId, ({ participantId, ...input }) =>
        fetch({ _tag: "Participant", participantId }, input))
    )
  )
