/** An `HttpClient` that answers by a script and keeps what it was asked. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { Clock, Effect, Layer, Redacted } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import type { XApiOptions } from "../../src/protocol/XApi.js"

/** One answer of the script. */
export type Reply = (
  request: HttpClientRequest.HttpClientRequest,
  signal: AbortSignal
) => Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

export interface Recorded {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string | undefined
  readonly signal: AbortSignal
  /** The time on the test's clock. */
  readonly at: number
}

export const text = (status: number, body: BodyInit | null, headers: Record<string, string> = {}): Reply => (request) =>
  Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(body, { status, headers })))

export const json = (status: number, body: unknown, headers?: Record<string, string>): Reply =>
  text(status, JSON.stringify(body), headers)

const withCode = (code: string | undefined) => Object.assign(new Error("transport"), code === undefined ? {} : { code })

/** A connection that fails before there is an answer, as fetch and undici fail: with the reason in the cause's cause. */
export const broken = (code?: string): Reply => (request) =>
  Effect.fail(
    new HttpClientError.RequestError({
      request,
      reason: "Transport",
      cause: new TypeError("fetch failed", { cause: Object.assign(withCode(code), { request }) })
    })
  )

/** A body that begins and then stays away. */
export const stalled: Reply = (request, signal) =>
  text(
    200,
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode("{\"data\":"))
        signal.addEventListener("abort", () => controller.error(new Error("aborted")))
      }
    })
  )(request, signal)

/** A body that begins and then breaks. */
export const brokenBody = (status: number): Reply => (request, signal) =>
  text(
    status,
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("{\"data\":")),
      pull: (controller) => controller.error(withCode("ECONNRESET"))
    })
  )(request, signal)

/** No answer at all. */
export const silent: Reply = () => Effect.never

export const token = "c2VjcmV0LXRva2VuOjE3NTAwMDAwMDA6MTox"

/** A client that answers with the replies in turn, and with the last one from then on. */
export const scripted = (...replies: ReadonlyArray<Reply>) => {
  const requests: Array<Recorded> = []
  const client = HttpClient.make((request, url, signal) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      const reply = replies[Math.min(requests.length, replies.length - 1)] ?? silent
      const { body, headers, method } = request
      requests.push({
        method,
        url,
        headers,
        body: body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : undefined,
        signal,
        at
      })
      return reply(request, signal)
    })
  )
  const layer = (options: XApiOptions = {}) =>
    DirectMessages.layer({ accessToken: Redacted.make(token), ...options }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
    )
  return { requests, client, layer }
}
