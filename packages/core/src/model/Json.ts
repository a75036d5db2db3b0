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
