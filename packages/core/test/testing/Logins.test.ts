import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Encoding, Redacted, TestClock } from "effect"
import { Credentials } from "../../src/protocol/Credentials.js"
import { Emulator, Faults, Fixtures } from "../../src/testing/index.js"
import { against, call, type Json, now, send, unlimited } from "./support.js"

const { confidentialClient, publicClient } = Fixtures.apps
const me = (token: string) => Effect.map(send("GET", "/2/users/me", { token }), ({ status }) => status)

const post = (
  path: string,
  form: Record<string, string>,
  change: (request: HttpClientRequest.HttpClientRequest) => HttpClientRequest.HttpClientRequest = (request) => request
) =>
  Effect.gen(function*() {
    const request = HttpClientRequest.post(`https://api.x.com${path}`)
    const response = yield* HttpClient.execute(change(HttpClientRequest.bodyUrlParams(request, form)))
    return { status: response.status, json: (yield* response.json) as Json } // what the assertions read
  })

const refresh = (refreshToken: string, more: Record<string, string> = { client_id: publicClient.clientId }) =>
  post("/2/oauth2/token", { grant_type: "refresh_token", refresh_token: refreshToken, ...more })

const spent = {
  status: 400,
  json: { error: "invalid_request", error_description: "Value passed for the token was invalid." }
}

const login = (options?: { readonly scopes?: ReadonlyArray<string>; readonly clientId?: string }) =>
  Effect.map(Effect.flatMap(Emulator, (emulator) => emulator.login(options)), (tokens) => ({
    ...tokens,
    access: Redacted.value(tokens.accessToken),
    refresh: tokens.refreshToken === undefined ? "" : Redacted.value(tokens.refreshToken)
  }))

