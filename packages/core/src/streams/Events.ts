/**
 * The listings of events, as streams.
 *
 * @since 0.1.0
 */
import type * as Stream from "effect/Stream"
import type { DmEvent } from "../model/DmEvent.js"
import type { EventsPage } from "../model/EventsPage.js"
import type { ConversationId, UserId } from "../model/Ids.js"
import type { Following } from "./Follow.js"
import type * as Hydrated from "./Hydrated.js"
import type { ListingOptions, ListingStopped } from "./Listing.js"
import type * as Live from "./Live.js"

/**
 * The three listings that X has, each giving `A`s.
 *
 * @since 0.1.0
 */
export interface Listings<A> {
  /**
   * All conversations of the account.
   *
   * @example
   * ```ts
   * import { DirectMessages } from "@effect-xdm/core"
   * import { Effect, Stream } from "effect"
   *
   * // One request, however full the inbox is.
   * const newestTen = Effect.flatMap(DirectMessages, (dm) => Stream.runCollect(dm.events.all({ limit: 10 })))
   * ```
   */
  readonly all: (options?: ListingOptions) => Stream.Stream<A, ListingStopped>
  /**
   * One conversation, a group or one-to-one.
   *
   * @example
   * ```ts
   * import { ConversationId, DirectMessages } from "@effect-xdm/core"
   * import { Effect, Stream } from "effect"
   *
   * const id = ConversationId.make("123123123-456456456")
   * const lastDay = Effect.flatMap(DirectMessages, (dm) =>
   *   Stream.runCollect(dm.events.conversation(id, { until: "1 day" })))
   * ```
   */
  readonly conversation: (
    conversationId: ConversationId,
    options?: ListingOptions
  ) => Stream.Stream<A, ListingStopped>
  /**
   * The one-to-one conversation with a user.
   *
   * @example
   * ```ts
   * import { DirectMessages, UserId } from "@effect-xdm/core"
   * import { Effect, Stream } from "effect"
   *
   * const onlyMessages = Effect.flatMap(DirectMessages, (dm) =>
   *   Stream.runCollect(dm.events.participant(UserId.make("2244994945"), { eventTypes: ["MessageCreate"] })))
   * ```
   */
  readonly participant: (participantId: UserId, options?: ListingOptions) => Stream.Stream<A, ListingStopped>
  /**
   * The rest of a listing of this kind that stopped: of events, of pages, or of
   * hydrated events.
   *
   * @example
   * ```ts
   * import { DirectMessages, type DmEvent, type Listing } from "@effect-xdm/core"
   * import { DateTime, Effect, Stream } from "effect"
   *
   * type Events = Stream.Stream<DmEvent.DmEvent, Listing.ListingStopped>
   *
   * // As often as X says that its limit is used up, wait until it is not.
   * const patient = (dm: DirectMessages["Type"], events: Events): Events =>
   *   Stream.catchTag(events, "ListingStopped", (stopped) => {
   *     if (stopped.reason._tag !== "RateLimited") return Stream.fail(stopped)
   *     const { resetsAt } = stopped.reason
   *     const wait = resetsAt === undefined
   *       ? Effect.sleep("15 minutes")
   *       : Effect.flatMap(DateTime.now, (now) => Effect.sleep(DateTime.distanceDuration(now, resetsAt)))
   *     return Stream.unwrap(Effect.as(wait, patient(dm, dm.events.resume(stopped))))
   *   })
   * ```
   */
  readonly resume: (stopped: ListingStopped) => Stream.Stream<A, ListingStopped>
}

/**
 * Listings as lazy streams, newest first. Each request is made when its page
 * is needed: `Stream.take(1)` costs one. An event comes once, even if new
 * messages shift the pages meanwhile.
 *
 * @since 0.1.0
 */
