/**
 * An endpoint of X as a value: described once, and read by two pure functions
 * that need no network. {@link request} turns an input into a request,
 * {@link response} an answer into a success or its error.
 *
 * @since 0.1.0
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import * as Either from "effect/Either"
import * as Inspectable from "effect/Inspectable"
import * as ParseResult from "effect/ParseResult"
import { isRecord } from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Decoder from "../model/Decoder.js"
import type { Dialect } from "../model/Dialect.js"
import type { Untranslatable } from "../model/Fields.js"
import * as Problem from "../model/Problem.js"
import * as Validator from "../model/Validator.js"
import type { BucketName } from "./Buckets.js"
import { type Attempted, InvalidInput, type ReadError, type SendError } from "./Errors.js"
import * as Failure from "./Failure.js"
import * as Multipart from "./Multipart.js"
import type { Pauses } from "./Retries.js"

/**
 * What a call does at X, which decides whether it may be repeated: `read` and
 * `remove` may, `send` may not. A step of an upload counts as a read: done twice,
 * it does no harm.
 *
 * @since 0.1.0
 */
export type Kind = "read" | "remove" | "send"

/**
 * The errors of a call of this kind.
 *
 * @since 0.1.0
 */
export type ErrorOf<K extends Kind> = K extends "send" ? SendError : ReadError

/**
 * The query parameters of a request, without those that are `undefined`.
 *
 * @since 0.1.0
 */
export type Query = { readonly [parameter: string]: string | number | undefined }

interface Description<Input, Success, K extends Kind> {
  readonly kind: K
  readonly method: Extract<HttpMethod, "GET" | "POST" | "PUT" | "DELETE">
  /** The path, with its parameters in braces: `/2/dm_events/{event_id}`. */
  readonly route: string
  /** Which calls X counts together; the endpoint's own name unless X says otherwise. */
  readonly bucket: BucketName
  /** The OAuth 2.0 scopes that the token must hold. */
  readonly scopes: ReadonlyArray<string>
  /** The pauses before the call is repeated after a failure that allows it. */
  readonly retry: Pauses
  readonly input: Schema.Schema<Input>
  /** The values of the route's parameters, by their names. */
  readonly path?: (input: Input) => { readonly [parameter: string]: string }
  readonly query?: (input: Input, dialect: Dialect) => Either.Either<Query, Untranslatable>
  readonly body?: (input: Input) => unknown
  /** A body that is a form with a file, in place of JSON. */
  readonly form?: (input: Input) => Multipart.Form
  /** What answers to ask for, if not JSON. */
  readonly accept?: string
  /** What the JSON of a successful answer holds. */
  readonly success: Schema.Schema<Success, unknown>
  /** The answer that a success without a body (204) stands for. */
  readonly empty?: Success
  /** The events that a success holds, each of which X bills once in a UTC day. */
  readonly reads?: (success: Success) => ReadonlyArray<{ readonly id: string }>
}

/**
 * The description of one endpoint; that of a send says what it sends to whom.
 *
 * @since 0.1.0
 */
export type Endpoint<Input, Success, K extends Kind> = Description<Input, Success, K> & SendsOf<Input, K>

type SendsOf<Input, K extends Kind> = K extends "send" ? { readonly sends: (input: Input) => Omit<Attempted, "leftAt"> }
  : { readonly sends?: undefined }

/**
 * The request for an input, unsigned; or what is wrong with the input. It is
 * made from a blank one that has what all requests have: the base URL, headers.
 *
 * @since 0.1.0
 */
export const request = <Input, Success, K extends Kind>(
  endpoint: Endpoint<Input, Success, K>,
  dialect: Dialect,
  blank: HttpClientRequest.HttpClientRequest = HttpClientRequest.get("")
): (input: Input) => Either.Either<HttpClientRequest.HttpClientRequest, InvalidInput> => {
  const isValid = Validator.compile(endpoint.input)
  const validate = ParseResult.validateEither(endpoint.input, { onExcessProperty: "error" })
  const { accept = "application/json", method, route } = endpoint
  const start = blank.pipe(HttpClientRequest.setMethod(method), HttpClientRequest.accept(accept))
  const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name)
  const [first = "", ...rest] = route.split(/\{\w+\}/)
  const origin = start.url + first
  return (input) => {
    if (!isValid(input)) {
      const valid = validate(input)
      if (Either.isLeft(valid)) return Either.left(invalidInput(endpoint, input, valid.left))
    }
    const query = endpoint.query?.(input, dialect)
    if (query !== undefined && Either.isLeft(query)) {
      return Either.left(new InvalidInput({ method, route, ...query.left, value: show(query.left.value) }))
    }
    const parameters = endpoint.path?.(input) ?? {}
    let url = origin
    for (let i = 0; i < names.length; i++) url += encodeURIComponent(parameters[names[i]!] ?? "") + rest[i]!
    const placed = HttpClientRequest.setUrl(start, url)
    const bare = query === undefined ? placed : HttpClientRequest.setUrlParams(placed, query.right)
    if (endpoint.form !== undefined) {
      const { body, contentType } = Multipart.encode(endpoint.form(input))
      return Either.right(HttpClientRequest.bodyUint8Array(bare, body, contentType))
    }
    return Either.right(
      endpoint.body === undefined ? bare : HttpClientRequest.bodyUnsafeJson(bare, endpoint.body(input))
    )
  }
}

