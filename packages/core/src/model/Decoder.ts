/**
 * Decoders compiled once from a Schema, for the hot path: they give what
 * Schema's own decoder gives, several times faster, and hand whatever they
 * cannot read to that decoder, which names the exact issue.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import { isRecord } from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { properties, type Property } from "./PlainObjects.js"
import { failed, type Step, type StepOf } from "./Step.js"

export { failed, type Step, type StepOf } from "./Step.js"

/**
 * The annotation by which a schema brings its own step, of type
 * `(stepOf: StepOf) => Step`. It must give just what the schema gives.
 *
 * @since 0.1.0
 */
export const direct: unique symbol = Symbol.for("@effect-xdm/core/Decoder/direct")

/**
 * Compiles a Schema into a decoder of JSON values. The Schema must need no
 * services and no asynchronous step.
 *
 * @example
 * ```ts
 * import { Decoder, EventsPage } from "@effect-xdm/core"
 *
 * const decode = Decoder.compile(EventsPage.EventsPage)
 * decode(JSON.parse("{}")) // Either.right({ events: [], … })
 * ```
 *
 * @since 0.1.0
 */
export const compile = <A, I>(
  schema: Schema.Schema<A, I>
): (input: unknown) => Either.Either<A, ParseResult.ParseIssue> => {
  const step = stepOf(schema.ast)
  return (input) => {
    const output = step(input)
    // A step made of the schema's own AST gives the schema's own type.
    return output === failed ? ParseResult.decodeUnknownEither(schema)(input) : Either.right(output as A)
  }
}

const steps = new WeakMap<AST.AST, Step>()

const stepOf: StepOf = (ast) => {
  const known = steps.get(ast)
  if (known !== undefined) return known
  const own = AST.getAnnotation<(stepOf: StepOf) => Step>(ast, direct)
  const make = () => Option.isSome(own) ? own.value(stepOf) : makeStep(ast)
  // Objects are made ready when the first of them comes: most programs meet few of the kinds that there are.
  const step = AST.isTransformation(ast) ? whenNeeded(make) : make()
  steps.set(ast, step)
  return step
}

const whenNeeded = (make: () => Step): Step => {
  let step: Step | undefined
  return (input) => (step ??= make())(input)
}

const makeStep = (ast: AST.AST): Step => {
  switch (ast._tag) {
    case "StringKeyword":
      return (input) => typeof input === "string" ? input : failed
    case "NumberKeyword":
      return (input) => typeof input === "number" ? input : failed
    case "BooleanKeyword":
      return (input) => typeof input === "boolean" ? input : failed
    case "UnknownKeyword":
      return (input) => input
    case "Literal":
      return (input) => input === ast.literal ? input : failed
    case "Refinement":
      return refinement(ast)
    case "Declaration":
      return declaration(ast)
    case "TupleType":
      return ast.elements.length === 0 && ast.rest.length === 1 ? array(stepOf(ast.rest[0]!.type)) : interpreted(ast)
    case "Union":
      return union(ast)
    case "Transformation":
      return AST.isTypeLiteralTransformation(ast.transformation)
        ? typeLiteralTransformation(ast, ast.transformation)
        : AST.isFinalTransformation(ast.transformation)
        ? finalTransformation(ast, ast.transformation)
        : interpreted(ast)
    default:
      return interpreted(ast)
  }
}

/** The decoder of Schema itself, for the nodes that need no speed. */
const interpreted = (ast: AST.AST): Step => {
  const parse = ParseResult.decodeUnknownEither(Schema.make(ast))
  return (input) => valueOf(parse(input))
}

/** What a parser of Schema gave; one that is asynchronous counts as failed, and Schema's decoder will say so. */
const valueOf = (result: Effect.Effect<unknown, ParseResult.ParseIssue, unknown>): unknown =>
  Either.isEither(result) && Either.isRight(result) ? result.right : failed

const declaration = (ast: AST.Declaration): Step => {
  if (ast.typeParameters.length > 0) return interpreted(ast)
  const parse = ast.decodeUnknown()
  return (input) => valueOf(parse(input, AST.defaultParseOption, ast))
}

