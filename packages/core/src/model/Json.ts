/**
 * JSON objects, as `JSON.parse` gives them.
 *
 * @since 0.1.0
 */

/**
 * Any JSON object.
 *
 * @since 0.1.0
 */
export type JsonObject = { readonly [key: string]: unknown }

/**
 * Whether a value is a JSON object: not `null`, not an array.
 *
 * @since 0.1.0
 */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
