/**
 * An event together with what it refers to.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import type { DmEvent } from "../model/DmEvent.js"
import * as Includes from "../model/Includes.js"
import type { Media } from "../model/Media.js"
import type { Post } from "../model/Post.js"
import type { User } from "../model/User.js"
import type { ListingOptions } from "./Listing.js"

/**
 * An event with those of its sender, participants, media and posts that X gave
 * along with it.
 *
 * @since 0.1.0
 */
export interface HydratedEvent {
  /** That of the event: a merge orders by it. */
  readonly id: DmEvent["id"]
  readonly event: DmEvent
  readonly sender: Option.Option<User>
  readonly participants: ReadonlyArray<User>
  readonly media: ReadonlyArray<Media>
  readonly posts: ReadonlyArray<Post>
}

/**
 * The options that bring all of it along, unless they name something else.
 *
 * @since 0.1.0
 */
export const expanded = (options: ListingOptions): ListingOptions => ({
  ...options,
  expansions: options.expansions ??
    ["sender_id", "participant_ids", "attachments.media_keys", "referenced_posts"],
  mediaFields: options.mediaFields ??
    ["media_key", "type", "url", "preview_image_url", "alt_text", "width", "height", "duration_ms", "variants"]
})

/**
 * An event with what the includes of its page hold of it: for pages, which
 * `dm.events.pages` gives with their tokens.
 *
 * @example
 * ```ts
 * import { type EventsPage, Hydrated } from "@effect-xdm/core"
 *
 * const all = ({ events, includes }: EventsPage.EventsPage) =>
 *   events.map((event) => Hydrated.hydrate(event, includes))
 * ```
 *
 * @since 0.1.0
 */
export const hydrate = (event: DmEvent, includes: Includes.Includes): HydratedEvent => ({
  id: event.id,
  event,
  sender: Option.flatMap(Option.fromNullable(event.senderId), (id) => Includes.user(includes, id)),
  participants: event._tag === "UnknownEvent"
    ? []
    : Arr.filterMap(event.participantIds ?? [], (id) => Includes.user(includes, id)),
  media: event._tag === "MessageCreate"
    ? Arr.filterMap(event.attachments?.mediaKeys ?? [], (key) => Includes.media(includes, key))
    : [],
  posts: event._tag === "MessageCreate"
    ? Arr.filterMap(event.referencedPosts ?? [], ({ id }) => Includes.post(includes, id))
    : []
})
