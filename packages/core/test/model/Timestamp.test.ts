import { describe, expect, it } from "@effect/vitest"
import { DateTime, Equal, FastCheck as fc, Hash, Option, Schema } from "effect"
import * as assert from "node:assert/strict"
import { Timestamp } from "../../src/model/Timestamp.js"
import * as wire from "../support/wire.js"

const decode = Schema.decodeUnknownOption(Timestamp)

/** What the platform says of a text, as the hand-made parser must say it. */
const agrees = (text: string) => {
  const expected = Date.parse(text)
  const found = Option.map(decode(text), DateTime.toEpochMillis)
  assert.deepStrictEqual(found, Number.isNaN(expected) ? Option.none() : Option.some(expected), text)
}

describe("Timestamp", () => {
  it("reads 20,000 intact dates as Date.parse does", () => {
    fc.assert(fc.property(wire.isoDate, agrees), { numRuns: 20_000 })
  })

  it("reads 20,000 odd dates as Date.parse does", () => {
    fc.assert(fc.property(wire.oddDate, agrees), { numRuns: 20_000 })
  })

  it("reads every day from 1968 to 2105 as Date.parse does", () => {
    const day = 86_400_000
    for (let at = Date.UTC(1968, 0, 1); at < Date.UTC(2105, 0, 1); at += day) {
      agrees(new Date(at + 45_296_789).toISOString())
    }
  })

  it.each([
    "2024-02-29T00:00:00.000Z",
    "2023-02-29T00:00:00.000Z",
    "2100-02-29T00:00:00.000Z",
    "2000-02-29T23:59:59.999Z",
    "1970-01-01T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z",
    "0000-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "2024-00-10T00:00:00.000Z",
    "2024-13-10T00:00:00.000Z",
    "2024-04-31T00:00:00.000Z",
    "2024-04-20T24:00:00.000Z",
    "2024-04-20T24:00:00.001Z",
    "2024-04-20T25:00:00.000Z",
    "2024-04-20T19:60:00.000Z",
    "2024-04-20T19:55:60.000Z",
    "2024-04-20T19:55:59Z",
    "2024-04-20T19:55:59.123456Z",
    "2024-04-20T19:55:59.000+02:00",
    "2024-04-20",
    "Mon Apr 20 19:55:59 +0000 2024",
    "+002024-04-20T19:55:59.0Z",
    "２０２４-04-20T19:55:59.000Z",
    "2024-04-20T19:55:59.000Z\n",
    "",
    "now"
  ])("reads %j as Date.parse does", agrees)

  it("refuses what is no text", () => {
    for (const value of [0, 1_700_000_000_000, null, undefined, {}, new Date(0)]) {
      expect(decode(value)).toEqual(Option.none())
    }
  })

  it("gives a DateTime like any other", () => {
    const found = Option.getOrThrow(decode("2026-04-20T19:55:59.000Z"))
    const made = DateTime.unsafeMake("2026-04-20T19:55:59.000Z")
    expect(DateTime.isUtc(found)).toBe(true)
    expect(Equal.equals(found, made)).toBe(true)
    expect(Hash.hash(found)).toBe(Hash.hash(made))
    expect(JSON.stringify(found)).toBe(JSON.stringify(made))
    expect(String(found)).toBe(String(made))
    expect(DateTime.toParts(found)).toEqual(DateTime.toParts(made))
    expect(DateTime.formatIso(DateTime.add(found, { months: 1 }))).toBe("2026-05-20T19:55:59.000Z")
    assert.deepStrictEqual(Option.getOrThrow(decode("2026-04-20T19:55:59.000Z")), made)
  })

  it("writes what it reads", () => {
    fc.assert(fc.property(wire.isoDate, (text) => {
      expect(Schema.encodeSync(Timestamp)(Schema.decodeUnknownSync(Timestamp)(text))).toBe(text)
    }))
  })
})
