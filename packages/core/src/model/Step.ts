/**
 * A decoder as a plain function, of which those of a Schema are put together.
 *
 * @since 0.1.0
 */
import type * as AST from "effect/SchemaAST"

/**
 * What a {@link Step} gives for an input that it cannot read.
 *
 * @since 0.1.0
 */
export const failed: unique symbol = Symbol.for("@effect-xdm/core/Decoder/failed")

/**
 * Gives the decoded value, or {@link failed}, without allocating an Either.
 *
 * @since 0.1.0
 */
export type Step = (input: unknown) => unknown

/** @since 0.1.0 */
export type StepOf = (ast: AST.AST) => Step
