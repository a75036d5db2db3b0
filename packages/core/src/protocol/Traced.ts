/**
 * The span of a call.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Tracer } from "effect/Tracer"
import type { Call } from "./Errors.js"
import type { RawAnswer } from "./Failure.js"
import * as RateLimitHeaders from "./RateLimitHeaders.js"

/** Whether a tracer is that of a program which has set up none: nobody would see the span, a tenth of a call's cost. */
const isIdle = (tracer: Tracer): boolean => tracer === (idle ??= Effect.runSync(Effect.tracer))

let idle: Tracer | undefined

/**
 * A call in its span, which says of each answer what `answerAttributes` does.
 *
 * @since 0.1.0
 */
export const traced = <A, E>(
  { method, route }: Call,
  call: (onAnswer: (answer: RawAnswer) => Effect.Effect<void>) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.withFiberRuntime(({ currentTracer }) =>
    isIdle(currentTracer)
      ? call(() => Effect.void)
      : Effect.withSpan(
        Effect.suspend(() => call((answer) => Effect.annotateCurrentSpan(answerAttributes(answer)))),
        `${method} ${route}`,
        {
          kind: "client",
          captureStackTrace: false,
          attributes: { "http.request.method": method, "url.template": route }
        }
      )
  )

const answerAttributes = ({ headers, status }: RawAnswer): Record<string, unknown> => {
  const [first] = RateLimitHeaders.fromHeaders(headers)
  return {
    "http.response.status_code": status,
    ...(first?.limit === undefined ? undefined : { "x.rate_limit.limit": first.limit }),
    ...(first?.remaining === undefined ? undefined : { "x.rate_limit.remaining": first.remaining })
  }
}
