/**
 * An answer of bytes, as they come: so many may be too many for the memory.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { isRecord } from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { AttemptError, Means, Observer } from "./Attempt.js"
import { type Call, TimedOut, Unreachable } from "./Errors.js"
import type { Failure, RawAnswer } from "./Failure.js"
import * as Transport from "./Transport.js"

/**
 * An answer of bytes whose first ones are there. What its headers tell is
 * absent where they do not.
 *
 * @since 0.1.0
 */
export interface Bytes {
  /** The media type: `image/jpeg`. */
  readonly type: string | undefined
  /** How many bytes there are. */
  readonly size: number | undefined
  /** The first of the bytes, which `stream` gives as well. */
  readonly head: Uint8Array
  /**
   * The bytes, once. It fails if the connection breaks, ends before all bytes
   * came, or brings none for as long as a call may take.
   */
  readonly stream: Stream.Stream<Uint8Array, Unreachable | TimedOut>
}

/**
 * The Schema of an answer of bytes, which is not read from JSON.
 *
 * @since 0.1.0
 */
export const Bytes: Schema.Schema<Bytes, unknown> = Schema.Unknown.pipe(
  Schema.compose(Schema.declare((value): value is Bytes => isRecord(value) && Stream.StreamTypeId in value), {
    strict: false
  })
)

interface Begun {
  readonly answer: RawAnswer
  readonly head: Chunk.Chunk<Uint8Array>
  readonly pull: Effect.Effect<Chunk.Chunk<Uint8Array>, Option.Option<HttpClientError>>
}

const nothing: Pick<Begun, "head" | "pull"> = { head: Chunk.empty(), pull: Effect.fail(Option.none()) }

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

/** Up to the first of the bytes; an answer that is no success is read whole. */
const begin = (client: HttpClient.HttpClient.With<HttpClientError, Scope.Scope>) =>
(
  signed: HttpClientRequest.HttpClientRequest
): Effect.Effect<Begun, HttpClientError, Scope.Scope> =>
  Effect.flatMap(client.execute(signed), (response) => {
    const { headers, status } = response
    if (status < 200 || status >= 300) {
      return Effect.map(response.text, (body) => ({ ...nothing, answer: { status, headers, body } }))
    }
    const answer = { status, headers, body: "" }
    return Effect.flatMap(Stream.toPull(response.stream), (pull) =>
      pull.pipe(
        Effect.map((head) => ({ answer, head, pull })),
        Effect.catchAll(Option.match({
          onNone: () => Effect.succeed({ ...nothing, answer }),
          onSome: Effect.fail
        }))
      ))
  })

/** The rest of the bytes after the first; none for too long is a failure, and so is an end before all came. */
const rest = (call: Call, { answer, head, pull }: Begun, size: number | undefined, timeout: Duration.Duration) => {
  let missing = size ?? 0
  const count = (chunk: Chunk.Chunk<Uint8Array>) => {
    for (const bytes of chunk) missing -= bytes.length
  }
  const broken = new Unreachable({ method: call.method, route: call.route, code: undefined, notSent: false })
  const isWhole = () => size === undefined || missing <= 0 || answer.headers["content-encoding"] !== undefined
  const next = pull.pipe(
    Effect.mapError(Option.map((error): Unreachable | TimedOut => Transport.unreachable(call, error))),
    Effect.timeoutFail({
      duration: timeout,
      onTimeout: () => Option.some(new TimedOut({ ...call, afterMillis: Duration.toMillis(timeout) }))
    }),
    Effect.tap((chunk) => Effect.sync(() => count(chunk))),
    Effect.catchIf(Option.isNone, () => Effect.fail(isWhole() ? Option.none() : Option.some(broken)))
  )
  return Stream.suspend(() => {
    count(head)
    return Stream.concat(Stream.fromChunk(head), Stream.repeatEffectChunkOption(next))
  })
}

/**
 * An attempt that ends with the first of the bytes. Its connection is held, and
 * its place among those that may be open, until the scope closes.
 *
 * @since 0.1.0
 */
export const make = (
  { client, credentials, deadline, timeout }: Omit<Means, "connections">,
  hold: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
) => {
  const execute = begin(HttpClient.withScope(client))
  return (
    { method, route }: Call,
    request: HttpClientRequest.HttpClientRequest,
    interpret: (answer: RawAnswer) => Either.Either<unknown, Failure>,
    { onAnswer, onSigned, restore }: Observer
  ): Effect.Effect<Bytes, AttemptError, Scope.Scope> => {
    const call = { method, route }
    const late = () => new TimedOut({ ...call, afterMillis: Duration.toMillis(timeout) })
    const open = Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const signed = yield* restore(credentials.sign(request))
        yield* onSigned(signed)
        const begun = yield* deadline.within(
          restore,
          Effect.mapError(
            Effect.withTracerEnabled(execute(signed), false),
            (error) => Transport.unreachable(call, error)
          ),
          late
        )
        const { answer, head } = begun
        yield* onAnswer(answer)
        if (answer.status < 200 || answer.status >= 300) {
          yield* interpret(Transport.withoutSecrets(answer, signed))
        }
        const size = number(answer.headers["content-length"])
        return {
          type: answer.headers["content-type"]?.split(";")[0]?.trim(),
          size: answer.headers["content-encoding"] === undefined ? size : undefined,
          head: Option.getOrElse(Chunk.head(head), () => new Uint8Array()),
          stream: rest(call, begun, size, timeout)
        }
      })
    )
    return restore(held(hold, open))
  }
}

/** Opens something in a fiber of its own, which holds it, and what it was opened under, until the scope closes. */
const held = <A, E>(
  hold: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>,
  open: Effect.Effect<A, E, Scope.Scope>
): Effect.Effect<A, E, Scope.Scope> =>
  Effect.gen(function*() {
    const opened = yield* Deferred.make<A, E>()
    const holding = Effect.zipRight(Effect.flatMap(open, (value) => Deferred.succeed(opened, value)), Effect.never)
    const fiber = yield* Effect.forkScoped(
      Effect.catchAllCause(hold(Effect.scoped(holding)), (cause) => Deferred.failCause(opened, cause))
    )
    return yield* Effect.onInterrupt(Deferred.await(opened), () => Fiber.interrupt(fiber))
  })
