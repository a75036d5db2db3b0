/**
 * Reading back to the last known event, however much has come since and
 * whatever fails meanwhile.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { DmEvent } from "../model/DmEvent.js"
import { type EventId, received } from "../model/Ids.js"
import * as Snowflake from "../model/Snowflake.js"
import { type FollowOptions, listingOptions, type Settings, type Since } from "./FollowOptions.js"
import type { Reports } from "./Health.js"
import * as Listings from "./Listing.js"
import type { Listing, ListingStopped, Source } from "./Listing.js"
import * as Pages from "./Pages.js"

/** X keeps events for 30 days. */
const horizon = Duration.days(30)

const patient: Schedule.Schedule<unknown> = Schedule.exponential("1 second").pipe(
  Schedule.union(Schedule.spaced("5 minutes")),
  Schedule.jittered
)

/** What may pass by itself; and after a token that leads in a circle, the way begins anew. */
const mayPass = (reason: ListingStopped["reason"]): boolean =>
  Listings.mayPass(reason) || reason._tag === "RepeatedToken"

/** Older than every event. */
const origin = received.EventId.make("0")

const neighbour = (id: EventId, step: 1n | -1n): EventId => {
  const next = BigInt(id) + step
  return received.EventId.make(String(next < 0n ? 0n : next))
}

/** Waits for the reset that X names, and never longer than one of X's windows lasts. */
const untilReset = (reason: ListingStopped["reason"]) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const refused = reason._tag === "RefreshFailed" ? reason.reason : reason
    const resetsAt = refused._tag === "RateLimited" ? refused.resetsAt?.epochMillis ?? 0 : 0
    return Effect.sleep(Math.min(Math.max(0, resetsAt - now), 15 * 60_000))
  })

/**
 * Reads pages back, again and again where a failure may pass, going on where it
 * stopped. The pauses begin anew after a failure before which events came.
 *
 * @since 0.1.0
 */
export const readBack =
  (fetch: Pages.FetchPage, health: Reports, options: FollowOptions) =>
  (listing: Listing, take: (page: Pages.ListedPage) => void): Effect.Effect<void, ListingStopped["reason"]> =>
    Effect.flatMap(Schedule.driver(options.retry ?? patient), (pauses) => {
      const read = (listing: Listing): Effect.Effect<void, ListingStopped["reason"]> =>
        Stream.runForEach(Pages.pages(fetch, listing), (page) => Effect.sync(() => take(page))).pipe(
          Effect.catchAll(({ given, reason, rest }) =>
            health.failed(reason).pipe(
              Effect.zipRight(mayPass(reason) ? untilReset(reason) : Effect.fail(reason)),
              Effect.zipRight(given > 0 ? pauses.reset : Effect.void),
              Effect.zipRight(Effect.mapError(pauses.next(reason), () => reason)),
              Effect.zipRight(Effect.suspend(() => read(reason._tag === "RepeatedToken" ? fromNewest(rest) : rest)))
            )
          )
        )
      return read(listing)
    })

/** After a token that leads in a circle, the way begins at the newest page again. */
const fromNewest = ({ options, source }: Listing): Listing => ({
  source,
  options: { ...options, resumeFrom: undefined }
})

/**
 * What a follower knows: the last event, and until when it has seen all that
 * came, in milliseconds since 1970.
 *
 * @since 0.1.0
 */
export interface Known {
  readonly last: EventId
  readonly completeAt: number
}

/**
 * What is newer than an event, newest first, however much it is.
 *
 * @since 0.1.0
 */
export const newerThan = (
  { completeAt, last }: Known,
  read: ReturnType<typeof readBack>,
  source: Source,
  options: FollowOptions,
  { catchUpLimit }: Settings,
  health: Reports
) =>
  Effect.gen(function*() {
    const newer: Array<DmEvent> = []
    let met = false
    // One more than the limit, to see whether there is more.
    const bounds = { until: neighbour(last, 1n), limit: catchUpLimit === Infinity ? undefined : catchUpLimit + 1 }
    yield* read({ source, options: { ...listingOptions(options), ...bounds } }, ({ events, page }) => {
      for (const event of events) newer.push(event)
      met ||= page.events.some((event) => Snowflake.order(event.id, last) <= 0)
    })
    const beyond = newer.length > catchUpLimit
    if (beyond) newer.length = catchUpLimit
    const now = yield* Clock.currentTimeMillis
    const knownAt = Math.max(completeAt, Option.getOrElse(Snowflake.toMillis(last), () => now))
    const expired = !met && last !== origin && knownAt < now - Duration.toMillis(horizon)
    if (beyond || expired) {
      yield* health.missed({ reason: beyond ? "limit" : "horizon", after: last, before: newer.at(-1)?.id })
    }
    yield* health.looked(newer.length)
    return newer
  })

/**
 * The event after which all is new; for `"now"`, the newest that there is.
 *
 * @since 0.1.0
 */
export const begin = (since: Since, read: ReturnType<typeof readBack>, source: Source, options: FollowOptions) =>
  Effect.gen(function*() {
    if (DateTime.isDateTime(since)) {
      return neighbour(received.EventId.make(Snowflake.fromDateTime(since)), -1n)
    }
    if (since !== "now") return since
    let newest: EventId = origin
    yield* read({ source, options: { ...listingOptions(options), limit: 1 } }, ({ events }) => {
      newest = events[0]?.id ?? newest
    })
    return newest
  })
