import { type PageToken, Snowflake } from "@effect-xdm/core"
import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import * as Spans from "../../src/archive/Spans.js"

/** X, with events that are numbers: a page of three, and a token that names the event above its page. */
const pageOf = (events: ReadonlyArray<number>, token: PageToken | undefined): Spans.Page => {
  const below = token === undefined ? Infinity : Number(token.slice("below ".length))
  const rest = events.filter((event) => event < below).toSorted((a, b) => b - a)
  const page = rest.slice(0, 3)
  const last = page.at(-1)
  const next = rest.length > 3 ? `below ${last}` as PageToken : undefined // a token of this X
  return last === undefined
    ? { newest: undefined, oldest: undefined, next }
    : { newest: String(page[0]), oldest: String(last), next }
}

/** What happens between two pages, and when a sync ends without having come to its end. */
const happenings = fc.array(
  fc.record({
    arrive: fc.nat(8),
    remove: fc.array(fc.nat(60), { maxLength: 3 }),
    pages: fc.nat(6),
    checking: fc.boolean()
  }),
  { minLength: 1, maxLength: 12 }
)

describe("advance", () => {
  it("ends with one span of all there is, has read all that it claims, and then reads the top alone", () => {
    fc.assert(
      fc.property(happenings, (all) => {
        let events = Array.from({ length: 10 }, (_, n) => n + 1)
        let count = events.length
        let spans: ReadonlyArray<Spans.Open> = []
        const read = new Set<number>()
        let wrong = false
        const sync = (pages: number, checking: boolean) => {
          let walk: Spans.Walk = { spans, begun: false, next: undefined }
          let asked = 0
          do {
            if (asked++ === pages) return asked
            const page = pageOf(events, walk.next)
            if (page.newest !== undefined) {
              for (const event of events) {
                if (event <= Number(page.newest) && event >= Number(page.oldest)) read.add(event)
              }
            }
            walk = Spans.advance(walk, page, { horizon: "0", checking })
            spans = walk.spans
            wrong ||= spans.some((span, i) =>
              // What is claimed was read, and spans are in order and apart.
              events.some((event) =>
                event >= Number(span.oldest) && event <= Number(span.newest) && !read.has(event)
              ) ||
              i > 0 && !Snowflake.isNewer(spans[i - 1]!.oldest, span.newest)
            )
          } while (walk.next !== undefined)
          return asked
        }
        for (const { arrive, checking, pages, remove } of all) {
          sync(pages, checking)
          events = events.filter((event) => !remove.includes(event))
          for (let n = 0; n < arrive; n++) events.push(++count)
        }
        sync(Infinity, false)
        expect(wrong).toBe(false)
        expect(events.filter((event) => !read.has(event))).toEqual([])
        if (events.length > 0) {
          expect(spans).toHaveLength(1)
          expect(spans[0]?.next).toBeUndefined()
          // All is known: nothing but the top is read.
          expect(sync(Infinity, false)).toBe(1)
        }
      }),
      { numRuns: 2_000 }
    )
  })
})
