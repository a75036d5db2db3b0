import * as UrlParams from "@effect/platform/UrlParams"
import { describe, expect, it } from "@effect/vitest"
import { Ajv, type ValidateFunction } from "ajv"
import addFormats from "ajv-formats"
import { Either, FastCheck as fc } from "effect"
import * as Fs from "node:fs"
import * as Fields from "../packages/core/src/model/Fields.js"
import { cases } from "../packages/core/test/support/endpoints.js"
import { files, missing } from "./support/openapi.js"

const absent = missing("requests are not held against X's OpenAPI descriptions")

type Dialect = keyof typeof files

interface JsonSchema {
  readonly type?: string
  readonly enum?: ReadonlyArray<string>
  readonly items?: JsonSchema
  readonly $ref?: string
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: JsonSchema
  readonly $ref?: string
}

interface Operation {
  readonly parameters?: ReadonlyArray<Parameter>
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** A description, its references looked up, and checks of what it says of one operation. */
const describing = (dialect: Dialect) => {
  const openApi: OpenApi = JSON.parse(
    Fs.readFileSync(files[dialect], "utf8"),
    (key, value) => key === "discriminator" ? undefined : value
  )
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat("int32", true).addFormat("int64", true)
  ajv.addSchema(openApi, "x")

  const at = (pointer: string): unknown =>
    pointer.split("/").slice(1).reduce<unknown>(
      (value, part) => Object(value)[part.replaceAll("~1", "/").replaceAll("~0", "~")],
      openApi
    )
  const resolved = <A extends { readonly $ref?: string }>(value: A): A =>
    value.$ref === undefined ? value : resolved(at(value.$ref) as A) // the description says of which kind it is

  const rooted = (schema: object): object =>
    JSON.parse(JSON.stringify(schema), (key, value) => key === "$ref" ? `x${value}` : value)

  const operation = (method: string, route: string) => {
    const { parameters = [], requestBody } = openApi.paths[route]?.[method.toLowerCase()] ?? expect.unreachable(route)
    const declared = parameters.map((each) => {
      const parameter = resolved(each)
      const schema = resolved(parameter.schema)
      return { ...parameter, schema, validate: ajv.compile(rooted(schema)) }
    })
    const body = requestBody?.content["application/json"]?.schema
    return { parameters: declared, body: body === undefined ? undefined : ajv.compile(rooted(body)) }
  }
  return { operation, resolved }
}

const undescribed: ReturnType<typeof describing> = {
  operation: () => expect.unreachable("a skipped test ran"),
  resolved: (value) => value
}

const fits = (validate: ValidateFunction, value: unknown) =>
  expect({ value, fits: validate(value), errors: validate.errors }).toEqual({ value, fits: true, errors: null })

const valueOf = (schema: JsonSchema, text: string): unknown =>
  schema.type === "array" ? text.split(",") : schema.type === "integer" ? Number(text) : text

describe.skipIf(absent.length > 0).each(["post", "tweet"] as const)("in the %s dialect X allows", (dialect) => {
  // A test that is skipped is still named, without the files.
  const { operation, resolved } = absent.length > 0 ? undescribed : describing(dialect)

  it.each(cases.map((one) => [one.name, one] as const))("every request of %s", (_, one) => {
    const { body, parameters } = operation(one.method, one.route)
    const pattern = new RegExp(`^${one.route.replace(/\{\w+\}/g, "([^/]+)")}$`)
    const names = [...one.route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const used = new Set<string>()
    fc.assert(
      fc.property(one.inputs, (input) => {
        const made = one.request(dialect)(input)
        if (Either.isLeft(made)) return
        const request = made.right
        expect(request.method).toBe(one.method)

        const path = pattern.exec(request.url)?.slice(1) ?? expect.unreachable(request.url)
        const query = [...new URLSearchParams(UrlParams.toString(request.urlParams))]
        expect(new Set(query.map(([name]) => name)).size).toBe(query.length)
        const sent = [
          ...names.map((name, i) => ["path", name, decodeURIComponent(String(path[i]))] as const),
          ...query.map(([name, value]) => ["query", name, value] as const)
        ]
        for (const [place, name, text] of sent) {
          const parameter = parameters.find((each) => each.name === name && each.in === place)
          if (parameter === undefined) expect.unreachable(`X knows no ${place} parameter ${name}`)
          used.add(parameter.name)
          fits(parameter.validate, valueOf(parameter.schema, text))
        }
        for (const { in: place, name, required } of parameters) {
          if (required === true) expect(sent.map(([, name]) => name), `${place} ${name}`).toContain(name)
        }

        if (body === undefined) expect(request.body._tag).toBe("Empty")
        else if (request.body._tag === "Uint8Array") {
          expect(request.headers["content-type"]).toBe("application/json")
          fits(body, JSON.parse(new TextDecoder().decode(request.body.body)))
        } else expect.unreachable("a body of JSON was wanted")
      }),
      { numRuns: 500 }
    )
    // Nothing that X can be asked for is out of our reach.
    expect([...used].sort()).toEqual(parameters.map(({ name }) => name).sort())
  })

  it("every name of fields and expansions, and we know every name of X's", () => {
    const ours = Fields.inDialect(dialect)
    const listing = operation("GET", "/2/dm_events").parameters
    const user = operation("GET", "/2/users/me").parameters
    const theirs = (parameters: typeof listing, name: string) => {
      const { items } = parameters.find((each) => each.name === name)?.schema ?? expect.unreachable(name)
      return new Set(resolved(items ?? {}).enum)
    }
    expect(new Set(ours.dmEventFields)).toEqual(theirs(listing, "dm_event.fields"))
    expect(new Set(ours.dmEventExpansions)).toEqual(theirs(listing, "expansions"))
    expect(new Set(ours.mediaFields)).toEqual(theirs(listing, "media.fields"))
    expect(new Set(ours.userFields)).toEqual(theirs(listing, "user.fields"))
    expect(new Set(ours.postFields)).toEqual(theirs(listing, `${dialect}.fields`))
    expect(new Set(ours.userExpansions)).toEqual(theirs(user, "expansions"))
  })
})
