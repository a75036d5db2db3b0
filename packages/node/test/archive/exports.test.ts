import { Decoder, DmEvent, EventsPage, Ids } from "@effect-xdm/core"
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Either, FastCheck as fc, Option, Stream } from "effect"
import * as Schema from "effect/Schema"
import * as Path from "node:path"
import * as wire from "../../../core/test/support/wire.js"
import { Archive } from "../../src/archive/Archive.js"
import { isSnowflake } from "../../src/archive/Batch.js"
import * as Database from "../../src/archive/Database.js"
import * as EventJson from "../../src/archive/EventJson.js"
import * as Spans from "../../src/archive/Spans.js"
import {
  add,
  client,
  collect,
  conversation,
  folder,
  id,
  kept,
  message,
  minutes,
  now,
  user,
  withArchive
} from "./support.js"

const text = <E, R>(parts: Stream.Stream<string, E, R>) => Stream.runFold(parts, "", (all, part) => all + part)

const decode = Decoder.compile(EventsPage.EventsPage)

/** Pages as X sends them, of whatever is in its description. */
const pages = fc.array(wire.dialect.chain(wire.page), { maxLength: 4 }).map((sent) =>
  sent.flatMap((page) => {
    const decoded = decode(JSON.parse(JSON.stringify(page)))
    return Either.isRight(decoded)
      ? [{ ...decoded.right, events: decoded.right.events.filter(({ id }) => isSnowflake(id)) }]
      : []
  })
)

describe("the JSON of an event", () => {
  it("is what the Schema writes", () => {
    const encode = Schema.encodeSync(DmEvent.DmEvent)
    fc.assert(
      fc.property(pages, (all) => {
        for (const event of all.flatMap(({ events }) => events)) {
          const json = EventJson.encode(event)
          expect(JSON.parse(JSON.stringify(json))).toEqual(JSON.parse(JSON.stringify(encode(event))))
          expect(EventJson.decode(json)).toEqual(event)
        }
      }),
      { numRuns: 200 }
    )
  })
})

describe("JSON lines", () => {
  it.live("hold all that an archive has, whatever X has sent", () =>
    Effect.scoped(Effect.gen(function*() {
      const path = yield* folder
      for (const [n, all] of fc.sample(pages, { numRuns: 30, seed: 11 }).entries()) {
        const at = (name: string) => Archive.layer({ file: Path.join(path, `${name}-${n}.db`) })
        const [lines, events] = yield* Effect.gen(function*() {
          const archive = yield* Archive
          yield* archive.add(Stream.fromIterable(all))
          const some = all.flatMap(({ events }) => events).slice(0, 3)
          yield* archive.markDeleted(some.map(({ id }) => id))
          const copies = Effect.all([text(archive.exportJsonl()), collect(archive.events())])
          // What a filter that lets all through gives is the same, in another order.
          const filtered = yield* text(archive.exportJsonl({ since: Ids.received.EventId.make("0") }))
          const [lines] = yield* copies
          const events = (of: string) => of.split("\n").filter((line) => line.startsWith("{\"event\""))
          expect(events(filtered)).toEqual(events(lines))
          return yield* copies
        }).pipe(Effect.provide(at("a")))
        yield* Effect.gen(function*() {
          const archive = yield* Archive
          // Cut wherever it may be, in the middle of a character too.
          const bytes = new TextEncoder().encode(lines)
          const parts = Array.from({ length: Math.ceil(bytes.length / 777) }, (_, i) =>
            bytes.slice(i * 777, (i + 1) * 777))
          const added = yield* archive.importJsonl(Stream.fromIterable(parts))
          expect(added).toMatchObject({ read: events.length, added: events.length })
          expect(yield* collect(archive.events())).toEqual(events)
          expect(yield* text(archive.exportJsonl())).toBe(lines)
          expect(yield* archive.importJsonl(Stream.make(lines))).toMatchObject({ added: 0, enriched: 0 })
          expect(yield* text(archive.exportJsonl())).toBe(lines)
        }).pipe(Effect.provide(at("b")))
      }
    })), 60_000)

  it.live("of one conversation bring along whom it names", () =>
    Effect.scoped(Effect.gen(function*() {
      const path = yield* folder
      const archive = yield* Archive
      yield* archive.sync()
      const [first] = yield* collect(archive.conversations)
      const lines = yield* text(archive.exportJsonl({ conversation: first!.id }))
      yield* Effect.gen(function*() {
        const other = yield* Archive
        yield* other.importJsonl(Stream.make(lines))
        expect(yield* collect(other.events())).toEqual(yield* collect(archive.events({ conversation: first!.id })))
        expect((yield* other.stats).owner).toEqual((yield* archive.stats).owner)
        expect(yield* collect(other.conversations)).toEqual([first])
      }).pipe(Effect.provide(Archive.layer({ file: Path.join(path, "other.db") })))
    })).pipe(withArchive, Effect.provide(client())))

  it.live("stop at a line that is none, keep what came before it, and name it", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const line = (n: number) => JSON.stringify({ event: EventJson.encode(message(n, "kept")) })
      for (const bad of ["{", "[]", "{}", "null", "{\"event\":{\"id\":\"x\"}}", "{\"archive\":2}"]) {
        const error = yield* Effect.flip(archive.importJsonl(Stream.make(`${line(1)}\r\n\n${bad}\n${line(2)}`)))
        expect(error).toMatchObject({ reason: "Unreadable" })
        expect("problem" in error && error.problem).toContain("cannot take in line 3, which ")
        expect(yield* kept).toEqual([id(1)])
      }
      yield* Effect.scoped(Effect.flatMap(Database.open(archive.file, false), (sql) => Spans.saveOwner(sql, user("1"))))
      expect(yield* Effect.flip(archive.importJsonl(Stream.make("{\"archive\":1,\"owner\":\"2\"}")))).toMatchObject({
        reason: "OtherAccount"
      })
    })))
})

