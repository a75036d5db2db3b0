import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { Recent } from "../../src/protocol/Recent.js"

const key = fc.constantFrom("a", "b", "c", "d", "e", "f")

describe("the latest keys", () => {
  it("are so many and no more, whatever goes in and out", () => {
    fc.assert(fc.property(
      fc.nat({ max: 4 }),
      fc.array(fc.record({ key, goes: fc.boolean() }), { maxLength: 40 }),
      (most, steps) => {
        const recent = new Recent(most)
        // Each place of the ring is taken in turn, whether its key is still there or not.
        let expected: Array<string | undefined> = []
        for (const { goes, key } of steps) {
          const isKnown = expected.includes(key)
          if (goes) {
            recent.delete(key)
            expected = expected.map((each) => each === key ? undefined : each)
          } else {
            expect(recent.add(key)).toBe(!isKnown)
            if (!isKnown && most > 0) expected = [...expected, key].slice(-most)
          }
          expect([...recent]).toEqual(expected.filter((each) => each !== undefined))
          for (const each of ["a", "b", "c", "d", "e", "f"]) expect(recent.has(each)).toBe(expected.includes(each))
        }
      }
    ))
  })

  it("begin with those that were kept, the newest of them", () => {
    const recent = new Recent(2, ["a", "b", "c"])
    expect([...recent]).toEqual(["b", "c"])
  })
})
