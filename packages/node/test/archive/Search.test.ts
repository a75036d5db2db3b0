import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as fc from "effect/FastCheck"
import { Archive } from "../../src/archive/Archive.js"
import * as Search from "../../src/archive/Search.js"
import { add, collect, conversation, message, user, withArchive } from "./support.js"

const texts = [
  "Übermorgen im Café, gegen fünf?",
  "the train tickets are on my desk",
  "Tickets for the TRAIN: platform 9",
  "ticketing is closed",
  "I can't come, sorry :(",
  "C++ or Rust?",
  "great 👍🏽 see you",
  "say \"yes\" AND mean it NOT - NEAR(it)",
  "שלום, נדבר מחר",
  "你好世界",
  "e-mail me at jonas@example.com",
  "first line\nsecond line with a word"
]

const filled = <A, E>(test: Effect.Effect<A, E, Archive>) =>
  withArchive(Effect.zipRight(add(...texts.map((text, n) => message(n, text))), test))

const find = (words: string, options?: Parameters<Archive["Type"]["search"]>[1]) =>
  Effect.flatMap(Archive, (archive) => collect(archive.search(words, options)))

/** What is found, by the place of its text. */
const places = (words: string, options?: Parameters<Archive["Type"]["search"]>[1]) =>
  Effect.map(
    find(words, options),
    (hits) =>
      hits.map(({ event }) => texts.indexOf(event._tag === "MessageCreate" ? event.text ?? "" : "")).toSorted((a, b) =>
        a - b
      )
  )

/** Snippets with what is marked in brackets. */
const marked = (words: string) =>
  Effect.map(find(words), (hits) =>
    hits.map(({ marks, snippet }) =>
      marks.reduceRight(
        (text, { end, start }) => `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`,
        snippet
      )
    ))