/** RFC 4180, read by its letter. */
const parseCsv = (csv: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  let row: Array<string> = []
  for (const [, quoted, plain, end] of csv.matchAll(field)) {
    row.push(quoted?.replaceAll("\"\"", "\"") ?? plain ?? "")
    if (end === "\r\n") {
      rows.push(row)
      row = []
    }
  }
  expect(rows.flat().join("").length).toBeGreaterThan(0)
  return rows
}

describe("CSV", () => {
  it.live("gives back every text, and no formula", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const texts = [
        "plain",
        "a, b",
        "\"quoted\"",
        "two\nlines\r\nor three",
        "=HYPERLINK(\"http://evil\")",
        "+1",
        "-2+3",
        "@SUM(1)",
        "\tx",
        ...fc.sample(fc.string({ unit: "grapheme" }), { numRuns: 200, seed: 3 })
      ]
      yield* add(...texts.map((text, n) => message(n, text)))
      const [head, ...rows] = parseCsv(yield* text(archive.exportCsv()))
      const column = head!.indexOf("text")
      expect(rows.map((row) => row[head!.indexOf("id")])).toEqual(texts.map((_, n) => id(n)))
      for (const [n, row] of rows.entries()) {
        expect(row).toHaveLength(head!.length)
        const found = row[column]!
        expect(found.replace(/^'(?=[=+\-@\t\r\n])/, "")).toBe(texts[n]!.replace(/^'(?=[=+\-@\t\r\n])/, ""))
        expect(found).not.toMatch(/^[=+\-@\t\r\n]/)
      }
    })))
})

const unescape = (html: string): string =>
  html.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, "\"").replace(/&#39;/g, "'").replace(
    /&amp;/g,
    "&"
  )