/**
 * What an answer means: the success, or the error that it tells of.
 *
 * @since 0.1.0
 */
export const response = <Input, Success, K extends Kind>(
  endpoint: Endpoint<Input, Success, K>
): (answer: Failure.RawAnswer) => Either.Either<Success, Failure.Failure> => {
  const decode = Decoder.compile(endpoint.success)
  return (answer) => {
    const failed = answer.status >= 400
    if (!failed && answer.body.trim() === "" && answer.status === 204 && endpoint.empty !== undefined) {
      return Either.right(endpoint.empty)
    }
    const json = parse(answer.body)
    if (failed) {
      const problem = Either.isRight(json) ? Problem.fromBody(json.right) : undefined
      return Either.left(Failure.fromProblem(endpoint, answer, problem))
    }
    if (Either.isLeft(json) || answer.status < 200 || answer.status >= 300) {
      const expected = Either.isLeft(json) ? json.left : "expected a status of 200 to 299"
      return Either.left(Failure.unexpected(endpoint, answer, { path: "", expected, excerpt: answer.body }))
    }
    if (saysOnlyErrors(json.right)) {
      return Either.left(Failure.fromProblem(endpoint, answer, Problem.fromBody(json.right)))
    }
    return Either.mapLeft(decode(json.right), (issue) => {
      const { message, path } = firstIssue(issue)
      const found = show(valueAt(json.right, path))
      return Failure.unexpected(endpoint, answer, { path: path.join("."), expected: message, excerpt: found })
    })
  }
}

const parse = (body: string): Either.Either<unknown, string> => {
  try {
    return Either.right(JSON.parse(body))
  } catch {
    // The engine's message quotes the body, so it is not passed on.
    return Either.left(body.trim() === "" ? "expected JSON, found nothing" : "expected JSON")
  }
}

/** 200 with `errors` and no `data` is a failure; `errors` beside `data` are not. */
const saysOnlyErrors = (json: unknown): boolean =>
  isRecord(json) && (json["data"] ?? undefined) === undefined && Array.isArray(json["errors"]) &&
  json["errors"].length > 0

const invalidInput = (
  { method, route }: { readonly method: string; readonly route: string },
  input: unknown,
  issue: ParseResult.ParseIssue
): InvalidInput => {
  const { message, path } = firstIssue(issue)
  return new InvalidInput({
    method,
    route,
    parameter: path.length === 0 ? "the input" : path.join("."),
    rule: isRecord(input) ? message : "must be an object of parameters",
    value: show(valueAt(input, path))
  })
}

const firstIssue = (issue: ParseResult.ParseIssue) => {
  const [first] = ParseResult.ArrayFormatter.formatIssueSync(issue)
  // The formatter gives at least one item for every issue.
  return {
    path: (first?.path ?? []).map(String),
    message: first === undefined ? "is not as expected" : worded(first.message)
  }
}

/** The formatter's message in a reader's words, without the value, which may be of any length. */
const worded = (message: string): string =>
  message
    .replace(/, actual [^]*$/, "")
    .replace(/^is unexpected, expected: ([^]*)$/, (_, names: string) =>
      `is no parameter of this call; they are: ${names.replaceAll("\"", "").replaceAll(" | ", ", ")}`)
    .replace(/^Expected (ReadonlyArray.*|an array)$/, "expected an array")
    .replace(/^Expected (\{ readonly .*|.*Struct.*)$/, "expected an object")
    .replace(/^Expected /, "expected ")

const valueAt = (root: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (value, key) => isRecord(value) ? value[key] : Array.isArray(value) ? value[Number(key)] : undefined,
    root
  )

const show = (value: unknown): string => {
  const text = asText(value)
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

const asText = (value: unknown): string => {
  if (value === undefined) return "absent"
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value === "number") return String(value)
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // A bigint or a circle, which a caller without types may pass.
    return Inspectable.toStringUnknown(value, 0)
  }
}
