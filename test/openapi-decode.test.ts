import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc } from "effect"
import * as Fs from "node:fs"
import { answer, cases } from "../packages/core/test/support/endpoints.js"
import { files, missing } from "./support/openapi.js"

const absent = missing("answers by X's OpenAPI descriptions are not decoded")

interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly oneOf?: ReadonlyArray<JsonSchema>
  readonly items?: JsonSchema
  readonly properties?: { readonly [name: string]: JsonSchema }
  readonly required?: ReadonlyArray<string>
  readonly nullable?: boolean
  readonly minimum?: number
  readonly maximum?: number
}

interface Answers {
  readonly paths: {
    readonly [route: string]: {
      readonly [method: string]: {
        readonly responses: {
          readonly [status: string]: { readonly content?: { readonly [type: string]: { readonly schema: JsonSchema } } }
        }
      }
    }
  }
}

/** What X always sends, though 2.167 calls no field required: without these there is nothing to speak of. */
const always = new Set([
  "id",
  "event_type",
  "name",
  "username",
  "text",
  "media_key",
  "data",
  "dm_conversation_id",
  "dm_event_id",
  "deleted"
])

const date = fc.date({ min: new Date(0), max: new Date("2100-01-01T00:00:00Z"), noInvalidDate: true })

/** Arbitrary JSON that a schema of the description allows. */
const arbitraryOf = (description: unknown) => {
  const at = (pointer: string): JsonSchema =>
    pointer.split("/").slice(1).reduce<unknown>((value, part) => Object(value)[part], description) as JsonSchema // by the pointer

  const of = (schema: JsonSchema, name = ""): fc.Arbitrary<unknown> =>
    schema.nullable === true
      ? fc.oneof({ weight: 4, arbitrary: present(schema, name) }, { weight: 1, arbitrary: fc.constant(null) })
      : present(schema, name)

  const present = (schema: JsonSchema, name: string): fc.Arbitrary<unknown> => {
    if (schema.$ref !== undefined) return of(at(schema.$ref), name)
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
    const alternatives = schema.oneOf ?? schema.anyOf
    if (alternatives !== undefined) return fc.oneof(...alternatives.map((each) => of(each, name)))
    if (schema.allOf !== undefined) {
      return fc.tuple(...schema.allOf.map((each) => of(each))).map((parts) => Object.assign({}, ...parts))
    }
    switch (schema.type) {
      case "array":
        return fc.array(of(schema.items ?? {}), { maxLength: 2 })
      case "integer":
        return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000_000 })
      case "number":
        return fc.double({ noNaN: true })
      case "boolean":
        return fc.boolean()
      case "string":
        return name === "id" || name.endsWith("_id")
          ? fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }).map(String)
          : name === "event_type"
          ? fc.constantFrom("MessageCreate", "ParticipantsJoin", "ParticipantsLeave", "Later")
          : schema.format === "date-time"
          ? date.map((each) => each.toISOString())
          : fc.string({ maxLength: 5 })
      case "object":
      case undefined: {
        const properties = Object.entries(schema.properties ?? {})
        const isMedium = "media_key" in (schema.properties ?? {})
        const required = new Set([...schema.required ?? [], ...always, ...isMedium ? ["type"] : []])
        return fc.record(
          Object.fromEntries(properties.map(([key, each]) => [key, of(each, key)])),
          { requiredKeys: properties.map(([key]) => key).filter((key) => required.has(key)) as [] } // of the record's keys
        )
      }
      default:
        return expect.unreachable(`a schema of type ${schema.type}`)
    }
  }
  return (schema: JsonSchema) => of(schema)
}

describe.skipIf(absent.length > 0).each(["post", "tweet"] as const)("in the %s dialect", (dialect) => {
  it.each(cases.map((one) => [one.name, one] as const))("every answer to %s that X may give is decoded", (_, one) => {
    const description: Answers = JSON.parse(Fs.readFileSync(files[dialect], "utf8"))
    const { responses } = description.paths[one.route]![one.method.toLowerCase()]!
    const schema = responses[one.status]?.content?.["application/json"]?.schema ?? expect.unreachable("no such answer")
    fc.assert(
      fc.property(arbitraryOf(description)(schema), (json) => {
        const read = one.response(answer(one.status, json))
        if (Either.isLeft(read)) throw new Error(`${read.left.message}\n${JSON.stringify(json)}`)
      }),
      { numRuns: 300 }
    )
  })
})