describe("HTML", () => {
  const hostile = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "</p></div></main><iframe src=//evil>",
    "javascript:alert(1) data:text/html,x vbscript:x",
    "&lt;b&gt; &amp; &#60;script&#62;",
    "<!-- <style>*{display:none}</style>",
    "http://example.com/\"onmouseover=\"alert(1) https://a.example/?q=<b>&x='y'"
  ]

  it.live("shows every text as text", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const texts = [
        ...hostile,
        ...fc.sample(fc.string({ unit: "grapheme-ascii", maxLength: 60 }), { numRuns: 200, seed: 5 })
      ]
        .filter((text) => text.trim() !== "")
      const event = message(0, "named", { dmConversationId: conversation("500000000000000000") })
      const evil = {
        id: event.id,
        event,
        sender: Option.some({
          id: user("2"),
          name: "<script>name</script>",
          username: Ids.received.Username.make("<b>")
        }),
        participants: [],
        media: [],
        posts: []
      }
      yield* archive.add(Stream.make(evil))
      yield* add(...texts.map((text, n) => message(n + 1, text)))
      const html = yield* text(archive.exportHtml({ timeZone: "UTC" }))
      const shown = [...html.matchAll(/<p class="text" dir="auto">([^]*?)<\/p>/g)].map(([, inner]) =>
        unescape(inner!.replace(/<a href="[^"<>]*" target="_blank" rel="noopener noreferrer nofollow">|<\/a>/g, ""))
      )
      expect(shown.toSorted()).toEqual(["named", ...texts.map((text) => text.trim())].toSorted())
      // All the elements there are, and all the places that links lead to.
      const elements = new Set([...html.matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, name]) => name))
      expect([...elements].toSorted()).toEqual(
        "a bdi body div h1 h2 head header html li main meta nav ol p section style time title".split(" ")
      )
      for (const [, href] of html.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^(https?:\/\/|#c[\w-]+$)/)
      expect(html).not.toMatch(/<script|<iframe|<img|<[^>]*\son[a-z]+=/i)
      expect(html).not.toMatch(/<(link|base|form)\b|url\(|@import/i)
      expect(html).toContain(
        "http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; style-src &#39;sha256-"
      )
    })))

  it.live("puts one's own messages on the other side, days between, and says who came and went", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      yield* archive.sync()
      const html = yield* text(archive.exportHtml({ timeZone: "Asia/Tokyo" }))
      const stats = yield* archive.stats
      expect(html.match(/<div class="message/g)).toHaveLength(stats.messages)
      const mine = yield* collect(archive.events({ sender: Option.getOrThrow(stats.owner), types: ["MessageCreate"] }))
      expect(html.match(/<div class="message mine/g)).toHaveLength(mine.length)
      expect(html.match(/<section/g)).toHaveLength(stats.conversations)
      expect(html).toContain("times of Asia/Tokyo")
      expect(html).toMatch(/<p class="event">Jonas Lind added Mina Okafor, Priya Nair,? and Kenji Mori/)
      expect(html).toMatch(/<h2 class="day">\w+day,? \d+ \w+ \d{4}<\/h2>/)
      expect(html).toContain("<p class=\"attached\" dir=\"auto\">Photo: A ridge at sunrise")
      const [one] = yield* collect(archive.conversations)
      const alone = yield* text(archive.exportHtml({ conversation: one!.id }))
      expect(alone.match(/<section/g)).toHaveLength(1)
      expect(alone).not.toContain("<nav")
      expect(yield* Effect.flip(text(archive.exportHtml({ timeZone: "Mars/Olympus" })))).toMatchObject({
        reason: "InvalidInput",
        problem: "cannot be exported: \"Mars/Olympus\" is no time zone"
      })
    })).pipe(Effect.provide(client())))

  it.live("shows what X's short links stand for, and what was deleted as deleted", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const link = (expandedUrl: string) => ({
        start: 0,
        end: 16,
        url: "https://t.co/abc",
        expandedUrl,
        displayUrl: "shown"
      })
      yield* add(
        message(1, "https://t.co/abc.", { entities: { urls: [link("https://example.com/long")] } }),
        message(2, "https://t.co/abc", { entities: { urls: [link("javascript:alert(1)")] } })
      )
      yield* archive.markDeleted([id(2)])
      const html = yield* text(archive.exportHtml())
      expect(html).toContain(
        "<a href=\"https://example.com/long\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">shown</a>."
      )
      expect(html).toContain("<a href=\"https://t.co/abc\"")
      expect(html).not.toContain("javascript:")
      expect(html.match(/class="message[^"]* deleted"/g)).toHaveLength(1)
    })))
})

describe("Markdown", () => {
  it.live("means nothing but what was written", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      yield* add(
        message(1, "# no heading\n- no list\n1. none either\n    no code\n\nanother paragraph"),
        message(2, "*a* _b_ `c` [d](e) <script> | ~f~ ![g](h) &amp; https://example.com/x_y_z"),
        { ...message(3, "x"), createdAt: DateTime.unsafeMake(now + minutes(3) + 86_400_000) }
      )
      const markdown = yield* text(archive.exportMarkdown({ timeZone: "UTC" }))
      // Versions of ICU differ in a comma.
      expect(markdown.replace("Saturday, ", "Saturday ")).toContain(
        "# User 1 and User 2\n\nConversation 1-2, times of UTC\n\n## Saturday 1 August 2026\n\n**User 2** 12:01\n\n"
      )
      expect(markdown).toContain(
        "\n\n\\# no heading\\\n\\- no list\\\n1\\. none either\\\n\u00A0\u00A0\u00A0\u00A0no code\n\nanother paragraph\n\n"
      )
      expect(markdown).toContain(
        "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<script\\> \\| \\~f\\~ \\!\\[g\\](h) \\&amp; [https://example.com/x\\_y\\_z](<https://example.com/x_y_z>)"
      )
      expect(markdown.match(/^## /gm)).toHaveLength(2)
    })))
})
