/**
 * How the model's schemas are written: camelCase names here, X's snake_case
 * names on the wire, `null` read as absence, unknown fields passed over.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type * as Types from "effect/Types"
import * as Decoder from "./Decoder.js"

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

type Fields = { readonly [name: string]: Schema.Schema.Any | Schema.PropertySignature.Any }

/**
 * A Struct whose wire names are the snake_case of its field names, but for
 * those that `names` gives.
 *
 * @since 0.1.0
 */
export const struct = <F extends Fields>(
  fields: F,
  names: { readonly [K in keyof F]?: string } = {}
): Schema.Schema<Types.Simplify<Schema.Struct.Type<F>>, unknown> => {
  const renamed: Record<string, Schema.PropertySignature.Any> = {}
  for (const [name, field] of Object.entries(fields)) {
    // A plain schema becomes a required property; `optional` and `list` have made property signatures already.
    const property = Schema.isPropertySignature(field) ? field : Schema.propertySignature(field)
    // fromKey wants the type of one property, and this is any of them.
    renamed[name] = Schema.fromKey(property as never, names[name] ?? snakeCase(name))
  }
  // The fields are those of F under other wire names, which the type of Record cannot follow.
  return Schema.Struct(renamed) as never
}

/**
 * A field that X may leave out or send as `null`; it is absent then.
 *
 * @since 0.1.0
 */
export const optional = <A, I>(schema: Schema.Schema<A, I>) => {
  // Most fields are texts: one property signature for all of them makes the models quick to load.
  const known = optionals.get(schema.ast)
  if (known !== undefined) return known as ReturnType<typeof makeOptional<A, I>> // it was made of this schema's AST
  const made = makeOptional(schema)
  optionals.set(schema.ast, made)
  return made
}

const makeOptional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true, nullable: true })

const optionals = new WeakMap<object, unknown>()

/**
 * A field that is an empty list where X leaves it out or sends `null`.
 *
 * @since 0.1.0
 */
export const list = <A, I>(item: Schema.Schema<A, I>) =>
  Schema.optionalWith(Schema.Array(item), { exact: true, nullable: true, default: () => [] })

/**
 * A transformation of the JSON before a schema reads it and after it wrote
 * it. `read` must pass on what it does not understand, for the schema to
 * refuse.
 *
 * @since 0.1.0
 */
export const reshaped = <A, I>(
  schema: Schema.Schema<A, I>,
  shape: { readonly read: (json: unknown) => unknown; readonly write: (json: unknown) => unknown }
): Schema.Schema<A, unknown> =>
  Schema.transform(Schema.Unknown, schema, {
    strict: false,
    decode: shape.read,
    encode: shape.write
  }).annotations({
    [Decoder.direct]: (stepOf: Decoder.StepOf) => {
      const to = stepOf(schema.ast)
      return (json: unknown) => to(shape.read(json))
    }
  })

/**
 * An answer that X wraps as `{"data": …}`.
 *
 * @since 0.1.0
 */
export const inData = <A, I>(schema: Schema.Schema<A, I>): Schema.Schema<A, unknown> =>
  Schema.transform(struct({ data: schema }), Schema.typeSchema(schema), {
    strict: true,
    decode: ({ data }) => data,
    encode: (data) => ({ data })
  })