export interface Events extends Listings<DmEvent> {
  /**
   * The same listings as whole pages, with includes, meta and partial errors.
   *
   * @example
   * ```ts
   * import { DirectMessages } from "@effect-xdm/core"
   * import { Console, Effect, Stream } from "effect"
   *
   * const counts = Effect.flatMap(DirectMessages, (dm) =>
   *   Stream.runForEach(dm.events.pages.all(), (page) => Console.log(page.events.length, page.errors)))
   * ```
   */
  readonly pages: Listings<EventsPage>
  /**
   * The same listings, each event with its sender, participants, media and
   * posts. X bills what comes along like events.
   *
   * @example
   * ```ts
   * import { DirectMessages } from "@effect-xdm/core"
   * import { Console, Effect, Option, Stream } from "effect"
   *
   * const who = Effect.flatMap(DirectMessages, (dm) =>
   *   Stream.runForEach(dm.events.hydrated.all({ limit: 5 }), ({ sender }) =>
   *     Console.log(Option.match(sender, { onNone: () => "?", onSome: (user) => user.name }))))
   * ```
   */
  readonly hydrated: Listings<Hydrated.HydratedEvent>
  /**
   * What is new in all conversations, oldest first, for ever. It looks every
   * minute (`every`), reads back to the last event it knows, however much has
   * come, and outlives failures that may pass. With a `checkpoint`, it goes on
   * after a restart where its consumer left off: an event is committed once the
   * consumer has come back for the next one, so that after a crash the last few
   * may come again.
   *
   * Each look reads a page; X bills an event once in a UTC day.
   *
   * @example
   * ```ts
   * import { CheckpointStore, DirectMessages } from "@effect-xdm/core"
   * import { Console, Effect, Stream } from "effect"
   *
   * const archive = Effect.flatMap(DirectMessages, (dm) =>
   *   dm.events.follow({ checkpoint: "archive" }).pipe(Stream.runForEach((event) => Console.log(event.id))))
   *   .pipe(Effect.provide(CheckpointStore.layerMemory))
   * ```
   */
  readonly follow: Following<[]>
  /**
   * As `follow`, for one conversation.
   *
   * @example
   * ```ts
   * import { ConversationId, DirectMessages } from "@effect-xdm/core"
   * import { Console, Effect, Stream } from "effect"
   *
   * const id = ConversationId.make("123123123-456456456")
   * const watch = Effect.flatMap(DirectMessages, (dm) =>
   *   Stream.runForEach(dm.events.followConversation(id, { every: "2 minutes" }), (event) => Console.log(event.id)))
   * ```
   */
  readonly followConversation: Following<[conversationId: ConversationId]>
  /**
   * As `follow`, for the one-to-one conversation with a user.
   *
   * @example
   * ```ts
   * import { DirectMessages, UserId } from "@effect-xdm/core"
   * import { Effect, Stream } from "effect"
   *
   * const firstAnswer = Effect.flatMap(DirectMessages, (dm) =>
   *   Stream.runHead(dm.events.followParticipant(UserId.make("2244994945"), { eventTypes: ["MessageCreate"] })))
   * ```
   */
  readonly followParticipant: Following<[participantId: UserId]>
  /**
   * What is new in all conversations, for ever, the moment it is delivered by
   * one of the `sources`: X's activity stream, a webhook, or anything else that
   * gives events. What they lose is read: at the start, behind each reconnect,
   * every five minutes (`every`), and as `follow` reads while no source is
   * connected. Each event comes once.
   *
   * Nobody can know of an event that was lost before it is read, so one that is
   * found later comes later, after newer ones perhaps; `order: "exact"` waits for
   * a look with each. With a `checkpoint`, it goes on after a restart from the
   * last event before which nothing is missing.
   *
   * @example
   * ```ts
   * import { DirectMessages, type DmEvent } from "@effect-xdm/core"
   * import { Console, Effect, Stream } from "effect"
   *
   * // Whatever delivers events: here, those of another program.
   * declare const delivered: Stream.Stream<DmEvent.DmEvent>
   *
   * const watch = Effect.flatMap(DirectMessages, (dm) =>
   *   dm.events.live({ sources: [{ name: "queue", events: () => delivered }] }).pipe(
   *     Stream.runForEach((event) => Console.log(event.id))
   *   ))
   * ```
   */
  readonly live: Live.Live
}
