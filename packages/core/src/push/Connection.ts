/**
 * One connection to X's activity stream: the request, and its answer line by
 * line.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { isRecord } from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Problem from "../model/Problem.js"
import type { CredentialsService } from "../protocol/CredentialsService.js"
import * as Endpoint from "../protocol/Endpoint.js"
import * as Errors from "../protocol/Errors.js"
import * as Failure from "../protocol/Failure.js"
import { backOff } from "../protocol/Retries.js"
import * as Transport from "../protocol/Transport.js"
import type { Reason } from "./ActivityHealth.js"
import * as PushEvent from "./PushEvent.js"

/**
 * What ends an activity stream: what does not pass by itself.
 *
 * @since 0.1.0
 */
export type ActivityError =
  | Exclude<Errors.CredentialsError, Errors.RefreshFailed>
  | Errors.InvalidInput
  | Errors.MissingScope
  | Errors.Unauthorized
  | Errors.Forbidden
  | Errors.OutOfCredits
  | Errors.BadRequest
  | Errors.NotFound

/** Why a connection is over. @since 0.1.0 */
export type Loss = Reason | ActivityError

/**
 * What a line says.
 *
 * @since 0.1.0
 */
export type Line =
  | { readonly _tag: "Blank" }
  | { readonly _tag: "Events"; readonly events: ReadonlyArray<PushEvent.PushEvent> }
  | { readonly _tag: "Unreadable"; readonly expected: string; readonly excerpt: string }

interface Input {
  readonly backfillMinutes?: number | undefined
}

const endpoint: Endpoint.Endpoint<Input, unknown, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/activity/stream",
  bucket: "ActivityStream",
  scopes: [],
  retry: backOff,
  input: Schema.Struct({
    backfillMinutes: Schema.optional(
      Schema.Int.pipe(Schema.between(0, 5, { message: () => "must be a whole number from 0 to 5" }))
    )
  }),
  query: ({ backfillMinutes = 0 }) =>
    Either.right({ backfill_minutes: backfillMinutes === 0 ? undefined : backfillMinutes }),
  success: Schema.Unknown
}

/**
 * What connections are made with.
 *
 * @since 0.1.0
 */
export interface Means {
  readonly client: HttpClient.HttpClient
  readonly credentials: CredentialsService
  readonly baseUrl: string
  readonly userAgent: string
  /** The time for X to answer, and between two bytes of its answer, in milliseconds. */
  readonly silenceMillis: number
}

const blank: Line = { _tag: "Blank" }

const asText = (value: unknown): string | undefined => typeof value === "string" ? value : undefined

/** What X says of an error in the stream: some are the same as those of an answer, and all end the connection. */
const closing = (json: { readonly [name: string]: unknown }): Loss => {
  const problem = Problem.fromBody(json)
  const failure = Failure.fromProblem(endpoint, { status: 200, headers: {}, body: "" }, problem)
  switch (failure._tag) {
    case "Unauthorized":
    case "Forbidden":
    case "OutOfCredits":
    case "RateLimited":
      return failure
  }
  const all: ReadonlyArray<unknown> = Array.isArray(json["errors"]) ? json["errors"] : []
  const said = (name: string) => all.flatMap((error) => (isRecord(error) ? asText(error[name]) : undefined) ?? [])[0]
  return {
    _tag: "Closed",
    detail: problem?.detail ?? problem?.title,
    disconnectType: said("disconnect_type"),
    connectionIssue: said("connection_issue")
  }
}

const unreadable = (text: string, expected: string): Line => ({
  _tag: "Unreadable",
  expected,
  excerpt: Failure.excerpt(text)
})

const parse = (text: string): Either.Either<unknown, undefined> => {
  try {
    return Either.right(JSON.parse(text))
  } catch {
    return Either.left(undefined)
  }
}

/**
 * What a line says, or that X closes the stream.
 *
 * @since 0.1.0
 */
