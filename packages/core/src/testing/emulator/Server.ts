/** One request, from its arrival to its answer, without faults and without waiting. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Dialect } from "../../model/Dialect.js"
import type { Token } from "../World.js"
import { endpoints } from "./Endpoints.js"
import type { Paging, Quirks } from "./Listing.js"
import type { Logins } from "./Logins.js"
import * as OAuth2 from "./OAuth2.js"
import * as Problems from "./Problems.js"
import type { Push } from "./Push.js"
import type { Delivering } from "./PushDelivery.js"
import * as PushEndpoints from "./PushEndpoints.js"
import type { RateLimits } from "./RateLimits.js"
import { alsoForUsers, type ApiRoute, isLogin, isPush, type PushRoute, routes, type Target } from "./Routes.js"
import type { Signatures } from "./Signatures.js"
import type { Store } from "./Store.js"
import type { Answer, Request } from "./Wire.js"

export interface Server {
  readonly store: Store
  readonly dialect: Dialect
  readonly paging: Paging
  readonly rateLimits: RateLimits
  readonly logins: Logins
  readonly signatures: Signatures
  readonly push: Push
  readonly delivering: Delivering
}

export const answer = (
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {}
): Answer => ({
  status,
  headers: { "content-type": contentType, ...headers },
  body,
  transport: "normal"
})

/** The answer that says why not. */
export const refuse = (
  refusal: Problems.Refusal,
  dialect: Dialect,
  headers: Readonly<Record<string, string>> = {}
): Answer => {
  const { json, type } = Problems.toBody(refusal, dialect)
  return answer(refusal.status, `${type}; charset=utf-8`, JSON.stringify(json), headers)
}

/** Who makes a request: by a bearer token, of the world or of a login, or by a signature of OAuth 1.0a. */
const userOf = ({ logins, signatures, store }: Server, request: Request, now: number) => {
  const authorization = request.headers["authorization"] ?? ""
  if (/^oauth /i.test(authorization)) return signatures.verify(request, now)
  const bearer = /^bearer (.+)$/i.exec(authorization)?.[1]
  if (bearer === undefined) return Effect.succeed(undefined)
  const { tokens } = store.world
  return Effect.succeed(Object.hasOwn(tokens, bearer) ? tokens[bearer] : logins.find(bearer, now))
}

const serve = (
  { dialect, paging, rateLimits, store }: Server,
  request: Request,
  route: ApiRoute,
  parameters: Target["parameters"],
  token: Token | undefined,
  quirks: Quirks,
  now: number
): Answer => {
  const { allowed, headers } = rateLimits(route, token?.user, now)
  if (token === undefined) return refuse(Problems.ofStatus(401), dialect, headers)
  if (token.appOnly === true) return refuse(Problems.unsupported("Application-Only"), dialect, headers)
  if (!allowed || quirks.hiddenCap) return refuse(Problems.ofStatus(429), dialect, headers)
  if (routes[route].scopes.some((scope) => !token.scopes.includes(scope))) {
    return refuse(Problems.ofStatus(403), dialect, headers)
  }
  const call = { request, parameters, user: token.user, now, store, dialect, paging, quirks, form: request.form }
  return Either.match(endpoints[route](call), {
    onLeft: (refusal) => refuse(refusal, dialect, headers),
    onRight: (success) =>
      "bytes" in success
        ? ({ ...answer(success.status, "application/octet-stream", "", headers), bytes: success.bytes })
        : answer(success.status, "application/json; charset=utf-8", JSON.stringify(success.json), headers)
  })
}

/** A route of the push half, which waits for webhooks and gives a stream. */
const servePush = (
  { delivering, dialect, push, rateLimits, store }: Server,
  request: Request,
  route: PushRoute,
  parameters: Target["parameters"],
  token: Token | undefined,
  now: number
): Effect.Effect<Answer> => {
  const { allowed, headers } = rateLimits(route, token?.user, now)
  const refused = (refusal: Problems.Refusal) => Effect.succeed(refuse(refusal, dialect, headers))
  if (token === undefined) return refused(Problems.ofStatus(401))
  if (token.appOnly !== true && !alsoForUsers.has(route)) return refused(Problems.unsupported("User Context"))
  if (!allowed) return refused(Problems.ofStatus(429))
  const call = { request, parameters, now, store, push, challenge: delivering.challenge }
  const type = "application/json; charset=utf-8"
  return Effect.flatMap(PushEndpoints.endpoints[route](call), (outcome) => {
    if (Either.isLeft(outcome)) return refused(outcome.left)
    const { right } = outcome
    return "json" in right
      ? Effect.succeed(answer(right.status, type, JSON.stringify(right.json), headers))
      : Effect.map(
        delivering.connect(right.backfillMinutes, now),
        (stream) => ({ ...answer(right.status, type, "", headers), stream })
      )
  })
}

/** Waits for nothing but the platform's cryptography, and that only where a request needs it. */
export const process = (
  server: Server,
  request: Request,
  target: Target | undefined,
  quirks: Quirks,
  now: number
): Effect.Effect<Answer> => {
  if (target === undefined) return Effect.succeed(refuse(Problems.ofStatus(404), server.dialect))
  const { parameters, route } = target
  return isLogin(route)
    ? OAuth2.answer({ world: server.store.world, logins: server.logins }, route, request, now)
    : Effect.flatMap(userOf(server, request, now), (token) =>
      isPush(route)
        ? servePush(server, request, route, parameters, token, now)
        : Effect.succeed(serve(server, request, route, parameters, token, quirks, now)))
}
