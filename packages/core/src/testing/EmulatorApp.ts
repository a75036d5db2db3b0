/**
 * The emulator as an HTTP app, for any server that runs those.
 *
 * @since 0.1.0
 */
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Emulator } from "./Emulator.js"
import { type Answer, firstHalf } from "./emulator/Wire.js"

const respond = ({ body, headers, status, transport }: Answer): HttpServerResponse.HttpServerResponse => {
  const { "content-type": contentType, ...rest } = headers
  const options = { status, headers: rest, contentType: contentType ?? "application/json" }
  return transport === "stalled"
    ? HttpServerResponse.stream(
      Stream.concat(Stream.encodeText(Stream.make(firstHalf(body))), Stream.never),
      options
    )
    : HttpServerResponse.text(body, options)
}

/**
 * The app. `cut` kills the connection of a request, which only the server that
 * runs the app can do.
 *
 * @since 0.1.0
 */
export const make = (
  cut: (request: HttpServerRequest.HttpServerRequest) => Effect.Effect<never>
): HttpApp.Default<never, Emulator> =>
  Effect.gen(function*() {
    const { handle } = yield* Emulator
    const request = yield* HttpServerRequest.HttpServerRequest
    const url = new URL(request.url, "http://emulator")
    const answer = yield* handle({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      // A body that cannot be read comes from a client that is gone already.
      body: yield* Effect.orDie(request.text)
    })
    return answer.transport === "cut" ? yield* cut(request) : respond(answer)
  })