describe("a login", () => {
  it.effect("gives tokens that are good for two hours, and those of the world stay good", () =>
    Effect.gen(function*() {
      const { access, expiresAt, scopes } = yield* login()
      expect(DateTime.toEpochMillis(expiresAt)).toBe(now + 7_200_000)
      expect(scopes).toContain("dm.write")
      yield* TestClock.adjust("7199 seconds")
      expect(yield* me(access)).toBe(200)
      yield* TestClock.adjust("1 seconds")
      expect(yield* me(access)).toBe(401)
      expect(yield* me(Fixtures.tokens.owner)).toBe(200)
      expect(yield* me("constructor")).toBe(401)
    }).pipe(unlimited))

  it.effect("is renewed by a refresh token that can be spent once", () =>
    Effect.gen(function*() {
      const first = yield* login()
      const second = yield* refresh(first.refresh)
      expect(second).toMatchObject({
        status: 200,
        json: { token_type: "bearer", expires_in: 7200, scope: first.scopes.join(" ") }
      })
      expect(yield* me(String(second.json["access_token"]))).toBe(200)
      expect(second.json["refresh_token"]).not.toBe(first.refresh)
      expect(yield* refresh(first.refresh)).toEqual(spent)
      expect((yield* refresh(String(second.json["refresh_token"]))).status).toBe(200)
      expect(yield* Effect.flatMap(Emulator, ({ requestCount }) => requestCount("POST /2/oauth2/token"))).toBe(3)
    }).pipe(unlimited))

  it.effect("without offline.access has no refresh token, and allows what it allows", () =>
    Effect.gen(function*() {
      const { access, refreshToken } = yield* login({ scopes: ["tweet.read", "users.read"] })
      expect(refreshToken).toBeUndefined()
      expect(yield* me(access)).toBe(200)
      expect((yield* send("GET", "/2/dm_events", { token: access })).status).toBe(403)
    }).pipe(unlimited))

  it.effect("belongs to one app, which must say who it is", () =>
    Effect.gen(function*() {
      const { clientId, clientSecret } = confidentialClient
      const secret = (id: string, secret: string) => HttpClientRequest.basicAuth(id, secret)
      const form = { grant_type: "refresh_token", refresh_token: (yield* login({ clientId })).refresh }
      const nobody = { status: 401, json: { error: "unauthorized_client" } }
      expect(yield* post("/2/oauth2/token", form)).toMatchObject(nobody)
      expect(yield* post("/2/oauth2/token", { ...form, client_id: clientId })).toMatchObject(nobody)
      expect(yield* post("/2/oauth2/token", form, secret(clientId, "wrong"))).toMatchObject(nobody)
      const garbage = HttpClientRequest.setHeader("authorization", "Basic %%%")
      expect(yield* post("/2/oauth2/token", form, garbage)).toMatchObject(nobody)
      expect(yield* post("/2/oauth2/token", { ...form, client_id: publicClient.clientId })).toEqual(spent)
      expect((yield* post("/2/oauth2/token", form, secret(clientId, clientSecret))).status).toBe(200)
    }).pipe(unlimited))

  it.effect("can be revoked by its app, and by the user", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const one = yield* login()
      const revoke = (token: string) => post("/2/oauth2/revoke", { token, client_id: publicClient.clientId })
      expect(yield* revoke(one.access)).toEqual({ status: 200, json: { revoked: true } })
      expect(yield* revoke(one.access)).toEqual({ status: 200, json: { revoked: false } })
      expect(yield* me(one.access)).toBe(401)
      yield* revoke(one.refresh)
      expect(yield* refresh(one.refresh)).toEqual(spent)
      const two = yield* login()
      yield* emulator.expireTokens
      expect(yield* me(two.access)).toBe(401)
      const three = yield* refresh(two.refresh)
      yield* emulator.revokeTokens
      expect(yield* me(String(three.json["access_token"]))).toBe(401)
      expect(yield* refresh(String(three.json["refresh_token"]))).toEqual(spent)
    }).pipe(unlimited))

  it.effect("refuses requests that are not whole", () =>
    Effect.gen(function*() {
      const client = { client_id: publicClient.clientId }
      expect(yield* post("/2/oauth2/token", { ...client, grant_type: "refresh_token" })).toMatchObject({ status: 400 })
      expect(yield* post("/2/oauth2/token", { ...client, grant_type: "password" }))
        .toMatchObject({ status: 400, json: { error: "unsupported_grant_type" } })
      expect(yield* post("/2/oauth2/revoke", client)).toMatchObject({ status: 400 })
      const json = yield* call("POST", "/2/oauth2/token", { body: { ...client, grant_type: "refresh_token" } })
      expect(json).toMatchObject({ status: 400, json: { error: "invalid_request" } })
    }).pipe(unlimited))

  it.effect("meets faults as every route does", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const { refresh: token } = yield* login()
      yield* emulator.inject(Faults.status(503), { route: "POST /2/oauth2/token", times: 1 })
      expect((yield* refresh(token)).status).toBe(503)
      yield* emulator.inject(Faults.failAfterProcessing(503), { route: "POST /2/oauth2/token", times: 1 })
      expect((yield* refresh(token)).status).toBe(503)
      expect(yield* refresh(token)).toEqual(spent)
    }).pipe(unlimited))

  it.effect("can be short", () =>
    Effect.gen(function*() {
      const { access, refresh: token } = yield* login()
      yield* TestClock.adjust("3 seconds")
      expect(yield* me(access)).toBe(401)
      expect((yield* refresh(token)).json).toMatchObject({ expires_in: 3 })
    }).pipe(against({ rateLimits: "off", accessTokenLifetime: "3 seconds" })))
})

