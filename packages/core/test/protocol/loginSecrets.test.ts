import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Logger, Option, Redacted, TestClock } from "effect"
import * as util from "node:util"
import { Credentials } from "../../src/protocol/Credentials.js"
import type { TokenSet } from "../../src/protocol/TokenSet.js"
import { memoryLogger, memoryTracer, pieces, printed, printedSpan } from "../support/printed.js"
import { broken, brokenBody, json, type Reply, scripted, silent, stalled, text } from "../support/script.js"
import { account, makeStore } from "./logins.js"

const secrets = {
  access: "YWNjZXNzLXRva2VuOnRoZS1vbGQtb25l",
  refresh: "cmVmcmVzaC10b2tlbjp0aGUtb2xkLW9uZQ",
  client: "Y2xpZW50LXNlY3JldDpvZi10aGUtYXBw",
  newAccess: "bmV3LWFjY2Vzcy10b2tlbjpnaXZlbg",
  newRefresh: "bmV3LXJlZnJlc2gtdG9rZW46Z2l2ZW4"
}
const clientId = "the-client-id"
const basic = btoa(`${clientId}:${secrets.client}`)
const all = [...Object.values(secrets), basic]

const tokens: TokenSet = {
  accessToken: Redacted.make(secrets.access),
  refreshToken: Redacted.make(secrets.refresh)
}

const old = `${secrets.refresh} ${secrets.access} ${secrets.client} Basic ${basic} Bearer ${secrets.access}`
const given = { access_token: secrets.newAccess, refresh_token: secrets.newRefresh, expires_in: 7200 }
const headers = { "x-transaction-id": old, authorization: `Basic ${basic}` }
const refusal = { error: "invalid_request", error_description: `Value passed for the token was invalid: ${old}` }

const replies: ReadonlyArray<readonly [what: string, reply: Reply, tag: string]> = [
  ...[400, 401, 403, 404, 429, 500].map((status) =>
    [`${status}`, json(status, { error: `refused ${old}`, error_description: old }, headers), "RefreshFailed"] as const
  ),
  ["400, HTML", text(400, `<p>${old}</p>`, headers), "RefreshFailed"],
  ["a refused refresh token", json(400, refusal, headers), "NeedsLogin"],
  ["a refused grant", json(400, { ...refusal, error: "invalid_grant" }, headers), "NeedsLogin"],
  ["200, no JSON", text(200, `${secrets.newAccess}&${secrets.newRefresh}`, headers), "RefreshFailed"],
  ["200, cut short", text(200, JSON.stringify(given).slice(0, -10), headers), "RefreshFailed"],
  ["200, of another shape", json(200, { data: given }, headers), "RefreshFailed"],
  [
    "200, a token that is none",
    json(200, { ...given, access_token: `${secrets.newAccess} 1` }, headers),
    "RefreshFailed"
  ],
  ["201", json(201, given, headers), "RefreshFailed"],
  ["302", text(302, old, { ...headers, location: `/?token=${secrets.refresh}` }), "RefreshFailed"],
  ["a reset", broken("ECONNRESET"), "RefreshFailed"],
  ["a failure whose code is a secret", broken(`Basic ${basic}`), "RefreshFailed"],
  ["a body that broke", brokenBody(200), "RefreshFailed"],
  ["no answer", silent, "RefreshFailed"],
  ["a stalled body", stalled, "RefreshFailed"],
  ["a pair that cannot be stored", json(200, given, headers), "TokenStoreFailed"]
]

const clean = (texts: ReadonlyArray<string>) => {
  for (const text of texts) {
    for (const secret of all) {
      expect(text).not.toMatch(pieces(secret))
    }
  }
}

describe("no secret of a login shows", () => {
  for (const [what, reply, tag] of replies) {
    it.effect(what, () =>
      Effect.gen(function*() {
        const { client } = scripted(reply)
        const { logger, logs } = memoryLogger()
        const { spans, tracer } = memoryTracer()
        const store = makeStore(tokens)
        store.broken.set = true
        const layer = Credentials.layerOAuth2({ clientId, clientSecret: Redacted.make(secrets.client), account }).pipe(
          Layer.provide(store.layer),
          Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
        )
        const fiber = yield* Effect.gen(function*() {
          const credentials = yield* Credentials
          clean([util.inspect(credentials, { depth: 20, showHidden: true }), JSON.stringify(credentials)])
          const signed = yield* credentials.sign(HttpClientRequest.get("https://api.x.com/2/users/me"))
          yield* credentials.renew(signed).pipe(
            Effect.tapErrorCause((cause) => Effect.logError("not renewed", cause)),
            Effect.tapError((error) => Effect.logError(error)),
            Effect.withSpan("outer")
          )
        }).pipe(
          Effect.provide(layer),
          Effect.exit,
          Effect.withTracer(tracer),
          Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
          Effect.fork
        )
        yield* TestClock.adjust("1 minute")
        const exit = yield* Fiber.join(fiber)
        const error = Option.getOrThrow(Exit.causeOption(exit).pipe(Option.flatMap(Cause.failureOption)))
        expect(error).toMatchObject({ _tag: tag })
        expect(spans.map(({ name }) => name)).toEqual(["outer"])
        expect(logs.length).toBeGreaterThan(0)
        clean([...printed(error), ...printed(exit), ...spans.flatMap(printedSpan), ...logs])
      }))
  }
})
