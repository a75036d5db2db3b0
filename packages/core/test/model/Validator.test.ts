import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Either, FastCheck as fc, ParseResult, type Schema } from "effect"
import { CreateByParticipantId } from "../../src/endpoints/CreateByParticipantId.js"
import { CreateConversation } from "../../src/endpoints/CreateConversation.js"
import { DeleteEvents } from "../../src/endpoints/DeleteEvents.js"
import { GetEvents } from "../../src/endpoints/GetEvents.js"
import { GetEventsByConversationId } from "../../src/endpoints/GetEventsByConversationId.js"
import { GetUserByUsername } from "../../src/endpoints/GetUserByUsername.js"
import * as Validator from "../../src/model/Validator.js"

const inputs: ReadonlyArray<readonly [name: string, input: Schema.Schema.AnyNoContext]> = [
  ["CreateByParticipantId", CreateByParticipantId.endpoint.input],
  ["CreateConversation", CreateConversation.endpoint.input],
  ["DeleteEvents", DeleteEvents.endpoint.input],
  ["GetEvents", GetEvents.endpoint.input],
  ["GetEventsByConversationId", GetEventsByConversationId.endpoint.input],
  ["GetUserByUsername", GetUserByUsername.endpoint.input]
]

const odd = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, "", "1", "text", "message_create", 0, 100, 101, NaN, true, [], {}, [1]),
  fc.anything()
)

/** An input with one of its properties replaced, removed, or added. */
const damaged = (input: fc.Arbitrary<object>): fc.Arbitrary<unknown> =>
  fc.oneof(
    odd,
    fc.tuple(input, fc.nat(), odd, fc.constantFrom("replace", "remove", "add", "symbol")).map(
      ([whole, at, value, how]) => {
        const names = Object.keys(whole)
        const name = how === "add" || names.length === 0 ? "limit" : names[at % names.length]!
        const output: Record<PropertyKey, unknown> = { ...whole }
        if (how === "remove") delete output[name]
        else output[how === "symbol" ? Symbol.for(name) : name] = value
        return output
      }
    )
  )

describe.each(inputs)("%s", (_, schema) => {
  const isValid = Validator.compile(schema)
  const validate = ParseResult.validateEither(schema, { onExcessProperty: "error" })
  const intact = Arbitrary.make(schema)

  it("says yes to what is right", () => {
    fc.assert(fc.property(intact, (input) => {
      expect(isValid(input)).toBe(true)
    }))
  })

  it("says yes to nothing that ParseResult refuses", () => {
    fc.assert(
      fc.property(damaged(intact), (input) => {
        if (isValid(input)) expect(Either.isRight(validate(input))).toBe(true)
      }),
      { numRuns: 2_000 }
    )
  })
})

it("makes no difference to a property that is undefined", () => {
  const isValid = Validator.compile(GetEvents.endpoint.input)
  expect([{}, { maxResults: undefined }, { maxResults: 5 }].map(isValid)).toEqual([true, true, true])
  expect([undefined, [], { maxResults: 0 }, { limit: 5 }, { toString: 1 }].map(isValid)).toEqual(
    [false, false, false, false, false]
  )
})
