import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Redacted, TestClock } from "effect"
import { Credentials } from "../../src/protocol/Credentials.js"
import type { OAuth2Options } from "../../src/protocol/OAuth2.js"
import type { TokenSet } from "../../src/protocol/TokenSet.js"
import { json, type Reply, scripted } from "../support/script.js"
import { account, makeStore, now } from "./logins.js"

const before: TokenSet = {
  accessToken: Redacted.make("access-1"),
  refreshToken: Redacted.make("refresh-1"),
  expiresAt: DateTime.unsafeMake(now),
  scopes: ["dm.read", "offline.access"]
}

/** What is asked of X when the tokens have run out, and what the store has then. */
const renewed = (reply: Reply, options: Partial<OAuth2Options> = {}) =>
  Effect.gen(function*() {
    yield* TestClock.setTime(now)
    const { client, requests } = scripted(reply)
    const store = makeStore(before)
    const layer = Credentials.layerOAuth2({ clientId: "the+client&id", account, ...options }).pipe(
      Layer.provide(store.layer),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
    )
    const result = yield* Effect.either(
      Effect.flatMap(Credentials, ({ sign }) => sign(HttpClientRequest.get("https://api.x.com/"))).pipe(
        Effect.provide(layer)
      )
    )
    return { request: requests[0]!, requests, result, kept: store.kept.get(account)! }
  })

const full = {
  token_type: "bearer",
  expires_in: 7200,
  access_token: "access-2",
  refresh_token: "refresh-2",
  scope: "a  b"
}

describe("the request for tokens", () => {
  it.effect("is a form with the client's id, for a public client", () =>
    Effect.gen(function*() {
      const { request } = yield* renewed(json(200, full))
      expect(request.method).toBe("POST")
      expect(request.url.href).toBe("https://api.x.com/2/oauth2/token")
      expect(request.headers["content-type"]).toBe("application/x-www-form-urlencoded")
      expect(request.headers["authorization"]).toBeUndefined()
      expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual({
        grant_type: "refresh_token",
        refresh_token: "refresh-1",
        client_id: "the+client&id"
      })
    }))

  it.effect("has id and secret in HTTP Basic, each escaped, for a confidential client", () =>
    Effect.gen(function*() {
      const clientSecret = Redacted.make("a:b%c")
      const { request } = yield* renewed(json(200, full), { clientSecret, tokenUrl: "http://127.0.0.1:8080/token?x=1" })
      expect(request.url.href).toBe("http://127.0.0.1:8080/token?x=1")
      expect(request.headers["authorization"]).toBe(`Basic ${btoa("the%2Bclient%26id:a%3Ab%25c")}`)
      expect(new URLSearchParams(request.body).has("client_id")).toBe(false)
    }))
})

describe("the answer with tokens", () => {
  const open = ({ accessToken, expiresAt, refreshToken, scopes }: TokenSet) => ({
    accessToken: Redacted.value(accessToken),
    refreshToken: refreshToken && Redacted.value(refreshToken),
    expiresIn: expiresAt && (DateTime.toEpochMillis(expiresAt) - now) / 1000,
    scopes
  })

  it.effect("replaces all", () =>
    Effect.gen(function*() {
      const { kept, result } = yield* renewed(json(200, full))
      expect(open(kept))
        .toEqual({ accessToken: "access-2", refreshToken: "refresh-2", expiresIn: 7200, scopes: ["a", "b"] })
      expect(result).toMatchObject({ right: { headers: { authorization: "Bearer access-2" } } })
    }))

  it.effect("keeps what it does not tell of, but not the time", () =>
    Effect.gen(function*() {
      const { kept } = yield* renewed(json(200, { access_token: "access-2" }))
      expect(open(kept)).toEqual({
        accessToken: "access-2",
        refreshToken: "refresh-1",
        expiresIn: undefined,
        scopes: ["dm.read", "offline.access"]
      })
    }))

  for (
    const more of [
      { expires_in: 0 },
      { expires_in: -1 },
      { expires_in: "soon" },
      { expires_in: 1e300 },
      { refresh_token: "" },
      { refresh_token: 5 },
      { scope: 1 }
    ]
  ) {
    it.effect(`passes over what makes no sense: ${JSON.stringify(more)}`, () =>
      Effect.gen(function*() {
        const { kept, result } = yield* renewed(json(200, { access_token: "access-2", ...more }))
        expect(result._tag).toBe("Right")
        expect(open(kept)).toMatchObject({ refreshToken: "refresh-1", scopes: before.scopes })
        expect(kept.expiresAt).toBeUndefined()
      }))
  }

  for (const access of [undefined, "", 5, "a b", "a\nb"]) {
    it.effect(`without a token is none, and nothing is stored: ${JSON.stringify(access)}`, () =>
      Effect.gen(function*() {
        const { kept, result } = yield* renewed(json(200, { ...full, access_token: access }))
        expect(result).toMatchObject({
          left: {
            _tag: "RefreshFailed",
            reason: { _tag: "UnexpectedResponse", status: 200, excerpt: expect.stringContaining("not shown") }
          }
        })
        expect(kept).toBe(before)
      }))
  }
})
