/** One request, from its arrival to its answer, without faults and without waiting. */
import * as Either from "effect/Either"
import type { Dialect } from "../../model/Dialect.js"
import { endpoints } from "./Endpoints.js"
import type { Paging, Quirks } from "./Listing.js"
import * as Problems from "./Problems.js"
import type { RateLimits } from "./RateLimits.js"
import { routes, type Target } from "./Routes.js"
import type { Store } from "./Store.js"
import type { Answer, Request } from "./Wire.js"

export interface Server {
  readonly store: Store
  readonly dialect: Dialect
  readonly paging: Paging
  readonly rateLimits: RateLimits
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

export const process = (
  { dialect, paging, rateLimits, store }: Server,
  request: Request,
  target: Target | undefined,
  quirks: Quirks,
  now: number
): Answer => {
  if (target === undefined) return refuse(Problems.ofStatus(404), dialect)
  const bearer = /^bearer (.+)$/i.exec(request.headers["authorization"] ?? "")?.[1]
  const token = bearer === undefined ? undefined : store.world.tokens[bearer]
  const { allowed, headers } = rateLimits(target.route, token?.user, now)
  if (token === undefined) return refuse(Problems.ofStatus(401), dialect, headers)
  if (!allowed || quirks.hiddenCap) return refuse(Problems.ofStatus(429), dialect, headers)
  if (routes[target.route].scopes.some((scope) => !token.scopes.includes(scope))) {
    return refuse(Problems.ofStatus(403), dialect, headers)
  }
  const call = { request, parameters: target.parameters, user: token.user, now, store, dialect, paging, quirks }
  return Either.match(endpoints[target.route](call), {
    onLeft: (refusal) => refuse(refusal, dialect, headers),
    onRight: ({ json, status }) => answer(status, "application/json; charset=utf-8", JSON.stringify(json), headers)
  })
}