describe("search", () => {
  it.live("finds all of the words, in any order, whatever their case and accents", () =>
    filled(Effect.gen(function*() {
      expect(yield* places("tickets train")).toEqual([1, 2])
      expect(yield* places("TRAIN Tickets")).toEqual([1, 2])
      expect(yield* places("uber")).toEqual([])
      expect(yield* places("ubermorgen cafe")).toEqual([0])
      expect(yield* places("fünf")).toEqual([0])
      expect(yield* places("funf")).toEqual([0])
      expect(yield* places("שלום")).toEqual([8])
      expect(yield* places("你好*")).toEqual([9])
      expect(yield* places("nothing of this")).toEqual([])
    })))

  it.live("takes quotes for a phrase and a star for a beginning, and nothing else for syntax", () =>
    filled(Effect.gen(function*() {
      expect(yield* places("\"train tickets\"")).toEqual([1])
      expect(yield* places("ticket")).toEqual([])
      expect(yield* places("ticket*")).toEqual([1, 2, 3])
      expect(yield* places("\"the train tick\"*")).toEqual([1])
      expect(yield* places("yes AND")).toEqual([7])
      expect(yield* places("train AND tickets")).toEqual([])
      expect(yield* places("train OR sorry")).toEqual([])
      expect(yield* places("NEAR(it)")).toEqual([7])
      expect(yield* places("-train")).toEqual([1, 2])
      expect(yield* places("text:train")).toEqual([])
      expect(yield* places("can't")).toEqual([4])
      expect(yield* places("e-mail jonas@example.com")).toEqual([10])
      for (
        const words of ["\"", "\"unclosed tickets", "(", "*", "^", "{}", "' OR 1=1 --", "a\0b", "\"\"*", "\"a\" \"\""]
      ) {
        yield* find(words)
      }
    })))

  it.live("finds emoji and signs, which are no words", () =>
    filled(Effect.gen(function*() {
      expect(yield* places("👍🏽")).toEqual([6])
      expect(yield* places("👍")).toEqual([6])
      expect(yield* places("great👍")).toEqual([6])
      expect(yield* places("sorry👍")).toEqual([])
      expect(yield* places(":(")).toEqual([4])
      expect(yield* places("C++")).toEqual([5])
    })))

  it.live("no words find nothing", () =>
    filled(Effect.gen(function*() {
      for (const words of ["", "   ", "\n", "\"\"", "*", "\" \""]) expect(yield* find(words)).toEqual([])
    })))

  it.live("marks the places in a snippet on one line", () =>
    filled(Effect.gen(function*() {
      expect(yield* marked("ubermorgen")).toEqual(["[Übermorgen] im Café, gegen fünf?"])
      expect(yield* marked("see great 👍🏽")).toEqual(["[great] [👍🏽] [see] you"])
      expect(yield* marked("\"line second\"")).toEqual(["first [line second] line with a word"])
      const long = `${"before ".repeat(60)}needle ${"after ".repeat(60)}`
      yield* add(message(500, long))
      const [hit] = yield* find("needle")
      expect(hit?.snippet.length).toBeLessThan(180)
      expect(hit?.snippet).toMatch(/^…(before ){3,6}needle (after ?)+…$/)
      expect(hit?.marks.map(({ end, start }) => hit.snippet.slice(start, end))).toEqual(["needle"])
    })))

  it.live("asks for conversation, sender, time and deletion, newest first or by relevance", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      yield* add(
        message(1, "tickets"),
        message(2, "tickets tickets tickets", { senderId: user("1") }),
        message(3, "tickets", { dmConversationId: conversation("1-3"), senderId: user("3") }),
        message(4, "about tickets, and about much else that has nothing at all to do with it")
      )
      const ids = (options?: Parameters<Archive["Type"]["search"]>[1]) =>
        Effect.map(find("tickets", options), (hits) => hits.map(({ event }) => event.id))
      const id = (n: number) => message(n, "").id
      expect(yield* ids({ order: "newest" })).toEqual([4, 3, 2, 1].map(id))
      expect((yield* ids()).at(0)).toBe(id(2))
      expect((yield* ids()).at(-1)).toBe(id(4))
      expect(yield* ids({ limit: 2, order: "newest" })).toEqual([4, 3].map(id))
      expect(yield* ids({ limit: 0 })).toEqual([])
      expect(yield* ids({ conversation: conversation("1-3") })).toEqual([id(3)])
      expect(yield* ids({ sender: user("1") })).toEqual([id(2)])
      expect(yield* ids({ since: id(3), order: "newest" })).toEqual([4, 3].map(id))
      expect(yield* ids({ until: id(3), order: "newest" })).toEqual([2, 1].map(id))
      yield* archive.markDeleted([id(4)])
      expect(yield* ids({ deleted: true })).toEqual([id(4)])
      expect(yield* ids({ deleted: false, order: "newest" })).toEqual([3, 2, 1].map(id))
    })))

  it.live("goes through more than it reads at once, each once", () =>
    withArchive(Effect.gen(function*() {
      yield* add(...Array.from({ length: 950 }, (_, n) => message(n, `word number ${n}`)))
      for (const order of ["relevance", "newest"] as const) {
        const found = (yield* find("word", { order })).map(({ event }) => event.id)
        expect(found).toHaveLength(950)
        expect(new Set(found).size).toBe(950)
        expect(yield* find("word", { order, limit: 401 })).toHaveLength(401)
      }
    })))

  it.live("takes any words, and finds a message by any word of its own", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const any = fc.sample(fc.string({ unit: "binary", maxLength: 30 }), { numRuns: 150, seed: 7 })
      yield* add(...any.map((text, n) => message(n, text)))
      for (const [n, text] of any.entries()) {
        yield* Stream.runDrain(archive.search(text))
        const word = /[\p{L}\p{N}]+/u.exec(text)?.[0]
        if (word === undefined || !/^[\x20-\x7e]+$/.test(text)) continue
        const found = (yield* find(`${word}*`)).map(({ event }) => event.id)
        expect(found).toContain(message(n, "").id)
      }
    })))
})

describe("snippet", () => {
  it("keeps its marks within, and cuts no character in two", () => {
    fc.assert(fc.property(
      fc.string({ unit: "grapheme", maxLength: 600 }),
      fc.nat(600),
      fc.integer({ min: 1, max: 40 }),
      (text, at, length) => {
        const start = Math.min(at, text.length)
        const end = Math.min(text.length, start + length)
        const { marks, snippet } = Search.snippet(text, start === end ? [] : [{ start, end }])
        for (const mark of marks) {
          expect(mark.start).toBeGreaterThanOrEqual(0)
          expect(mark.end).toBeLessThanOrEqual(snippet.length)
          expect(mark.start).toBeLessThan(mark.end)
          expect(snippet.slice(mark.start, mark.end)).toBe(text.slice(start, end).replace(/\s/g, " "))
        }
        if (start !== end) expect(marks).toHaveLength(1)
      }
    ))
  })
})
