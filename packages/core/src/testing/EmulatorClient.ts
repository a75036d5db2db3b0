/**
 * The emulator behind an `HttpClient`, in memory.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import { type Answer, firstHalf, type Request } from "./emulator/Wire.js"

const text = (request: HttpClientRequest.HttpClientRequest): string => {
  const { body } = request
  return body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : body._tag === "Raw" ? String(body.body) : ""
}

/** A connection that dies looks as it does in Node. */
const reset = (request: HttpClientRequest.HttpClientRequest) =>
  new HttpClientError.RequestError({
    request,
    reason: "Transport",
    cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })
  })

/** Half of the body, and then nothing for ever. */
const stalled = (body: string): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(firstHalf(body))) })

const respond = (request: HttpClientRequest.HttpClientRequest, { body, headers, status, transport }: Answer) =>
  transport === "cut"
    ? Effect.fail(reset(request))
    : Effect.succeed(HttpClientResponse.fromWeb(
      request,
      // A status like 204 allows no body, not even an empty one.
      new Response(transport === "stalled" ? stalled(body) : body === "" ? null : body, { status, headers })
    ))

/**
 * A client whose every request the emulator answers.
 *
 * @since 0.1.0
 */
export const make = (
  { handle }: { readonly handle: (request: Request) => Effect.Effect<Answer> }
): HttpClient.HttpClient =>
  HttpClient.make((request, url) =>
    Effect.flatMap(
      handle({
        method: request.method,
        origin: url.origin,
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: text(request)
      }),
      (answer) => respond(request, answer)
    )
  )
