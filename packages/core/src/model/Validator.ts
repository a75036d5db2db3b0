/**
 * Validators compiled once from a Schema: a quick yes to what is right, which
 * inputs of calls are but for mistakes. What is wrong, ParseResult says.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import { isRecord } from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

/**
 * Whether a value is certainly of the type. A no is only a doubt.
 *
 * @since 0.1.0
 */
export type Validator = (value: unknown) => boolean

const strict = { onExcessProperty: "error" } as const

/**
 * Compiles the type side of a Schema into a validator that, as
 * `ParseResult.validate` does with `onExcessProperty: "error"`, refuses
 * properties that the Schema does not name.
 *
 * @since 0.1.0
 */
export const compile = <A, I>(schema: Schema.Schema<A, I>): Validator => make(AST.typeAST(schema.ast))

const make = (ast: AST.AST): Validator => {
  switch (ast._tag) {
    case "StringKeyword":
      return (value) => typeof value === "string"
    case "UndefinedKeyword":
      return (value) => value === undefined
    case "Literal":
      return (value) => value === ast.literal
    case "Refinement": {
      const from = make(ast.from)
      return (value) => from(value) && Option.isNone(ast.filter(value, strict, ast))
    }
    case "Union":
      return union(ast.types)
    case "TupleType":
      return ast.elements.length === 0 && ast.rest.length === 1 ? array(make(ast.rest[0]!.type)) : other(ast)
    case "TypeLiteral":
      return ast.indexSignatures.length === 0 ? struct(ast.propertySignatures) : other(ast)
    default:
      return other(ast)
  }
}

const other = (ast: AST.AST): Validator => ParseResult.is(Schema.make(ast), strict)

const array = (item: Validator): Validator => (value) => Array.isArray(value) && value.every(item)

const union = (types: ReadonlyArray<AST.AST>): Validator => {
  // Lists of names are long, so literals are looked up.
  const literals = new Set<unknown>(types.flatMap((type) => AST.isLiteral(type) ? [type.literal] : []))
  const others = types.filter((type) => !AST.isLiteral(type)).map(make)
  return (value) => literals.has(value) || others.some((validator) => validator(value))
}

const struct = (signatures: ReadonlyArray<AST.PropertySignature>): Validator => {
  const byName = new Map(signatures.map(({ name, type }) => [name, make(type)]))
  const required = signatures.flatMap(({ isOptional, name }) => isOptional ? [] : [name])
  return (value) => {
    if (!isRecord(value)) return false
    for (const name of Reflect.ownKeys(value)) {
      if (byName.get(name)?.(value[name]) !== true) return false
    }
    return required.every((name) => Object.hasOwn(value, name))
  }
}
