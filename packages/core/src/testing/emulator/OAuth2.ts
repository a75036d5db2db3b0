/** The routes by which an app comes to tokens: OAuth 2.0 with PKCE, as X has it. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import type { JsonObject } from "../../model/Json.js"
import type { App } from "../fixtures/Apps.js"
import type { World } from "../World.js"
import type { Issued, Logins } from "./Logins.js"
import type { LoginRoute } from "./Routes.js"
import { type Answer, percentDecoded, type Request } from "./Wire.js"

interface Means {
  readonly world: World
  readonly logins: Logins
}

const reply = (status: number, json: JsonObject, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { "content-type": "application/json;charset=utf-8", "cache-control": "no-store", ...headers },
  body: JSON.stringify(json),
  transport: "normal"
})

const refuse = (description: string, error = "invalid_request", status = 400): Answer =>
  reply(status, { error, error_description: description })

const missing = (name: string) => refuse(`Missing required parameter [${name}].`)

/** The app that a request comes from: by HTTP Basic if it has a secret, or else by its id alone. */
const appOf = ({ apps }: World, request: Request, form: URLSearchParams): App | undefined => {
  const basic = /^basic (.+)$/i.exec(request.headers["authorization"] ?? "")?.[1]
  const [id, secret] = basic === undefined
    ? [form.get("client_id"), undefined]
    : Either.getOrElse(Encoding.decodeBase64String(basic), () => "").split(":").map(percentDecoded)
  return apps.find(({ clientId, clientSecret }) => clientId === id && clientSecret === secret)
}

const toJson = ({ accessToken, expiresAt, refreshToken, scopes }: Issued, now: number): JsonObject => ({
  token_type: "bearer",
  expires_in: (expiresAt - now) / 1000,
  access_token: accessToken,
  scope: scopes.join(" "),
  ...(refreshToken === undefined ? undefined : { refresh_token: refreshToken })
})

/** The challenge to which a verifier is the answer: base64url(SHA-256). */
const challengeOf = (verifier: string): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))),
    (hash) => Encoding.encodeBase64Url(new Uint8Array(hash))
  )

const renew = ({ logins }: Means, form: URLSearchParams, { clientId }: App, now: number): Answer => {
  const refreshToken = form.get("refresh_token")
  if (refreshToken === null) return missing("refresh_token")
  const issued = logins.renew(refreshToken, clientId, now)
  return issued === undefined ? refuse("Value passed for the token was invalid.") : reply(200, toJson(issued, now))
}

const redeem = ({ logins }: Means, form: URLSearchParams, { clientId }: App, now: number): Effect.Effect<Answer> =>
  Effect.gen(function*() {
    const absent = ["code", "redirect_uri", "code_verifier"].find((name) => !form.has(name))
    if (absent !== undefined) return missing(absent)
    const code = logins.take(form.get("code") ?? "", now)
    if (code?.clientId !== clientId) return refuse("Value passed for the authorization code was invalid.")
    if (code.redirectUri !== form.get("redirect_uri")) {
      return refuse("Value passed for the redirect uri did not match the uri of the authorization code.")
    }
    if (code.challenge !== (yield* challengeOf(form.get("code_verifier") ?? ""))) {
      return refuse("Value passed for code verifier did not match the code challenge.")
    }
    return reply(200, toJson(logins.issue(code, now), now))
  })

/** The page on which a user allows an app to act; here the owner of the world allows everything at once. */
const authorize = ({ logins, world }: Means, { query }: Request, now: number): Answer => {
  const value = (name: string) => query.get(name) ?? ""
  const names = ["client_id", "redirect_uri", "scope", "state", "code_challenge"]
  const absent = names.find((name) => value(name) === "")
  if (absent !== undefined) return missing(absent)
  if (value("response_type") !== "code") return refuse("Value passed for [response_type] was invalid.")
  if (value("code_challenge_method") !== "S256") return refuse("Value passed for [code_challenge_method] was invalid.")
  if (value("state").length > 500) return refuse("Value passed for [state] was invalid.")
  const clientId = value("client_id")
  if (!world.apps.some((app) => app.clientId === clientId)) return refuse("Value passed for [client_id] was invalid.")
  if (!URL.canParse(value("redirect_uri"))) return refuse("Value passed for [redirect_uri] was invalid.")
  const code = logins.code({
    user: world.owner,
    scopes: value("scope").split(" "),
    clientId,
    redirectUri: value("redirect_uri"),
    challenge: value("code_challenge")
  }, now)
  const location = new URL(value("redirect_uri"))
  location.searchParams.set("state", value("state"))
  location.searchParams.set("code", code)
  return reply(302, {}, { location: location.href })
}

export const answer = (means: Means, route: LoginRoute, request: Request, now: number): Effect.Effect<Answer> => {
  if (route === "GET /i/oauth2/authorize") return Effect.succeed(authorize(means, request, now))
  if (!(request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")) {
    return Effect.succeed(refuse("The content type must be application/x-www-form-urlencoded."))
  }
  const form = new URLSearchParams(request.body)
  const app = appOf(means.world, request, form)
  if (app === undefined) {
    return Effect.succeed(refuse("Missing valid authorization header", "unauthorized_client", 401))
  }
  if (route === "POST /2/oauth2/revoke") {
    const token = form.get("token")
    return Effect.succeed(
      token === null ? missing("token") : reply(200, { revoked: means.logins.revoke(token, app.clientId) })
    )
  }
  switch (form.get("grant_type")) {
    case "refresh_token":
      return Effect.succeed(renew(means, form, app, now))
    case "authorization_code":
      return redeem(means, form, app, now)
    default:
      return Effect.succeed(refuse("Value passed for [grant_type] was invalid.", "unsupported_grant_type"))
  }
}
