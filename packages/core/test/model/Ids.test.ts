import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, FastCheck as fc, Schema } from "effect"
import * as Ids from "../../src/model/Ids.js"
import * as Snowflake from "../../src/model/Snowflake.js"
import { untyped } from "../support/schemas.js"

const numeric = {
  good: ["1", "0", "2244994945", "9".repeat(19)],
  bad: ["", "1".repeat(20), "-1", "1.0", "1e3", " 1", "1\n", "a"]
}

const cases = {
  UserId: { schema: Ids.UserId, ...numeric },
  EventId: { schema: Ids.EventId, ...numeric },
  MediaId: { schema: Ids.MediaId, ...numeric },
  PostId: { schema: Ids.PostId, ...numeric },
  ConversationId: {
    schema: Ids.ConversationId,
    good: ["1-2", "2-1", "123123123-456456456", "1".repeat(15), "9".repeat(19)],
    bad: ["", "1", "1".repeat(14), "1".repeat(20), "1-", "-1", "1-2-3", `1-${"2".repeat(20)}`, "a-b", "1-2\n"]
  },
  MediaKey: {
    schema: Ids.MediaKey,
    good: ["3_1", "13_1146654567674912769"],
    bad: ["", "3", "3_", "_3", "3-1", "3_1_2"]
  },
  Username: {
    schema: Ids.Username,
    good: ["X", "XDevelopers", "a_1", "a".repeat(15)],
    bad: ["", "@x", "a".repeat(16), "a b", "é"]
  },
  PageToken: {
    schema: Ids.PageToken,
    good: ["a".repeat(16), "7140dibdnow9c7btw421dyz6jism75z99gyxd8egarsc4"],
    bad: ["", "a".repeat(15)]
  }
}

const every = Object.entries(cases).map(([name, { bad, good, schema }]) => [name, good, bad, untyped(schema)] as const)

describe.each(every)("%s", (_, good, bad, schema) => {
  const is = Schema.is(schema)

  it.each(good)("takes %j", (text) => expect(is(text)).toBe(true))
  it.each(bad)("refuses %j", (text) => expect(is(text)).toBe(false))
  it.each([1, 1n, null, undefined, ["1"], {}])("refuses %s, which is no text", (value) => expect(is(value)).toBe(false))

  it("says what it must be", () => {
    const decode = Schema.decodeUnknownEither(schema)
    expect(decode(bad[0])).toMatchObject({ _tag: "Left", left: { message: expect.stringMatching(/^must be /) } })
  })

  it("has an arbitrary that it takes", () => {
    fc.assert(fc.property(Arbitrary.make(schema), (id) => is(id)))
  })
})

describe("ids that X sends", () => {
  it("have no pattern, so that X may change it", () => {
    for (const schema of Object.values(Ids.received)) expect(Schema.is(untyped(schema))("of some new form")).toBe(true)
  })
})

describe("oneToOne", () => {
  it("puts the smaller user id first, by number and from either side", () => {
    const id = Arbitrary.make(Ids.UserId)
    fc.assert(fc.property(id, id, (a, b) => {
      const made = Ids.oneToOne(a, b)
      expect(made).toBe(Ids.oneToOne(b, a))
      expect(Schema.is(Ids.ConversationId)(made)).toBe(true)
      const [first, second] = made.split("-")
      expect(Snowflake.order(String(first), String(second))).toBeLessThanOrEqual(0)
    }))
    expect(Ids.oneToOne(Ids.UserId.make("20"), Ids.UserId.make("3"))).toBe("3-20")
  })
})
