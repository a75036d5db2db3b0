/**
 * Which error an unsuccessful answer is.
 *
 * @since 0.1.0
 */
import * as Problem from "../model/Problem.js"
import * as Errors from "./Errors.js"
import * as RateLimitHeaders from "./RateLimitHeaders.js"

/**
 * An answer as text, with the names of its headers in lower case.
 *
 * @since 0.1.0
 */
export interface RawAnswer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | undefined }
  readonly body: string
}

/**
 * What the error has to know of the endpoint.
 *
 * @since 0.1.0
 */
export interface Asked extends Errors.Call {
  readonly bucket: string
  readonly scopes: ReadonlyArray<string>
}

/**
 * The error of an answer, before it is known whether the call was a send.
 *
 * @since 0.1.0
 */
export type Failure = Exclude<
  Errors.ReadError,
  Errors.InvalidInput | Errors.MissingScope | Errors.CredentialsError | Errors.Unreachable | Errors.TimedOut
>

/** X's older error codes; the meanings are users' reports. */
const reasonOfCode: { readonly [code: number]: Errors.ForbiddenReason } = {
  93: "AppLacksDmPermission",
  150: "RecipientDoesNotFollow",
  226: "LooksAutomated",
  349: "RecipientRefusesMessages"
}

const reasonOfKind: { readonly [kind: string]: Errors.ForbiddenReason } = {
  "client-forbidden": "ClientNotEnrolled",
  "not-authorized-for-resource": "NotAuthorizedForResource",
  "not-authorized-for-field": "NotAuthorizedForResource",
  "field-unauthorized": "NotAuthorizedForResource"
}

/** What a table says of a kind, which comes from the server and may be `constructor`. */
const lookUp = <A>(table: { readonly [kind: string]: A }, kind: string | undefined): A | undefined =>
  kind !== undefined && Object.hasOwn(table, kind) ? table[kind] : undefined

const forbiddenReason = (problem: Problem.Problem | undefined): Errors.ForbiddenReason => {
  if (problem === undefined) return "MissingScope"
  if (problem.reason === "official-client-forbidden") return "Other"
  const known = reasonOfCode[problem.code ?? 0] ?? lookUp(reasonOfKind, Problem.kind(problem))
  if (known !== undefined) return known
  // A missing scope gives no more than the word.
  const bare = (problem.detail ?? "Forbidden") === "Forbidden" && (problem.title ?? "Forbidden") === "Forbidden"
  return bare ? "MissingScope" : "Other"
}

/** The status that stands for a kind of problem, for answers that carry a problem under another status. */
const statusOfKind: { readonly [kind: string]: number } = {
  "invalid-request": 400,
  "credits": 402,
  "credits-depleted": 402,
  "client-forbidden": 403,
  "not-authorized-for-resource": 403,
  "not-authorized-for-field": 403,
  "field-unauthorized": 403,
  "disallowed-resource": 403,
  "resource-not-found": 404,
  "usage-capped": 429,
  "internal-error": 500,
  "field-hydration-failure": 503,
  "resource-unavailable": 503
}

/**
 * The error of an answer whose problem is known.
 *
 * @since 0.1.0
 */
export const fromProblem = (asked: Asked, answer: RawAnswer, problem: Problem.Problem | undefined): Failure => {
  const kind = problem === undefined ? undefined : Problem.kind(problem)
  const told: Errors.Answer = {
    method: asked.method,
    route: asked.route,
    status: answer.status,
    problem,
    transactionId: answer.headers["x-transaction-id"]
  }
  const failed = answer.status >= 400
  const status = failed && kind !== "usage-capped"
    ? answer.status
    : lookUp(statusOfKind, kind) ?? problem?.status ?? 400
  switch (status) {
    case 401:
      return new Errors.Unauthorized(told)
    case 402:
      return new Errors.OutOfCredits(told)
    case 403:
      return new Errors.Forbidden({ ...told, reason: forbiddenReason(problem), scopes: asked.scopes })
    case 404:
      return new Errors.NotFound(told)
    case 408:
      return serverFailure(told, answer)
    case 429: {
      const state = RateLimitHeaders.exhausted(answer.headers)
      const window = kind === "usage-capped" ? "usage cap" : state.window
      return new Errors.RateLimited({ ...told, ...state, window, bucket: asked.bucket })
    }
    default:
      return status >= 500 ? serverFailure(told, answer) : new Errors.BadRequest(told)
  }
}

// A date in the header counts from the answer's own date; without one, it tells nothing.
const serverFailure = (told: Errors.Answer, { headers }: RawAnswer) =>
  new Errors.ServerFailure({
    ...told,
    retryAfterMillis: RateLimitHeaders.retryAfter(headers, RateLimitHeaders.dateOf(headers) ?? Infinity)
  })

/**
 * The error of an answer that is neither a success nor a failure by its
 * status, or a success that cannot be read.
 *
 * @since 0.1.0
 */
export const unexpected = (
  asked: Asked,
  answer: RawAnswer,
  where: { readonly path: string; readonly expected: string; readonly excerpt: string }
): Errors.UnexpectedResponse =>
  new Errors.UnexpectedResponse({
    method: asked.method,
    route: asked.route,
    status: answer.status,
    problem: undefined,
    transactionId: answer.headers["x-transaction-id"],
    path: where.path,
    expected: where.expected,
    excerpt: excerpt(where.excerpt)
  })

const secrets =
  /\b(Bearer|Basic|OAuth)\s+(?!oauth_)[^\s"'<,;]+|((?:access|refresh|id)_token|client_secret|oauth_[a-z_]+)(["']?\s*[:=]\s*["']?)[^\s"'&<,;]+/gi

/**
 * The beginning of a text, on one line, without anything that looks like a
 * credential.
 *
 * @since 0.1.0
 */
export const excerpt = (text: string): string => {
  // Cut after the search for secrets, so that none is cut in half and missed.
  const clean = text.slice(0, 4_000)
    .replace(
      secrets,
      (_, scheme, name, sign) => scheme === undefined ? `${name}${sign}[redacted]` : `${scheme} [redacted]`
    )
    .replace(/\s+/g, " ")
    .trim()
  return clean === "" ? "(nothing)" : clean.length > 200 ? `${clean.slice(0, 200)}…` : clean
}
