/**
 * What a listing of events is, as data: whose events, which of them, and where
 * to begin. A listing that was stopped is one too, so it can be kept and taken
 * up again.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as EventParameters from "../endpoints/EventParameters.js"
import type { DmEvent } from "../model/DmEvent.js"
import { type ConversationId, type EventId, type PageToken, received, type UserId } from "../model/Ids.js"
import type { Problem } from "../model/Problem.js"
import * as Snowflake from "../model/Snowflake.js"
import type { InvalidInput, ReadError } from "../protocol/Errors.js"
import * as Checks from "./Checks.js"

/**
 * Whose events are listed: all of the account, those of a conversation, or
 * those of the one-to-one conversation with a user.
 *
 * @since 0.1.0
 */
export type Source =
  | { readonly _tag: "All" }
  | { readonly _tag: "Conversation"; readonly conversationId: ConversationId }
  | { readonly _tag: "Participant"; readonly participantId: UserId }

/**
 * How far back a listing goes: to an event, to a moment, or by a span of time
 * from now. The event itself and the moment itself are still listed.
 *
 * @since 0.1.0
 */
export type Until = EventId | DateTime.DateTime | Duration.DurationInput

/**
 * Which events of a source to list, and how to fetch them.
 *
 * @since 0.1.0
 */
export interface ListingOptions extends EventParameters.Selection {
  /** Which types of events to list. Default: all. */
  readonly eventTypes?: ReadonlyArray<EventParameters.EventType> | undefined
  /** Events a request, 1 to 100. Default 100; the last request asks for no more than `limit` leaves. */
  readonly pageSize?: number | undefined
  /** How far back to go. Default: as far as X keeps events. */
  readonly until?: Until | undefined
  /** How many events to give at most, 1 and more. Default: all. */
  readonly limit?: number | undefined
  /** How many pages to fetch ahead of the consumer, 0 and more. Default 0: each page costs money. */
  readonly prefetch?: number | undefined
  /** The page to begin at. Default: the newest. */
  readonly resumeFrom?: PageToken | undefined
  /** The event below which to begin: it and all newer ones are passed over. Default: none. */
  readonly before?: EventId | undefined
  /**
   * What to do when X gives a page but says that it could not give all that
   * the page refers to: `"ignore"` (default) logs it and counts it in the
   * metric `xdm_partial_errors`, `"fail"` stops the listing.
   */
  readonly onPartialError?: "ignore" | "fail" | undefined
}

/**
 * A listing: a source and what to list of it.
 *
 * @since 0.1.0
 */
export interface Listing {
  readonly source: Source
  readonly options: ListingOptions
}

/**
 * X gave a page token that this listing has met before: to follow it would
 * never end.
 *
 * @since 0.1.0
 */
export class RepeatedToken extends Data.TaggedError("RepeatedToken")<{ readonly token: PageToken }> {
  override get message(): string {
    return "X gave a page token that this listing has met before, so the listing would go in a circle. Begin it anew, " +
      "or read back to a known event (`until`)."
  }
}

/**
 * X gave a page without all that it refers to, and the listing was told to
 * fail then.
 *
 * @since 0.1.0
 */
export class PartialPage extends Data.TaggedError("PartialPage")<{ readonly problems: ReadonlyArray<Problem> }> {
  override get message(): string {
    const first = this.problems[0]
    return `X gave a page with ${this.problems.length} of its parts missing: ${
      first?.detail ?? first?.title ?? "no reason told"
    }`
  }
}

/**
 * A listing stopped before its end. `given` events came before; `rest` is the
 * listing of those that did not, to be taken up with the `resume` of the same
 * listings: `dm.events.resume`, `dm.events.hydrated.resume`.
 *
 * @since 0.1.0
 */
