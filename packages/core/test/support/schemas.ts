import { Schema } from "effect"

/** A schema whose types are forgotten, so that one test can go through many. */
export const untyped = (schema: Schema.Schema.Any): Schema.Schema<unknown> => Schema.make(schema.ast)
