/**
 * The request that renews tokens, and what X can answer to it.
 *
 * Source: RFC 6749, section 6, and X's guide to OAuth 2.0 with PKCE.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { isRecord } from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Problem from "../model/Problem.js"
import * as Errors from "./Errors.js"
import * as Failure from "./Failure.js"
import { isAccessToken, type TokenSet } from "./TokenSet.js"
import * as Transport from "./Transport.js"

/**
 * How tokens are asked for.
 *
 * @since 0.1.0
 */
export interface Means {
  readonly client: HttpClient.HttpClient
  readonly clientId: string
  /** That of a confidential client; a public one has none. */
  readonly clientSecret: Redacted.Redacted | undefined
  readonly url: URL
  readonly timeout: Duration.Duration
}

/**
 * X does not take the refresh token any more: it is spent, revoked or another
 * app's. `said` is what X says of it.
 *
 * @since 0.1.0
 */
export class RefreshTokenRefused extends Data.TaggedError("RefreshTokenRefused")<{ readonly said: string }> {}

type Reason = Errors.RefreshFailed["reason"]

const json = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** The tokens of an answer. What it leaves out is as it was before, save the time until which they are good. */
const read = (body: unknown, before: TokenSet, askedAt: number): TokenSet | undefined => {
  if (!isRecord(body) || typeof body["access_token"] !== "string" || !isAccessToken(body["access_token"])) {
    return undefined
  }
  const { access_token: accessToken, expires_in: seconds, refresh_token: refreshToken, scope } = body
  return {
    accessToken: Redacted.make(accessToken),
    refreshToken: typeof refreshToken === "string" && refreshToken !== ""
      ? Redacted.make(refreshToken)
      : before.refreshToken,
    expiresAt: typeof seconds === "number" && seconds > 0 && seconds < 1e10
      ? DateTime.unsafeMake(askedAt + seconds * 1000)
      : undefined,
    scopes: typeof scope === "string" ? scope.split(" ").filter((each) => each !== "") : before.scopes
  }
}

/** Whether X means the refresh token by its refusal, and not the request or the app. */
const isRefusal = (status: number, body: unknown): boolean =>
  isRecord(body) && status === 400 &&
  (body["error"] === "invalid_grant" ||
    (body["error"] === "invalid_request" && /value passed for the token/i.test(String(body["error_description"]))))

/**
 * The function that spends a refresh token for new tokens. It can be
 * interrupted only together with its own fiber: what X gives must not be lost
 * because whoever asked has gone.
 *
 * @since 0.1.0
 */
export const make = ({ client, clientId, clientSecret, timeout, url }: Means) => {
  const asked = { method: "POST", route: url.pathname, bucket: `POST ${url.pathname}`, scopes: [] }
  const call: Errors.Call = { method: asked.method, route: asked.route }
  const afterMillis = Duration.toMillis(timeout)

  const request = (refreshToken: string): HttpClientRequest.HttpClientRequest => {
    const form = { grant_type: "refresh_token", refresh_token: refreshToken }
    const bare = HttpClientRequest.acceptJson(HttpClientRequest.post(url.href))
    return clientSecret === undefined
      ? HttpClientRequest.bodyUrlParams(bare, { ...form, client_id: clientId })
      : HttpClientRequest.bodyUrlParams(bare, form).pipe(
        // Each escaped before they are joined, as RFC 6749, 2.3.1 has it.
        HttpClientRequest.basicAuth(encodeURIComponent(clientId), encodeURIComponent(Redacted.value(clientSecret)))
      )
  }

  const send = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<Failure.RawAnswer, Reason> =>
    Effect.flatMap(
      client.execute(request),
      ({ headers, status, text }) => Effect.map(text, (body): Failure.RawAnswer => ({ status, headers, body }))
    ).pipe(
      Effect.withTracerEnabled(false),
      Effect.mapError((error) => Transport.unreachable(call, error)),
      Effect.timeoutFail({ duration: timeout, onTimeout: () => new Errors.TimedOut({ ...call, afterMillis }) }),
      Effect.interruptible,
      // In a fiber that nobody else knows, so that nothing but the time-out ends it.
      Effect.forkDaemon,
      Effect.flatMap(Fiber.join),
      Effect.uninterruptible
    )

  const failure = (answer: Failure.RawAnswer, problem: Problem.Problem | undefined): Reason => {
    const told = Failure.fromProblem(asked, answer, problem)
    if (told._tag === "ServerFailure" || told._tag === "RateLimited" || told._tag === "BadRequest") return told
    const { headers, status } = answer
    return new Errors.BadRequest({ ...call, status, problem, transactionId: headers["x-transaction-id"] })
  }

  return (tokens: TokenSet, refreshToken: Redacted.Redacted): Effect.Effect<TokenSet, Reason | RefreshTokenRefused> =>
    Effect.gen(function*() {
      const askedAt = yield* Clock.currentTimeMillis
      const signed = request(Redacted.value(refreshToken))
      const answer = yield* send(signed)
      const body = json(answer.body)
      const found = answer.status === 200 ? read(body, tokens, askedAt) : undefined
      if (found !== undefined) return found
      const secrets = [Redacted.value(refreshToken), Redacted.value(tokens.accessToken)]
      if (clientSecret !== undefined) secrets.push(Redacted.value(clientSecret))
      const told = Transport.withoutSecrets(Transport.blotted(answer, secrets), signed)
      if (answer.status < 400) {
        // Not even a part of the body is shown: it may hold the new tokens in any form.
        const where = { path: "", expected: "JSON with an access_token", excerpt: "(not shown: it may hold tokens)" }
        return yield* Failure.unexpected(asked, told, where)
      }
      const problem = Problem.fromBody(json(told.body))
      return yield* isRefusal(answer.status, body)
        ? new RefreshTokenRefused({ said: problem?.detail ?? problem?.title ?? "" })
        : failure(told, problem)
    })
}
