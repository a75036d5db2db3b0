/** One page out of a list of events, and the tokens of its neighbours. */
import * as Snowflake from "../../model/Snowflake.js"
import type { EventJson } from "../World.js"
import * as PageTokens from "./PageTokens.js"
import type { Page } from "./Queries.js"
import type { Processing } from "./Uploads.js"

/**
 * What page tokens hold. `"cursor"`: the last event of the page, so that
 * arrivals move nothing. `"offset"`: how many events came before, so that
 * arrivals push events over the border of a page, and they come twice.
 */
export type Paging = "cursor" | "offset"

/** What a fault makes of a page, or of the limits before it. */
export interface Quirks {
  /** There is a cap that no header tells of, and it is reached. */
  readonly hiddenCap: boolean
  /** Every page carries the token of the end of the first page. */
  readonly repeatedToken: boolean
  /** The page is empty, and its token goes on where it should have started. */
  readonly emptyPage: boolean
  /** How the medium of an upload is processed, if not as usual. */
  readonly processing: Processing | undefined
}

export interface PageOfEvents {
  readonly events: ReadonlyArray<EventJson>
  readonly nextToken: string | undefined
  readonly previousToken: string | undefined
}

/** Above every event: where a listing starts. */
const top = "9223372036854775807"

/** `events` are all of the listing, newest first. */
export const page = (
  events: ReadonlyArray<EventJson>,
  { eventTypes, place, size }: Page,
  listing: string,
  paging: Paging,
  quirks: Quirks
): PageOfEvents => {
  const listed = eventTypes === undefined ? events : events.filter((event) => eventTypes.includes(event.event_type))
  const start = startOf(listed, place, size)
  const turn = quirks.emptyPage ? (place?.turn ?? 0) + 1 : 0
  const token = (kind: "next" | "previous", index: number): string => {
    const position = paging === "offset" ? String(index) : kind === "next"
      ? listed[index - 1]?.id ?? top
      : listed[index]?.id ?? "0"
    return PageTokens.encode({ listing, kind: paging === "offset" ? "offset" : kind, position, turn })
  }
  if (quirks.emptyPage) return { events: [], nextToken: token("next", start), previousToken: undefined }
  const end = Math.min(start + size, listed.length)
  const previous = paging === "offset" ? Math.max(0, start - size) : start
  return {
    events: listed.slice(start, end),
    nextToken: quirks.repeatedToken
      ? token("next", Math.min(size, listed.length))
      : end < listed.length
      ? token("next", end)
      : undefined,
    previousToken: start > 0 ? token("previous", previous) : undefined
  }
}

/** How many events are newer than the first one of the page. */
const startOf = (listed: ReadonlyArray<EventJson>, place: PageTokens.Place | undefined, size: number): number => {
  if (place === undefined) return 0
  const { kind, position } = place
  if (kind === "offset") return Math.min(Number(position), listed.length)
  const newer = (bound: number) => {
    const index = listed.findIndex(({ id }) => Snowflake.order(id, position) < bound)
    return index < 0 ? listed.length : index
  }
  // After the event that a next token names; or so many before the one that a previous token names.
  return kind === "next" ? newer(0) : Math.max(0, newer(1) - size)
}
