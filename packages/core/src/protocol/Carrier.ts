/**
 * A short way for requests, beside the `HttpClient`'s: a client that reads
 * answers whole may carry a request by one call and one callback. The library
 * takes it where it is there, and then watches over the time itself, without a
 * fiber for each request.
 *
 * For authors of clients; `NodeClient` has one. A client that is transformed is
 * another client, which has none.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type * as Either from "effect/Either"
import { hasProperty } from "effect/Predicate"
import type { RawAnswer } from "./Failure.js"

export type { RawAnswer } from "./Failure.js"

/**
 * Begins a request whose body is in memory, and calls `ended` once, with the
 * answer or with what kept it away. Gives what calls the request off: its
 * connection closes, and `ended` is not called any more.
 *
 * @since 0.1.0
 */
export type Carry = (
  request: HttpClientRequest,
  ended: (result: Either.Either<RawAnswer, HttpClientError>) => void
) => () => void

const TypeId: unique symbol = Symbol.for("@effect-xdm/core/Carrier")

/**
 * A client with its short way.
 *
 * @since 0.1.0
 */
export interface Carrier extends HttpClient.HttpClient {
  readonly [TypeId]: Carry
}

/**
 * Gives a client its short way. It must do what the client does.
 *
 * @since 0.1.0
 */
export const make = (client: HttpClient.HttpClient, carry: Carry): Carrier => Object.assign(client, { [TypeId]: carry })

/**
 * The short way of a client, if it has one.
 *
 * @since 0.1.0
 */
export const of = (client: HttpClient.HttpClient): Carry | undefined =>
  hasProperty(client, TypeId) ? (client as Carrier)[TypeId] : undefined // nobody else has the symbol
