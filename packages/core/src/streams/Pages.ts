/**
 * Listings as lazy streams of pages: no page is asked for before it is needed,
 * and none is held after it was passed on.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as EventParameters from "../endpoints/EventParameters.js"
import type { DmEvent } from "../model/DmEvent.js"
import type { EventsPage } from "../model/EventsPage.js"
import type { EventId, PageToken } from "../model/Ids.js"
import * as Snowflake from "../model/Snowflake.js"
import type { ReadError } from "../protocol/Errors.js"
import * as Listing from "./Listing.js"
import * as Pulls from "./Pulls.js"
import { unwrap } from "./Unwrapped.js"

/**
 * Fetches a page of a source.
 *
 * @since 0.1.0
 */
export type FetchPage = (
  source: Listing.Source,
  parameters: EventParameters.Listing
) => Effect.Effect<EventsPage, ReadError>

/**
 * A page as X gave it, and those of its events that belong to the listing and
 * have not come before, newest first.
 *
 * @since 0.1.0
 */
export interface ListedPage {
  readonly page: EventsPage
  readonly events: ReadonlyArray<DmEvent>
}

interface State {
  readonly token: PageToken | undefined
  readonly given: number
  /** The oldest event given: what is not older than it has come before, or has arrived since the listing began. */
  readonly last: EventId | undefined
  readonly trail: Trail
  /** The token was met before. */
  readonly repeated: boolean
}

/**
 * Brent's way to find a cycle of tokens with one of them in memory: the token
 * kept is replaced after 1, 2, 4, 8 … steps.
 */
interface Trail {
  readonly kept: PageToken | undefined
  readonly steps: number
  readonly until: number
}

const walk = (trail: Trail, token: PageToken): Trail =>
  trail.steps < trail.until
    ? { kept: trail.kept, steps: trail.steps + 1, until: trail.until }
    : { kept: token, steps: 1, until: trail.until * 2 }

const partialErrors = Metric.counter("xdm_partial_errors", {
  description: "Things that pages of events refer to and X could not give",
  incremental: true
})

const newer = (a: DmEvent, b: DmEvent): number => Snowflake.order(b.id, a.id)

/** X gives events newest first, each once; they are put in order only if it did not. */
const newestFirst = (events: ReadonlyArray<DmEvent>): ReadonlyArray<DmEvent> => {
  for (let i = 1; i < events.length; i++) {
    if (!Snowflake.isNewer(events[i - 1]!.id, events[i]!.id)) {
      return events.toSorted(newer).filter((event, at, all) => event.id !== all[at - 1]?.id)
    }
  }
  return events
}

const notice = ({ errors }: EventsPage, onPartialError: Listing.ListingOptions["onPartialError"]) => {
  if (onPartialError === "fail") return Effect.fail(new Listing.PartialPage({ problems: errors }))
  return Effect.logWarning(`X could not give ${errors.length} of the things that a page of events refers to`).pipe(
    Effect.zipRight(Metric.incrementBy(partialErrors, errors.length))
  )
}

/** Without a spread, which costs more than all the rest of it. */
const parametersOf = (
  options: Listing.ListingOptions,
  maxResults: number,
  paginationToken: PageToken | undefined
): EventParameters.Listing => ({
  dmEventFields: options.dmEventFields,
  expansions: options.expansions,
  mediaFields: options.mediaFields,
  userFields: options.userFields,
  postFields: options.postFields,
  tweetFields: options.tweetFields,
  eventTypes: options.eventTypes,
  maxResults,
  paginationToken
})

const stoppedAt =
  ({ options, source }: Listing.Listing, { given, last, token }: State) => (reason: Listing.ListingStopped["reason"]) =>
    new Listing.ListingStopped({
      reason,
      given,
      resumeFrom: token,
      rest: {
        source,
        options: {
          ...options,
          resumeFrom: token,
          before: last,
          limit: options.limit === undefined ? undefined : options.limit - given
        }
      }
    })

