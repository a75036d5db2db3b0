/**
 * One page of a listing of events, newest first, and the answer to a look-up
 * of one event.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type * as Dialect from "./Dialect.js"
import * as DmEvent from "./DmEvent.js"
import { received } from "./Ids.js"
import * as Includes from "./Includes.js"
import { Problem } from "./Problem.js"
import { list, optional, struct } from "./Wire.js"

const Meta = struct({
  resultCount: optional(Schema.Number),
  nextToken: optional(received.PageToken),
  previousToken: optional(received.PageToken)
})

/**
 * How many results the page has, and the tokens of its neighbours.
 *
 * @since 0.1.0
 */
export interface Meta extends Schema.Schema.Type<typeof Meta> {}

const includesOf = (dialect: Dialect.Dialect) =>
  Schema.optionalWith(Includes.inDialect(dialect), { exact: true, nullable: true, default: () => Includes.empty })

const page = (dialect: Dialect.Dialect) =>
  struct({
    events: list(DmEvent.inDialect(dialect)),
    includes: includesOf(dialect),
    meta: Schema.optionalWith(Meta, { exact: true, nullable: true, default: () => ({}) }),
    errors: list(Problem)
  }, { events: "data" })

const single = (dialect: Dialect.Dialect) =>
  struct({
    event: DmEvent.inDialect(dialect),
    includes: includesOf(dialect),
    errors: list(Problem)
  }, { event: "data" })

/**
 * A page. `errors` are X's partial failures: what it could not give of the
 * things that this page refers to. An empty page can have a `nextToken`, and
 * the listing goes on there.
 *
 * @since 0.1.0
 */
export interface EventsPage extends Schema.Schema.Type<ReturnType<typeof page>> {}

/**
 * One event with what it refers to.
 *
 * @since 0.1.0
 */
export interface SingleEvent extends Schema.Schema.Type<ReturnType<typeof single>> {}

/**
 * The Schema of a page. It reads both dialects and writes the one named.
 *
 * @since 0.1.0
 */
export const inDialect: (dialect: Dialect.Dialect) => Schema.Schema<EventsPage, unknown> = page

/**
 * The Schema of a page, writing the post dialect.
 *
 * @since 0.1.0
 */
export const EventsPage: Schema.Schema<EventsPage, unknown> = page("post")

/**
 * The Schema of one event with what it refers to. It reads both dialects and
 * writes the one named.
 *
 * @since 0.1.0
 */
export const singleInDialect: (dialect: Dialect.Dialect) => Schema.Schema<SingleEvent, unknown> = single

/**
 * The Schema of one event with what it refers to, writing the post dialect.
 *
 * @since 0.1.0
 */
export const SingleEvent: Schema.Schema<SingleEvent, unknown> = single("post")
