/**
 * What a live stream has yet to give, in order, and what it has given.
 *
 * @since 0.1.0
 */
import type { DmEvent } from "../model/DmEvent.js"
import type { EventId } from "../model/Ids.js"
import * as Snowflake from "../model/Snowflake.js"

/** What is given at once, and up to where all that there was has been given, if that is known. */
export interface Given {
  readonly events: Array<DmEvent>
  readonly safe: EventId | undefined
}

/** @since 0.1.0 */
export interface LiveBuffer {
  /** The newest event that was read: before it nothing is missing. */
  readonly known: () => EventId
  /** Whether an event was neither given nor is waiting. */
  readonly isNew: (id: EventId) => boolean
  /** Puts in what was delivered, which waits a moment for those that belong before it. */
  readonly deliver: (event: DmEvent, now: number) => void
  /** Puts in what was read since the last time, newest first. */
  readonly found: (events: ReadonlyArray<DmEvent>) => void
  /** When the next event is due, in milliseconds since 1970; `Infinity` if none waits. */
  readonly dueAt: () => number
  /** Takes what is due, oldest first: all of it, or the first one. */
  readonly take: (now: number, all: boolean) => Given
}

interface Waiting {
  readonly event: DmEvent
  readonly dueAt: number
}

/** How many ids a generation of what was given has. Two are kept; what is older than those counts as given. */
const generation = 20_000

/** The ids that were given, as far back as one may come again. */
class Past {
  private ids = new Set<EventId>()
  private older = new Set<EventId>()
  private newest: EventId
  private newestOfOlder: EventId

  constructor(private floor: EventId) {
    this.newest = floor
    this.newestOfOlder = floor
  }

  has(id: EventId): boolean {
    return this.ids.has(id) || this.older.has(id) || !Snowflake.isNewer(id, this.floor)
  }

  add(id: EventId): void {
    if (this.ids.size >= generation) {
      this.floor = this.newestOfOlder
      this.newestOfOlder = this.newest
      this.older = this.ids
      this.ids = new Set()
    }
    this.ids.add(id)
    if (Snowflake.isNewer(id, this.newest)) this.newest = id
  }
}

/**
 * A buffer for what is newer than `begin`; what is delivered waits
 * `settleMillis` for those that belong before it.
 *
 * @since 0.1.0
 */
export const make = (begin: EventId, settleMillis: number): LiveBuffer => {
  let known = begin
  /** Oldest first. */
  let waiting: Array<Waiting> = []
  const ids = new Set<EventId>()
  const past = new Past(begin)
  /** Up to where all is given, once the event `after` has been; told once. */
  let safe: { readonly id: EventId; readonly after: EventId | undefined } | undefined

  const isNew = (id: EventId): boolean => !ids.has(id) && !past.has(id)

  return {
    known: () => known,
    isNew,
    deliver: (event, now) => {
      if (!isNew(event.id)) return
      let at = waiting.length
      while (at > 0 && Snowflake.isNewer(waiting[at - 1]!.event.id, event.id)) at--
      waiting.splice(at, 0, { event, dueAt: now + settleMillis })
      ids.add(event.id)
    },
    found: (events) => {
      known = events[0]?.id ?? known
      // Due at once, and what waits below it too: nothing can come between them any more.
      const fresh = events.filter(({ id }) => isNew(id)).map((event) => ({ event, dueAt: 0 }))
      for (const { event } of fresh) ids.add(event.id)
      waiting = [...waiting, ...fresh]
        .map((each) => Snowflake.isNewer(each.event.id, known) ? each : { ...each, dueAt: 0 })
        .sort((a, b) => Snowflake.order(a.event.id, b.event.id))
      safe = { id: known, after: waiting.findLast(({ dueAt }) => dueAt === 0)?.event.id }
    },
    dueAt: () => waiting.reduce((soonest, { dueAt }) => Math.min(soonest, dueAt), Infinity),
    take: (now, all) => {
      const last = waiting.findLastIndex(({ dueAt }) => dueAt <= now)
      const events = waiting.splice(0, all ? last + 1 : Math.min(1, last + 1)).map(({ event }) => event)
      for (const { id } of events) {
        ids.delete(id)
        past.add(id)
      }
      const isSafe = safe !== undefined && (safe.after === undefined || past.has(safe.after))
      const told = isSafe ? safe?.id : undefined
      if (isSafe) safe = undefined
      return { events, safe: told }
    }
  }
}
