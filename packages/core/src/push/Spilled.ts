/**
 * Deliveries that wait in the store, as text.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as PushEvent from "./PushEvent.js"
import * as Webhook from "./Webhook.js"

/** A delivery in the store, with the places of the events that had come before. */
const Spilled = Schema.parseJson(Schema.Struct({ body: Schema.String, repeats: Schema.Array(Schema.Int) }))
/** @since 0.1.0 */
export const encode = Schema.encodeSync(Spilled)
const decode = Schema.decodeUnknownOption(Spilled)

/**
 * The events of one. What cannot be read any more is passed over: it would hold
 * up all the rest.
 *
 * @since 0.1.0
 */
export const eventsOf = (spilled: string): ReadonlyArray<PushEvent.PushEvent> =>
  Option.match(decode(spilled), {
    onNone: () => [],
    onSome: ({ body, repeats }) =>
      Either.match(Webhook.read(body), {
        onLeft: () => [],
        onRight: ({ events }) => events.filter((_, place) => !repeats.includes(place))
      })
  })
