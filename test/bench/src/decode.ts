import { Decoder, EventsPage } from "@effect-xdm/core"
import { Either, Schema } from "effect"
import { alternating, type Group, heapUsed } from "./measure.js"
import { page } from "./pages.js"

const microsecondsAnEvent = (
  pages: ReadonlyArray<string>,
  decode: (text: string) => unknown,
  times: number
): number => {
  const started = process.hrtime.bigint()
  for (let i = 0; i < times; i++) decode(pages[i % pages.length]!)
  return Number(process.hrtime.bigint() - started) / 1_000 / times / 100
}

/** Text to camelCase events, validated and with DateTimes, beside `JSON.parse` of the same text. */
export const decoding = async (): Promise<Group> => {
  const pages = Array.from({ length: 20 }, (_, i) => JSON.stringify(page(i)))
  const compiled = Decoder.compile(EventsPage.EventsPage)
  const interpreted = Schema.decodeUnknownEither(EventsPage.EventsPage)
  const fast = (text: string) => Either.getOrThrow(compiled(JSON.parse(text)))
  const slow = (text: string) => Either.getOrThrow(interpreted(JSON.parse(text)))
  microsecondsAnEvent(pages, JSON.parse, 2_000)
  microsecondsAnEvent(pages, fast, 2_000)
  const found = await alternating(9, {
    parse: () => microsecondsAnEvent(pages, JSON.parse, 1_000),
    fast: () => microsecondsAnEvent(pages, fast, 1_000),
    slow: () => microsecondsAnEvent(pages, slow, 40)
  })
  return {
    title: `Decode of pages of 100 events (${Math.round(pages[0]!.length / 1024)} kB each), a single event`,
    rows: [
      { name: "JSON.parse alone", value: found.parse, unit: "µs", ratio: 1 },
      {
        name: "JSON.parse and the compiled decoder",
        value: found.fast,
        unit: "µs",
        ratio: found.fast / found.parse,
        limit: 2
      },
      { name: "JSON.parse and Schema's interpreter", value: found.slow, unit: "µs", ratio: found.slow / found.parse }
    ]
  }
}

/** The heap that decoded pages hold, beside that of the parsed JSON. */
export const holding = (): Group => {
  const decode = Decoder.compile(EventsPage.EventsPage)
  const held = (count: number, read: (json: unknown) => unknown): number => {
    // A few pages weigh less than what else moves in the heap, so several sets of them are weighed.
    const sets = Math.ceil(100 / count)
    const texts = Array.from({ length: count * sets }, (_, i) => JSON.stringify(page(i % count)))
    const before = heapUsed()
    const kept = texts.map((text) => read(JSON.parse(text)))
    const bytes = heapUsed() - before
    if (kept.length !== count * sets) throw new Error("the pages are kept until here")
    return bytes / sets / 1024
  }
  held(10, decode)
  const rows = [1, 10, 100].flatMap((count) => {
    const json = held(count, (value) => value)
    const decoded = held(count, decode)
    return [
      { name: `${count} pages, parsed JSON`, value: json, unit: "kB", ratio: 1 },
      { name: `${count} pages, decoded`, value: decoded, unit: "kB", ratio: decoded / json }
    ]
  })
  return { title: "Heap held by pages of 100 events", rows }
}
