import { RequestError, ResponseError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as Transport from "../../src/protocol/Transport.js"

const call = { method: "GET", route: "/2/dm_events" }
const request = HttpClientRequest.get("https://api.x.com/2/dm_events")
const coded = (code: unknown, cause?: unknown) => Object.assign(new Error("failed", { cause }), { code })
const transport = (cause: unknown) => new RequestError({ request, reason: "Transport", cause })

const causes: ReadonlyArray<readonly [what: string, cause: unknown, code: string | undefined, notSent: boolean]> = [
  ["Node, refused", new TypeError("fetch failed", { cause: coded("ECONNREFUSED") }), "ECONNREFUSED", true],
  [
    "Node, refused at several addresses",
    new TypeError("fetch failed", {
      cause: new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")])
    }),
    "ECONNREFUSED",
    true
  ],
  ["Node, no such host", coded("ENOTFOUND"), "ENOTFOUND", true],
  ["undici, connecting took too long", coded("UND_ERR_CONNECT_TIMEOUT"), "UND_ERR_CONNECT_TIMEOUT", true],
  ["Bun, refused", coded("ConnectionRefused"), "ConnectionRefused", true],
  ["a bad certificate", coded("CERT_HAS_EXPIRED"), "CERT_HAS_EXPIRED", true],
  ["a reset", coded("ECONNRESET"), "ECONNRESET", false],
  ["a closed socket", new TypeError("terminated", { cause: coded("UND_ERR_SOCKET") }), "UND_ERR_SOCKET", false],
  ["a broken pipe", coded("EPIPE"), "EPIPE", false],
  ["a time-out of the connection", coded("ETIMEDOUT"), "ETIMEDOUT", false],
  ["a code that is no text", coded(7, coded("ECONNRESET")), "ECONNRESET", false],
  ["a code that is no code", coded("Bearer abc: not allowed"), undefined, false],
  ["a browser, which tells nothing", new TypeError("Failed to fetch"), undefined, false],
  ["nothing", undefined, undefined, false],
  ["a text", "broken", undefined, false]
]

describe("unreachable", () => {
  it.each(causes)("%s", (_, cause, code, notSent) => {
    const error = Transport.unreachable(call, transport(cause))
    expect({ ...error }).toMatchObject({ _tag: "Unreachable", ...call, notSent })
    expect(error.code).toBe(code)
    expect(error.message).toContain(notSent ? "nothing was sent" : "broke")
  })

  it("a chain of causes that has no end is given up", () => {
    const error = new Error("a")
    error.cause = error
    expect(Transport.unreachable(call, transport(error))).toMatchObject({ code: undefined, notSent: false })
  })

  it("a request that could not be made was not sent", () => {
    for (const reason of ["Encode", "InvalidUrl"] as const) {
      expect(Transport.unreachable(call, new RequestError({ request, reason }))).toMatchObject({ notSent: true })
    }
  })

  it("an answer that could not be read may have been acted on, whatever the code", () => {
    const response = HttpClientResponse.fromWeb(request, new Response())
    const error = new ResponseError({ request, response, reason: "Decode", cause: coded("ECONNREFUSED") })
    expect(Transport.unreachable(call, error)).toMatchObject({ notSent: false })
  })
})

describe("withoutSecrets", () => {
  const signed = HttpClientRequest.bearerToken(request, "s3cr3t-token")

  it("blots out the token in headers and body, and nothing else", () => {
    const answer = { status: 403, headers: { "x-a": "s3cr3t-token", "x-b": "b" }, body: "<p>s3cr3t-token</p>" }
    expect(Transport.withoutSecrets(answer, signed))
      .toEqual({ status: 403, headers: { "x-a": "[redacted]", "x-b": "b" }, body: "<p>[redacted]</p>" })
  })

  it("leaves an answer alone if there is no credential worth the name", () => {
    const answer = { status: 403, headers: {}, body: "{ \"a\": \"abc\" }" }
    expect(Transport.withoutSecrets(answer, request)).toBe(answer)
    expect(Transport.withoutSecrets(answer, HttpClientRequest.bearerToken(request, "abc"))).toBe(answer)
  })

  it("blots out each part of a signature of OAuth 1.0a, escaped or not, and not the words of the protocol", () => {
    const header = "OAuth oauth_consumer_key=\"consumer-key\", oauth_nonce=\"nonce-of-one\", " +
      "oauth_signature_method=\"HMAC-SHA1\", oauth_token=\"12-s3cr3t\", oauth_signature=\"a%2Fb%2Bc%3Dd%2F\""
    const request = HttpClientRequest.setHeader(HttpClientRequest.get("https://api.x.com/"), "authorization", header)
    const body = "HMAC-SHA1 of consumer-key and 12-s3cr3t with nonce-of-one is a/b+c=d/ or a%2Fb%2Bc%3Dd%2F"
    expect(Transport.withoutSecrets({ status: 403, headers: {}, body }, request).body)
      .toBe("HMAC-SHA1 of [redacted] and [redacted] with [redacted] is [redacted] or [redacted]")
  })
})
