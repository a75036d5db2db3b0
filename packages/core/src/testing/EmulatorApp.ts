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
import { type Answer, firstBytes, isForm, readForm } from "./emulator/Wire.js"

const respond = (answer: Answer, cut: Effect.Effect<never>): HttpServerResponse.HttpServerResponse => {
  const { body, bytes, headers, status, stream, transport } = answer
  const { "content-type": contentType, ...rest } = headers
  const options = { status, headers: rest, contentType: contentType ?? "application/json" }
  if (stream !== undefined && transport === "normal") {
    return HttpServerResponse.stream(Stream.catchAll(stream, () => Stream.fromEffect(cut)), options)
  }
  if (transport === "stalled") {
    return HttpServerResponse.stream(Stream.concat(Stream.succeed(firstBytes(answer)), Stream.never), options)
  }
  return bytes === undefined ? HttpServerResponse.text(body, options) : HttpServerResponse.uint8Array(bytes, options)
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
    const contentType = request.headers["content-type"]
    const form = isForm(contentType)
      ? yield* Effect.flatMap(Effect.orDie(request.arrayBuffer), (bytes) =>
        Effect.promise(() => readForm(new Uint8Array(bytes), contentType)))
      : undefined
    const answer = yield* handle({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      // A body that cannot be read comes from a client that is gone already.
      ...(form === undefined ? { body: yield* Effect.orDie(request.text) } : { body: "", form })
    })
    return answer.transport === "cut" ? yield* cut(request) : respond(answer, cut(request))
  })