/** Those events of a page that the listing has not given yet and that are within its bounds. */
const fresh = (page: EventsPage, { given, last }: State, { isTooOld, limit }: Listing.Bounds) => {
  const sorted = newestFirst(page.events)
  // Not older than the last one given: it has come before, or it arrived since the listing began.
  const isStale = (event: DmEvent) => last !== undefined && !Snowflake.isNewer(last, event.id)
  let start = 0
  while (start < sorted.length && isStale(sorted[start]!)) start++
  let end = start
  const room = start + limit - given
  while (end < sorted.length && end < room && !isTooOld(sorted[end]!)) end++
  return {
    events: start === 0 && end === sorted.length ? sorted : sorted.slice(start, end),
    last: end > start ? sorted[end - 1]!.id : last,
    ended: end < sorted.length || end >= room
  }
}

/**
 * What `give` takes from each page of a listing.
 *
 * @since 0.1.0
 */
export const listed = <A>(
  fetch: FetchPage,
  listing: Listing.Listing,
  give: (listed: ListedPage) => Chunk.Chunk<A>
): Stream.Stream<A, Listing.ListingStopped> => {
  const { options, source } = listing
  const start: State = {
    token: options.resumeFrom,
    given: 0,
    last: options.before,
    trail: { kept: options.resumeFrom, steps: 0, until: 1 },
    repeated: false
  }

  const step = (bounds: Listing.Bounds) => {
    const fixed: Listing.Listing = { source, options: { ...options, until: bounds.until } }

    const advance = (page: EventsPage, state: State): readonly [Chunk.Chunk<A>, Option.Option<State>] => {
      const { ended, events, last } = fresh(page, state, bounds)
      const token = page.meta.nextToken
      const next: Option.Option<State> = ended || token === undefined
        ? Option.none()
        : Option.some({
          token,
          given: state.given + events.length,
          last,
          trail: walk(state.trail, token),
          repeated: token === state.token || token === state.trail.kept
        })
      return [give({ page, events }), next]
    }

    return (state: State) => {
      const stopped = stoppedAt(fixed, state)
      if (state.repeated && state.token !== undefined) {
        return Effect.fail(stopped(new Listing.RepeatedToken({ token: state.token })))
      }
      const room = Math.min(bounds.pageSize, bounds.limit - state.given)
      return Effect.matchEffect(fetch(source, parametersOf(options, room, state.token)), {
        onFailure: (reason) => Effect.fail(stopped(reason)),
        onSuccess: (page) =>
          page.errors.length === 0
            ? Effect.succeed(advance(page, state))
            : Effect.mapBoth(notice(page, options.onPartialError), {
              onFailure: stopped,
              onSuccess: () => advance(page, state)
            })
      })
    }
  }

  const begin = Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Either.mapBoth(Listing.bounds(options, now), {
      onLeft: stoppedAt(listing, start),
      onRight: (bounds) => ({ prefetch: bounds.prefetch, fetchNext: step(bounds) })
    }))
  const stream = unwrap(
    Effect.map(begin, ({ fetchNext, prefetch }) =>
      prefetch === 0
        ? Stream.paginateChunkEffect(start, fetchNext)
        : Stream.flattenChunks(ahead(start, fetchNext, prefetch)))
  )
  const isPlain = (options.prefetch ?? 0) === 0
  return isPlain ? Pulls.withPull(stream, Pulls.paginate(start, Effect.map(begin, (made) => made.fetchNext))) : stream
}

/** As `Stream.paginateEffect`, with so many steps made before they are asked for, and not one more. */
const ahead = <S, A, E>(
  start: S,
  step: (state: S) => Effect.Effect<readonly [A, Option.Option<S>], E>,
  count: number
): Stream.Stream<A, E> =>
  Stream.unwrap(
    Effect.map(Effect.makeSemaphore(count), (permits) =>
      Stream.paginateEffect(start, (state) =>
        Effect.zipRight(permits.take(1), step(state))).pipe(
          Stream.buffer({ capacity: "unbounded" }),
          Stream.tap(() => permits.release(1))
        ))
  )

/**
 * The pages of a listing.
 *
 * @since 0.1.0
 */
export const pages = (
  fetch: FetchPage,
  listing: Listing.Listing
): Stream.Stream<ListedPage, Listing.ListingStopped> => listed(fetch, listing, Chunk.of)

/**
 * The events of a listing, newest first, each once.
 *
 * @since 0.1.0
 */
export const events = (
  fetch: FetchPage,
  listing: Listing.Listing
): Stream.Stream<DmEvent, Listing.ListingStopped> =>
  listed(fetch, listing, (page) => Chunk.unsafeFromArray(page.events))