const refinement = (ast: AST.Refinement): Step => {
  const from = stepOf(ast.from)
  return (input) => {
    const value = from(input)
    return value === failed || Option.isSome(ast.filter(value, AST.defaultParseOption, ast)) ? failed : value
  }
}

const array = (item: Step): Step => (input) => {
  if (!Array.isArray(input)) return failed
  // A copy has the right size; an array that grows takes room for seventeen, and most of these hold two.
  const output: Array<unknown> = input.slice()
  for (let i = 0; i < input.length; i++) {
    const value = item(input[i])
    if (value === failed) return failed
    output[i] = value
  }
  return output
}

/**
 * A Struct with renamed, optional or defaulted properties. What its property
 * transformations do is found by trying them on an absent value, on null and
 * on a mark of our own; one that does anything else is left to Schema.
 */
const typeLiteralTransformation = (
  ast: AST.Transformation,
  transformation: AST.TypeLiteralTransformation
): Step => {
  if (ast.from._tag !== "TypeLiteral" || ast.from.indexSignatures.length > 0) return interpreted(ast)
  const mark = Symbol()
  const all: Array<Property> = []
  for (const { isOptional, name, type } of ast.from.propertySignatures) {
    const change = transformation.propertySignatureTransformations.find((each) => each.from === name)
    const to = change?.to ?? name
    if (typeof name !== "string" || typeof to !== "string") return interpreted(ast)
    const decode = change?.decode ?? identity
    const present = decode(Option.some(mark))
    if (Option.isNone(present) || present.value !== mark) return interpreted(ast)
    const absent = isOptional ? decode(Option.none()) : Option.none()
    const onNull = decode(Option.some(null))
    const nullIsAbsent = Option.isNone(onNull) || onNull.value !== null
    all.push({
      from: name,
      to,
      step: stepOf(nullIsAbsent ? withoutNull(type) : type),
      required: !isOptional,
      nullIsAbsent,
      missing: Option.isSome(absent) ? () => Option.getOrUndefined(decode(Option.none())) : undefined
    })
  }
  return properties(all)
}

const withoutNull = (ast: AST.AST): AST.AST =>
  AST.isUnion(ast) ? AST.Union.make(ast.types.filter((type) => !(AST.isLiteral(type) && type.literal === null))) : ast

const finalTransformation = (ast: AST.Transformation, transformation: AST.FinalTransformation): Step => {
  const from = stepOf(ast.from)
  const to = stepOf(ast.to)
  return (input) => {
    const encoded = from(input)
    if (encoded === failed) return failed
    const value = valueOf(transformation.decode(encoded, AST.defaultParseOption, ast, input))
    return value === failed ? failed : to(value)
  }
}

const union = (ast: AST.Union): Step => {
  const tagged = taggedMembers(ast)
  if (tagged !== undefined) {
    const members = new Map(tagged.members.map(([literal, member]) => [literal, stepOf(member)] as const))
    return (input) => {
      const member = isRecord(input) ? members.get(input[tagged.key]) : undefined
      return member === undefined ? failed : member(input)
    }
  }
  const members = ast.types.map(stepOf)
  return (input) => {
    for (const member of members) {
      const value = member(input)
      if (value !== failed) return value
    }
    return failed
  }
}

/** The property by which the members of a union can be told apart on the wire, if there is one. */
const taggedMembers = (ast: AST.Union) => {
  const literalsOf = (member: AST.AST): ReadonlyArray<readonly [PropertyKey, AST.LiteralValue]> => {
    const wire = AST.encodedAST(member)
    return AST.isTypeLiteral(wire)
      ? wire.propertySignatures.flatMap(({ isOptional, name, type }) =>
        AST.isLiteral(type) && !isOptional ? [[name, type.literal] as const] : []
      )
      : []
  }
  const literals = ast.types.map(literalsOf)
  for (const [key] of literals[0] ?? []) {
    if (typeof key !== "string") continue
    const values = literals.map((each) => each.find(([name]) => name === key)?.[1])
    if (values.includes(undefined) || new Set(values).size !== values.length) continue
    return { key, members: ast.types.map((member, i) => [values[i] as unknown, member] as const) }
  }
  return undefined
}
