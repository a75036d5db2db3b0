import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Exit, Option, Stream } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import * as Merge from "../../src/streams/Merge.js"
import { Fixtures } from "../../src/testing/index.js"
import { memoryTracer, pieces, printedSpan, type Span } from "../support/printed.js"
import { against, conversation, small } from "./support.js"

const world = small(150, 60, 5)
const conversations = [conversation("1-2"), conversation("1-3"), conversation("1-4")]

/** The newest so many events of all three, in a span as a program of a user has it. */
const newest = (count: number) =>
  Effect.flatMap(
    DirectMessages,
    (dm) => Merge.conversations(dm, conversations).pipe(Stream.take(count), Stream.runCollect)
  ).pipe(
    Effect.withSpan("newest")
  )

const parentOf = (span: Span) => Option.getOrUndefined(Option.map(span.parent, ({ spanId }) => spanId))

describe("the spans of a merge", () => {
  it.effect("are one for each request, below the program's own", () => {
    const { spans, tracer } = memoryTracer()
    return against({ world, rateLimits: "x" })(
      Effect.gen(function*() {
        expect(yield* newest(50)).toHaveLength(50)
        const [root, ...calls] = spans
        expect(root).toMatchObject({ name: "newest", parent: Option.none() })
        expect(calls).toHaveLength(3)
        for (const call of calls) {
          expect(parentOf(call)).toBe(root!.spanId)
          expect(call).toMatchObject({ name: "GET /2/dm_conversations/{id}/dm_events", kind: "client", events: [] })
          expect(Object.fromEntries(call.attributes)).toEqual({
            "http.request.method": "GET",
            "url.template": "/2/dm_conversations/{id}/dm_events",
            "http.response.status_code": 200,
            "x.rate_limit.limit": 15,
            "x.rate_limit.remaining": expect.any(Number),
            // The first finds out what is left, and those beside it wait for that.
            ...call === calls[0] ? {} : { "x.rate_limit.waited_ms": 0 }
          })
        }
        const left = calls.map((call) => Number(call.attributes.get("x.rate_limit.remaining")))
        expect(left.sort((a, b) => b - a)).toEqual([14, 13, 12])
      }).pipe(Effect.withTracer(tracer))
    )
  })

  it.effect("come when a page is asked for, and name no id, no text and no secret", () => {
    const { spans, tracer } = memoryTracer()
    return against({ world })(
      Effect.gen(function*() {
        const events = yield* newest(215)
        // 150 events are two pages; the others end with their first.
        expect(spans.map(({ name }) => name.split(" ", 1)[0])).toEqual(["newest", "GET", "GET", "GET", "GET"])
        // What a span of the client holds of its end is what the program was given, and exporters show none of it.
        const shown = spans.map((span) => {
          expect(span.exit !== undefined && Exit.isSuccess(span.exit)).toBe(true)
          return printedSpan({ ...span, exit: undefined }).join("\n")
        }).join("\n")
        expect(shown).not.toMatch(pieces(Fixtures.tokens.owner))
        expect(shown).not.toMatch(/authorization|bearer|message \d|max_results|pagination_token/i)
        for (const { id } of [...Chunk.take(events, 20), ...conversations.map((id) => ({ id }))]) {
          expect(shown).not.toContain(id)
        }
      }).pipe(Effect.withTracer(tracer))
    )
  })
})
