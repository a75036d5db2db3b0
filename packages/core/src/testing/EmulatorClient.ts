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
import * as Stream from "effect/Stream"
import { type Answer, firstBytes, isForm, readForm, type Request } from "./emulator/Wire.js"

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
const stalled = (answer: Answer): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: (controller) => controller.enqueue(firstBytes(answer)) })

/** The body of a request: a text, or the fields of a form. */
const bodyOf = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<Pick<Request, "body" | "form">> => {
  const { body } = request
  if (body._tag === "FormData") {
    return Effect.promise(async () => ({ body: "", form: await readForm(body.formData, "") }))
  }
  const type = request.headers["content-type"]
  return body._tag === "Uint8Array" && isForm(type)
    ? Effect.promise(async () => ({ body: "", form: await readForm(body.body, type) }))
    : Effect.succeed({ body: text(request) })
}

/** A status like 204 allows no body, not even an empty one. */
const bodyOfAnswer = (answer: Answer): BodyInit | null =>
  answer.transport === "stalled"
    ? stalled(answer)
    // The bytes are of no shared memory, which the type of a body asks to know.
    : answer.bytes as BodyInit | undefined ?? (answer.body === "" ? null : answer.body)

const headersOf = ({ bytes, headers }: Answer) =>
  bytes === undefined ? headers : { ...headers, "content-length": String(bytes.length) }

/** Who gives a request up closes its connection, also before anything of the answer was read. */
const givenUp = (signal: AbortSignal) =>
  Effect.async<void>((resume) => {
    const onAbort = () => resume(Effect.void)
    if (signal.aborted) return onAbort()
    signal.addEventListener("abort", onAbort, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", onAbort))
  })

const respond = (request: HttpClientRequest.HttpClientRequest, answer: Answer, signal: AbortSignal) =>
  answer.transport === "cut"
    ? Effect.fail(reset(request))
    : answer.stream !== undefined && answer.transport === "normal"
    ? Effect.map(
      answer.stream.pipe(
        Stream.mapError(() => reset(request).cause),
        Stream.interruptWhen(givenUp(signal)),
        Stream.toReadableStreamEffect()
      ),
      (web) =>
        HttpClientResponse.fromWeb(request, new Response(web, { status: answer.status, headers: answer.headers }))
    )
    : Effect.succeed(HttpClientResponse.fromWeb(
      request,
      new Response(bodyOfAnswer(answer), { status: answer.status, headers: headersOf(answer) })
    ))

/**
 * A client whose every request the emulator answers.
 *
 * @since 0.1.0
 */
export const make = (
  { handle }: { readonly handle: (request: Request) => Effect.Effect<Answer> }
): HttpClient.HttpClient =>
  HttpClient.make((request, url, signal) =>
    bodyOf(request).pipe(
      Effect.flatMap((body) =>
        handle({
          method: request.method,
          origin: url.origin,
          path: url.pathname,
          query: url.searchParams,
          headers: request.headers,
          ...body
        })
      ),
      Effect.flatMap((answer) => respond(request, answer, signal))
    )
  )