export class ListingStopped extends Data.TaggedError("ListingStopped")<{
  readonly reason: ReadError | RepeatedToken | PartialPage
  readonly given: number
  /** The page that could not be had; absent if it was the newest. */
  readonly resumeFrom: PageToken | undefined
  readonly rest: Listing
}> {
  override get message(): string {
    if (this.reason._tag === "InvalidInput") return `the listing could not begin. ${this.reason.message}`
    const advice = mayPass(this.reason) ? "; `resume` takes it up from there, once the cause has passed" : ""
    return `the listing stopped after ${this.given} events${advice}. ${this.reason.message}`
  }
}

const passing: ReadonlySet<ListingStopped["reason"]["_tag"]> = new Set([
  "RateLimited",
  "ServerFailure",
  "Unreachable",
  "TimedOut",
  "UnexpectedResponse"
])

/**
 * Whether the reason may pass by itself, so that the rest of the listing can be
 * had later. A token that could not be renewed is as good as what kept it from
 * that.
 *
 * @since 0.1.0
 */
export const mayPass = (reason: ListingStopped["reason"]): boolean =>
  passing.has(reason._tag === "RefreshFailed" ? reason.reason._tag : reason._tag)

/**
 * The bounds of a listing, resolved at a moment.
 *
 * @since 0.1.0
 */
export interface Bounds {
  readonly pageSize: number
  readonly limit: number
  readonly prefetch: number
  /** How far back, as what means the same when the listing is taken up later: no span of time. */
  readonly until: EventId | DateTime.DateTime | undefined
  readonly isTooOld: (event: DmEvent) => boolean
}

const fixed = (until: Until | undefined, now: number): Either.Either<Bounds["until"], InvalidInput> => {
  if (until === undefined || DateTime.isDateTime(until) || Checks.isEventId(until)) return Either.right(until)
  const ago = Duration.decodeUnknown(until)
  return ago._tag === "Some" && Duration.toMillis(ago.value) > 0
    ? Either.right(received.EventId.make(Snowflake.fromMillis(now - Duration.toMillis(ago.value))))
    : Checks.refuse("until", "must be an event id, a DateTime, or a duration before now like \"7 days\"", until)
}

const tooOld = (until: Bounds["until"]): Bounds["isTooOld"] => {
  if (until === undefined) return () => false
  if (!DateTime.isDateTime(until)) return (event) => Snowflake.order(event.id, until) < 0
  const oldest = DateTime.toEpochMillis(until)
  return (event) => event.createdAt.epochMillis < oldest
}

const names: { readonly [Name in keyof Required<ListingOptions>]: true } = {
  dmEventFields: true,
  expansions: true,
  mediaFields: true,
  userFields: true,
  postFields: true,
  tweetFields: true,
  eventTypes: true,
  pageSize: true,
  until: true,
  limit: true,
  prefetch: true,
  resumeFrom: true,
  before: true,
  onPartialError: true
}

/** A misspelt `limit` would cost a cent for every event that it did not hold back. */
const known = (options: ListingOptions): Either.Either<void, InvalidInput> => {
  const stranger = Object.keys(options).find((name) => !Object.hasOwn(names, name))
  return stranger === undefined
    ? Either.void
    : Checks.refuse(stranger, `is no option of a listing; they are: ${Object.keys(names).join(", ")}`, "given")
}

/**
 * The bounds that the options of a listing name, or what is wrong with them.
 * `now`, in milliseconds since 1970, is what a duration counts back from.
 *
 * @since 0.1.0
 */
export const bounds = (options: ListingOptions, now: number): Either.Either<Bounds, InvalidInput> =>
  Either.flatMap(known(options), () =>
    Either.map(
      Either.all({
        pageSize: Checks.wholeNumber("pageSize", options.pageSize ?? 100, 1, 100),
        limit: Checks.wholeNumber("limit", options.limit ?? Infinity, 1, Infinity),
        prefetch: Checks.wholeNumber("prefetch", options.prefetch ?? 0, 0, 1_000),
        until: fixed(options.until, now)
      }),
      (bounds) => ({ ...bounds, isTooOld: tooOld(bounds.until) })
    ))
