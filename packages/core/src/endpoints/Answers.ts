/**
 * Answers that X has been seen to give in several shapes: the thing as
 * `data`, as the only item of `data`, or under its name in `data`.
 *
 * @since 0.1.0
 */
import { isRecord } from "effect/Predicate"
import * as Schema from "effect/Schema"
import { inData, list, optional, reshaped, struct } from "../model/Wire.js"

const found = (name: string) => (json: unknown): unknown => {
  const data = isRecord(json) ? json["data"] ?? json : json
  const first: unknown = Array.isArray(data) ? data[0] : data
  return isRecord(first) && isRecord(first[name]) ? first[name] : first
}

/** The Schema of one thing. @since 0.1.0 */
export const one = <A, I>(schema: Schema.Schema<A, I>, name: string): Schema.Schema<A, unknown> =>
  reshaped(schema, { read: found(name), write: (data) => ({ data }) })

const items = (name: string) => (json: unknown): unknown => {
  if (!isRecord(json)) return json
  const { data } = json
  if (Array.isArray(data) || data === undefined || data === null) return json
  const named = isRecord(data) ? data[name] : undefined
  return { ...json, data: Array.isArray(named) ? named : [data] }
}

const Meta = struct({ nextToken: optional(Schema.String) })

/** The Schema of a page of things, and of a list that has no pages. @since 0.1.0 */
export const many = <A, I>(schema: Schema.Schema<A, I>, name: string) =>
  reshaped(struct({ data: list(schema), meta: optional(Meta) }), { read: items(name), write: (json) => json })

/** The Schema of `{"data": {"deleted": true}}`. @since 0.1.0 */
export const Deleted = inData(struct({ deleted: Schema.Boolean }))

/** A number of X's as text: the id of a webhook, of a subscription. @since 0.1.0 */
export const id = (what: string) =>
  Schema.String.pipe(
    Schema.pattern(/^[0-9]{1,19}$/, { message: () => `must be the id of a ${what}: 1 to 19 digits` })
  )