export const readLine = (text: string): Either.Either<Line, Loss> => {
  if (text.trim() === "") return Either.right(blank)
  const json = parse(text)
  if (Either.isLeft(json)) return Either.right(unreadable(text, "expected JSON"))
  if (isRecord(json.right) && !isRecord(json.right["data"]) && Array.isArray(json.right["errors"])) {
    return Either.left(closing(json.right))
  }
  return Either.right(Either.match(PushEvent.fromJson(json.right), {
    onLeft: ({ expected }) => unreadable(text, expected),
    onRight: (events): Line => ({ _tag: "Events", events })
  }))
}

const silent = (afterMillis: number): Reason => ({ _tag: "Silent", afterMillis })

/** The answer of X with its headers, if it is a success. */
const answer = (
  { client, credentials, silenceMillis }: Means,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<HttpClientResponse, Errors.ReadError, Scope.Scope> => {
  const { method, route } = endpoint
  const interpret = Endpoint.response(endpoint)
  const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.timeoutFail(effect, {
      duration: silenceMillis,
      onTimeout: () => new Errors.TimedOut({ method, route, afterMillis: silenceMillis })
    })
  const unreachable = (error: HttpClientError) => Transport.unreachable(endpoint, error)
  const attempt = Effect.gen(function*() {
    const signed = yield* credentials.sign(request)
    const response = yield* inTime(Effect.mapError(HttpClient.withScope(client).execute(signed), unreachable)).pipe(
      // The client's span would name the whole URL.
      Effect.withTracerEnabled(false)
    )
    if (response.status === 200) return Either.right(response)
    const body = yield* inTime(Effect.mapError(response.text, unreachable))
    const { headers, status } = response
    const told = interpret(Transport.withoutSecrets({ status, headers, body }, signed))
    if (Either.isLeft(told)) return Either.left({ error: told.left, signed })
    const where = { path: "", expected: "expected a stream, with status 200", excerpt: body }
    return Either.left({ error: Failure.unexpected(endpoint, { status, headers, body }, where), signed })
  })
  return Effect.gen(function*() {
    const first = yield* attempt
    if (Either.isRight(first)) return first.right
    const { error, signed } = first.left
    if (error._tag !== "Unauthorized" || !(yield* credentials.renew(signed))) return yield* error
    const second = yield* attempt
    return Either.isRight(second) ? second.right : yield* second.left.error
  })
}

/**
 * Connects; gives the lines once X has answered. They end with the reason why
 * the connection is over, always. It closes with the scope.
 *
 * @since 0.1.0
 */
export const open = (
  means: Means,
  backfillMinutes: number
): Effect.Effect<Stream.Stream<Line, Loss>, Loss, Scope.Scope> => {
  const base = HttpClientRequest.setHeader(HttpClientRequest.get(means.baseUrl), "user-agent", means.userAgent)
  const request = Endpoint.request(endpoint, "post", base)({ backfillMinutes })
  if (Either.isLeft(request)) return Effect.fail(request.left)
  return Effect.map(answer(means, request.right), (response) =>
    response.stream.pipe(
      Stream.mapError((error): Loss => Transport.unreachable(endpoint, error)),
      Stream.timeoutFail(() => silent(means.silenceMillis), means.silenceMillis),
      Stream.decodeText(),
      Stream.splitLines,
      Stream.mapEffect(readLine),
      Stream.concat(Stream.fail<Loss>({ _tag: "Ended" }))
    ))
}

/** @since 0.1.0 */
export const isFatal = (loss: Loss): loss is ActivityError => {
  switch (loss._tag) {
    case "NeedsLogin":
    case "TokenStoreFailed":
    case "InvalidInput":
    case "MissingScope":
    case "Unauthorized":
    case "Forbidden":
    case "OutOfCredits":
    case "BadRequest":
    case "NotFound":
      return true
    default:
      return false
  }
}
