import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc, ParseResult, Schema } from "effect"
import * as assert from "node:assert/strict"
import { setImmediate } from "node:timers/promises"
import * as Decoder from "../../src/model/Decoder.js"
import * as EventsPage from "../../src/model/EventsPage.js"
import { optional, struct } from "../../src/model/Wire.js"
import { untyped } from "../support/schemas.js"
import * as wire from "../support/wire.js"

/** The compiled decoder without its way out to Schema's own, so that the two can be told apart. */
const fastPathOf = <A, I>(schema: Schema.Schema<A, I>): Decoder.Step => {
  let step: Decoder.Step = () => Decoder.failed
  const probe = Schema.Unknown.annotations({
    [Decoder.direct]: (stepOf: Decoder.StepOf) => step = stepOf(schema.ast)
  })
  Decoder.compile(probe)(null)
  return step
}

const comparison = <A, I>(schema: Schema.Schema<A, I>) => {
  const compiled = Decoder.compile(schema)
  const fast = fastPathOf(schema)
  const slow = ParseResult.decodeUnknownEither(schema)
  return (input: unknown): "accepted" | "refused" => {
    const before = structuredClone(input)
    const expected = slow(input)
    const found = compiled(input)
    if (Either.isRight(expected)) {
      assert.deepStrictEqual(fast(input), expected.right)
      assert.deepStrictEqual(Either.getOrThrow(found), expected.right)
    } else {
      assert.equal(fast(input), Decoder.failed)
      assert.ok(Either.isLeft(found))
      const format = ParseResult.TreeFormatter.formatIssueSync
      assert.equal(format(found.left), format(expected.left))
    }
    assert.deepStrictEqual(input, before)
    return expected._tag === "Right" ? "accepted" : "refused"
  }
}

describe("Decoder gives what Schema's own decoder gives", () => {
  it("on 10,000 pages, intact and damaged", { timeout: 180_000 }, async () => {
    const compare = comparison(EventsPage.EventsPage)
    const seen = { accepted: 0, refused: 0 }
    for (let n = 0; n < 10; n++) {
      fc.assert(
        fc.property(wire.damagedPage, (page) => {
          seen[compare(page)]++
        }),
        { numRuns: 1_000 }
      )
      // On a busy machine all of them take more than the minute after which Vitest thinks that a silent worker is lost.
      await setImmediate()
    }
    // The comparison says little if nearly all pages end the same way.
    expect(seen.accepted).toBeGreaterThan(2_000)
    expect(seen.refused).toBeGreaterThan(1_000)
  })

  it("on 2,000 answers of one event, in the tweet dialect's schema", () => {
    const compare = comparison(EventsPage.singleInDialect("tweet"))
    const single = fc.tuple(wire.damagedPage, fc.nat(3)).map(([page, n]) => {
      const data: unknown = typeof page === "object" && page !== null && "data" in page ? page.data : undefined
      return { ...Object(page), data: Array.isArray(data) ? data[n] ?? data[0] : data }
    })
    fc.assert(fc.property(single, (answer) => void compare(answer)), { numRuns: 2_000 })
  })

  it("on intact pages, which it never refuses", () => {
    const compare = comparison(EventsPage.EventsPage)
    fc.assert(fc.property(wire.anyPage, (page) => assert.equal(compare(page), "accepted")), { numRuns: 1_000 })
  })

  it("on values that are no objects", () => {
    const compare = comparison(EventsPage.EventsPage)
    for (const value of [undefined, null, 0, "", "[]", [], [{}], true]) expect(compare(value)).toBe("refused")
    expect(compare({})).toBe("accepted")
  })
})

const schemas: ReadonlyArray<readonly [name: string, schema: Schema.Schema.Any, inputs: ReadonlyArray<unknown>]> = [
  ["a default", Schema.Struct({ a: Schema.optionalWith(Schema.Number, { default: () => 7 }) }), [
    {},
    { a: 1 },
    { a: undefined },
    { a: null }
  ]],
  ["an exact optional", Schema.Struct({ a: Schema.optionalWith(Schema.Number, { exact: true }) }), [
    {},
    { a: 1 },
    { a: undefined }
  ]],
  ["an Option", Schema.Struct({ a: Schema.optionalWith(Schema.Number, { as: "Option", nullable: true }) }), [
    {},
    { a: 1 },
    { a: null },
    { a: "1" }
  ]],
  ["a renamed field", Schema.Struct({ a: Schema.propertySignature(Schema.Date).pipe(Schema.fromKey("b")) }), [
    { b: "2026-01-01" },
    { a: "2026-01-01" },
    { b: 1 }
  ]],
  ["a nullable field whose schema takes null", struct({ a: optional(Schema.NullOr(Schema.String)) }), [
    { a: null },
    { a: "x" },
    {},
    { a: 1 }
  ]],
  ["an untagged union", Schema.Union(Schema.Number, Schema.NumberFromString, Schema.Struct({ a: Schema.String })), [
    1,
    "1",
    "x",
    { a: "" },
    {}
  ]],
  ["a tuple", Schema.Tuple(Schema.String, Schema.Number), [["a", 1], ["a"], ["a", 1, 2], "a"]],
  ["a non-empty array", Schema.NonEmptyArray(Schema.String), [["a"], [], [1]]],
  ["a refinement", Schema.Int.pipe(Schema.between(1, 3)), [1, 1.5, 4, "1"]],
  ["a transformation that can fail", Schema.parseJson(Schema.Struct({ a: Schema.Number })), ["{\"a\":1}", "{", "[]"]],
  ["a recursive schema", recursive(), [{ children: [] }, { children: [{ children: [] }] }, { children: [{}] }]],
  ["a class", Schema.asSchema(class A extends Schema.Class<A>("A")({ a: Schema.String }) {}), [{ a: "x" }, {}, null]]
]

interface Tree {
  readonly children: ReadonlyArray<Tree>
}

function recursive(): Schema.Schema<Tree> {
  const tree: Schema.Schema<Tree> = Schema.Struct({
    children: Schema.Array(Schema.suspend((): Schema.Schema<Tree> => tree))
  })
  return tree
}

describe("Decoder reads schemas of other makes as well", () => {
  it.each(schemas)("%s", (_, schema, inputs) => {
    const compare = comparison(untyped(schema))
    const outcomes = new Set(inputs.map(compare))
    expect(outcomes.has("accepted")).toBe(true)
  })

  it("a failure names where in the input it is", () => {
    const result = Decoder.compile(EventsPage.EventsPage)({ data: [{ id: "1", event_type: "MessageCreate", text: 1 }] })
    const [issue] = ParseResult.ArrayFormatter.formatIssueSync(Either.getOrThrow(Either.flip(result)))
    expect(issue).toMatchObject({ path: ["data", 0, "text"], message: "Expected string, actual 1" })
  })
})