describe("the authorization page", () => {
  const verifier = "a-verifier-of-at-least-forty-three-characters-1234"
  const challenge = Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))),
    (hash) => Encoding.encodeBase64Url(new Uint8Array(hash))
  )
  const redirect = "http://127.0.0.1:8123/callback?from=x"

  const authorize = (more: Record<string, string> = {}) =>
    Effect.flatMap(challenge, (code_challenge) =>
      send("GET", "/i/oauth2/authorize", {
        query: {
          response_type: "code",
          client_id: publicClient.clientId,
          redirect_uri: redirect,
          scope: "dm.read offline.access",
          state: "state-1",
          code_challenge,
          code_challenge_method: "S256",
          ...more
        }
      }))

  const code = Effect.map(authorize(), ({ headers }) => new URL(headers["location"]!).searchParams.get("code")!)

  const redeem = (code: string, more: Record<string, string> = {}) =>
    post("/2/oauth2/token", {
      grant_type: "authorization_code",
      client_id: publicClient.clientId,
      redirect_uri: redirect,
      code_verifier: verifier,
      code,
      ...more
    })

  it.effect("sends the user back with a code and the state, and the code gives tokens once", () =>
    Effect.gen(function*() {
      const response = yield* authorize()
      expect(response.status).toBe(302)
      const location = new URL(response.headers["location"]!)
      expect(location.href).toMatch(/^http:\/\/127\.0\.0\.1:8123\/callback\?from=x&state=state-1&code=/)
      const tokens = yield* redeem(location.searchParams.get("code")!)
      expect(tokens).toMatchObject({ status: 200, json: { scope: "dm.read offline.access", expires_in: 7200 } })
      expect((yield* refresh(String(tokens.json["refresh_token"]))).status).toBe(200)
      expect((yield* redeem(location.searchParams.get("code")!)).status).toBe(400)
    }).pipe(unlimited))

  it.effect("gives a code that only its app can redeem, with its verifier and address, for 30 seconds", () =>
    Effect.gen(function*() {
      const wrong = { code_verifier: `${verifier}5`, redirect_uri: `${redirect}y`, client_id: "emulator-other" }
      for (const [name, value] of Object.entries(wrong)) {
        expect((yield* redeem(yield* code, { [name]: value })).status).toBeGreaterThanOrEqual(400)
      }
      const late = yield* code
      yield* TestClock.adjust("30 seconds")
      expect((yield* redeem(late)).status).toBe(400)
      expect((yield* redeem(yield* code)).status).toBe(200)
    }).pipe(unlimited))

  it.effect("refuses what is not whole", () =>
    Effect.gen(function*() {
      const wrong = {
        response_type: "token",
        code_challenge_method: "plain",
        client_id: "nobody",
        redirect_uri: "here",
        state: "x".repeat(501),
        scope: "",
        code_challenge: ""
      }
      for (const [name, value] of Object.entries(wrong)) {
        expect((yield* authorize({ [name]: value })).status).toBe(400)
      }
    }).pipe(unlimited))
})

describe("OAuth 1.0a", () => {
  const signed = (
    request: HttpClientRequest.HttpClientRequest,
    more: Partial<Parameters<typeof Credentials.layerOAuth1>[0]> = {}
  ) =>
    Effect.flatMap(Credentials, ({ sign }) => sign(request)).pipe(
      Effect.provide(Credentials.layerOAuth1({ ...Fixtures.oauth1(), ...more }))
    )
  const list = HttpClientRequest.get("https://api.x.com/2/dm_events", {
    urlParams: { max_results: "1", "dm_event.fields": "id,text" }
  })
  const status = (request: HttpClientRequest.HttpClientRequest) =>
    Effect.map(HttpClient.execute(request), ({ status }) => status)

  it.effect("signs for the owner and for others, reads and sends", () =>
    Effect.gen(function*() {
      expect(yield* status(yield* signed(list))).toBe(200)
      const { jonas, kenji } = Fixtures.people
      const message = HttpClientRequest.bodyUnsafeJson(
        HttpClientRequest.post(`https://api.x.com/2/dm_conversations/with/${kenji.id}/messages`),
        { text: "a & b" }
      )
      expect(yield* status(yield* signed(message, Fixtures.oauth1(jonas.id)))).toBe(201)
      const [newest] = yield* Effect.flatMap(Emulator, ({ events }) => events({ user: jonas.id }))
      expect(newest).toMatchObject({ sender_id: jonas.id, text: "a & b" })
    }).pipe(unlimited))

  it.effect("is refused if anything is wrong, or twice", () =>
    Effect.gen(function*() {
      const secret = Redacted.make("another-secret")
      expect(yield* status(yield* signed(list, { consumerSecret: secret }))).toBe(401)
      expect(yield* status(yield* signed(list, { accessTokenSecret: secret }))).toBe(401)
      expect(yield* status(yield* signed(list, { accessToken: secret }))).toBe(401)
      expect(yield* status(yield* signed(list, Fixtures.oauth1("12345")))).toBe(401)
      const request = yield* signed(list)
      expect(yield* status(HttpClientRequest.setUrlParam(request, "max_results", "2"))).toBe(401)
      expect(yield* status(HttpClientRequest.setMethod(yield* signed(list), "DELETE"))).toBe(404)
      expect(yield* status(yield* signed(list))).toBe(200)
      const once = yield* signed(list)
      expect(yield* status(once)).toBe(200)
      expect(yield* status(once)).toBe(401)
      const old = yield* signed(list)
      yield* TestClock.adjust("301 seconds")
      expect(yield* status(old)).toBe(401)
    }).pipe(unlimited))
})
