import { describe, expect, it } from "@effect/vitest"
import { DateTime, FastCheck as fc, Option } from "effect"
import * as Snowflake from "../../src/model/Snowflake.js"

const id = fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n })
const millis = fc.integer({ min: Snowflake.epochMillis, max: Date.UTC(2079, 0, 1) })
const sequence = fc.integer({ min: 0, max: 4_194_303 })

describe("Snowflake", () => {
  it("holds the time of X's published example", () => {
    const time = Option.getOrThrow(Snowflake.toDateTime("1146654567674912769"))
    expect(DateTime.formatIso(time)).toBe("2019-07-04T05:38:47.402Z")
    expect(Snowflake.toMillis("0")).toEqual(Option.some(1_288_834_974_657))
  })

  it("gives the milliseconds that it was made of", () => {
    fc.assert(fc.property(millis, sequence, (at, low) => {
      expect(Snowflake.toMillis(Snowflake.fromMillis(at, low))).toEqual(Option.some(at))
      expect(Snowflake.fromDateTime(DateTime.unsafeMake(at), low)).toBe(Snowflake.fromMillis(at, low))
    }))
  })

  it("made of a time, is the smallest id of that millisecond", () => {
    fc.assert(fc.property(millis, sequence, (at, low) => {
      expect(Snowflake.order(Snowflake.fromMillis(at), Snowflake.fromMillis(at, low))).toBeLessThanOrEqual(0)
      expect(Snowflake.order(Snowflake.fromMillis(at, low), Snowflake.fromMillis(at + 1))).toBe(-1)
    }))
  })

  it("made of a time before its epoch, is the smallest id there is", () => {
    expect(Snowflake.fromMillis(0)).toBe("0")
    expect(Snowflake.fromMillis(-1, 5)).toBe("5")
  })

  it.each(["", "abc", "12a", "-5", "1.5", " 1", "123456789012345678901", "0x10", "١٢"])(
    "finds no time in %j",
    (text) => {
      expect(Snowflake.toMillis(text)).toEqual(Option.none())
      expect(Snowflake.toDateTime(text)).toEqual(Option.none())
    }
  )

  it("orders ids as numbers", () => {
    fc.assert(fc.property(id, id, (a, b) => {
      expect(Snowflake.order(String(a), String(b))).toBe(a < b ? -1 : a > b ? 1 : 0)
    }))
    expect(Snowflake.order("9007199254740993", "9007199254740992")).toBe(1)
  })

  it("orders any texts, always in the same way", () => {
    const any = fc.oneof(id.map(String), fc.string(), fc.constantFrom("", "01", "1", "a"))
    fc.assert(fc.property(any, any, any, (a, b, c) => {
      expect(Snowflake.order(a, b) + Snowflake.order(b, a)).toBe(0)
      if (Snowflake.order(a, b) <= 0 && Snowflake.order(b, c) <= 0) expect(Snowflake.order(a, c)).toBeLessThanOrEqual(0)
    }))
    expect(["100", "10", "9"].sort(Snowflake.order)).toEqual(["9", "10", "100"])
  })
})
