/**
 * Reading the body of a request, of any size and no more than is allowed.
 *
 * @since 0.1.0
 */
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { WebhookRefused } from "./WebhookRefused.js"

const joined = (chunks: ReadonlyArray<Uint8Array>, length: number): Uint8Array => {
  const [first] = chunks
  if (chunks.length === 1 && first !== undefined) return first
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

const refuse = (reason: WebhookRefused["reason"]) => Effect.fail(new WebhookRefused({ reason }))

/**
 * The bytes of a body, pulled within the scope of the request: a stream that is
 * given up takes its connection with it, and the refusal has to get out first.
 *
 * @since 0.1.0
 */
export const pulled = (
  request: HttpServerRequest.HttpServerRequest,
  maxBytes: number
): Effect.Effect<Uint8Array, WebhookRefused, Scope.Scope> =>
  Effect.gen(function*() {
    const pull = yield* Stream.toPull(request.stream)
    const chunks: Array<Uint8Array> = []
    let length = 0
    for (;;) {
      const next = yield* Effect.either(pull)
      if (Either.isLeft(next)) return Option.isNone(next.left) ? joined(chunks, length) : yield* refuse("BrokenOff")
      for (const chunk of Chunk.toReadonlyArray(next.right)) {
        length += chunk.length
        if (length > maxBytes) return yield* refuse("TooLarge")
        chunks.push(chunk)
      }
    }
  })
