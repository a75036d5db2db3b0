/**
 * One request and its answer: signed, sent, read whole, in time.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import * as Carrier from "./Carrier.js"
import type { CredentialsService } from "./Credentials.js"
import type { Deadline } from "./Deadline.js"
import { type Call, type InvalidInput, type ReadError, TimedOut, type Unreachable } from "./Errors.js"
import type { Failure, RawAnswer } from "./Failure.js"
import * as Immediate from "./Immediate.js"
import type { Permits, Restore } from "./Permits.js"
import * as Transport from "./Transport.js"

/**
 * What an attempt can meet.
 *
 * @since 0.1.0
 */
export type AttemptError = Exclude<ReadError, InvalidInput>

/**
 * What an attempt is made with.
 *
 * @since 0.1.0
 */
export interface Means {
  readonly client: HttpClient.HttpClient
  readonly credentials: CredentialsService
  readonly connections: Permits
  readonly deadline: Deadline
  readonly timeout: Duration.Duration
}

/**
 * Who sees to an attempt, which nothing interrupts but where `restore` says so:
 * is told of what comes, as it comes.
 *
 * @since 0.1.0
 */
export interface Observer {
  readonly restore: Restore
  /** The request is about to leave; with these credentials, if it should be refused. */
  readonly onSigned: (signed: HttpClientRequest.HttpClientRequest) => Effect.Effect<void>
  readonly onAnswer: (answer: RawAnswer) => Effect.Effect<void>
}

/**
 * An attempt at a call. The time-out covers the body; an attempt that is
 * interrupted or late closes its connection.
 *
 * @since 0.1.0
 */
export const make = ({ client, connections, credentials, deadline, timeout }: Means) => {
  const afterMillis = Duration.toMillis(timeout)
  const carry = Carrier.of(client)
  const read = (signed: HttpClientRequest.HttpClientRequest): Effect.Effect<RawAnswer, HttpClientError> =>
    Effect.flatMap(
      client.execute(signed),
      (response) => Effect.map(response.text, (body) => ({ status: response.status, headers: response.headers, body }))
    )

  const answerTo = (
    signed: HttpClientRequest.HttpClientRequest,
    call: Call,
    restore: Restore
  ): Effect.Effect<RawAnswer, Unreachable | TimedOut> => {
    const late = () => new TimedOut({ method: call.method, route: call.route, afterMillis })
    const failed = (error: HttpClientError) => Effect.fail(Transport.unreachable(call, error))
    return carry === undefined
      ? deadline.within(restore, Effect.catchAll(untraced(read(signed)), failed), late)
      : deadline.called(
        restore,
        (ended) =>
          carry(signed, (result) => ended(Either.isRight(result) ? Effect.succeed(result.right) : failed(result.left))),
        late
      )
  }

  return <Success>(
    call: Call,
    request: HttpClientRequest.HttpClientRequest,
    interpret: (answer: RawAnswer) => Either.Either<Success, Failure>,
    { onAnswer, onSigned, restore }: Observer
  ): Effect.Effect<Success, AttemptError> => {
    const signing = credentials.sign(request)
    const made = Immediate.flatMap(Exit.isExit(signing) ? signing : restore(signing), (signed) =>
      Effect.zipRight(
        onSigned(signed),
        Effect.flatMap(answerTo(signed, call, restore), (answer) => {
          const result = interpret(answer)
          const told = Either.isRight(result) ? result : interpret(Transport.withoutSecrets(answer, signed))
          return Effect.zipRight(onAnswer(answer), told)
        })
      ))
    return connections.oneOf(restore, made)
  }
}

/**
 * The span of a call is ours; the client's would name full URLs, and X has no
 * use for our trace ids. The fiber of a timed effect is its own, so that
 * nothing has to be set back.
 */
const untraced = <A, E>(self: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.zipRight(FiberRef.set(FiberRef.currentTracerEnabled, false), self)
