/**
 * What X says of a failure: its problem document, or what could be made of
 * the older forms that it still sends.
 *
 * Source: RFC 7807, and X's guide to response codes and errors.
 *
 * @since 0.1.0
 */
import { isRecord } from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { JsonObject } from "./Json.js"
import { optional, reshaped, struct } from "./Wire.js"

const Fields = struct({
  type: optional(Schema.String),
  title: optional(Schema.String),
  detail: optional(Schema.String),
  status: optional(Schema.Number),
  code: optional(Schema.Number),
  reason: optional(Schema.String),
  parameter: optional(Schema.String),
  value: optional(Schema.String),
  field: optional(Schema.String),
  resourceId: optional(Schema.String),
  resourceType: optional(Schema.String),
  section: optional(Schema.String),
  period: optional(Schema.String),
  scope: optional(Schema.String)
})

/**
 * A problem. Every part can be absent: `type` is a URI whose last segment
 * names the kind ({@link kind}), `code` the number that older errors carry.
 *
 * @since 0.1.0
 */
export interface Problem extends Schema.Schema.Type<typeof Fields> {}

const numbers = ["status", "code"]
const names = [
  "type",
  "title",
  "detail",
  "status",
  "code",
  "reason",
  "parameter",
  "value",
  "field",
  "resource_id",
  "resource_type",
  "section",
  "period",
  "scope"
]

/** A problem never fails a decode: a part of a wrong type is passed over, save that a number may stand for a text. */
const read = (json: unknown): unknown => {
  if (!isRecord(json)) return typeof json === "string" ? { detail: json } : {}
  const output: Record<string, unknown> = {}
  for (const name of names) {
    const value = json[name]
    if (numbers.includes(name)) {
      if (typeof value === "number") output[name] = value
    } else if (typeof value === "string") output[name] = value
    else if (typeof value === "number") output[name] = String(value)
  }
  if (output["detail"] === undefined && typeof json["message"] === "string") output["detail"] = json["message"]
  return output
}

/**
 * The Schema of a problem.
 *
 * @since 0.1.0
 */
export const Problem: Schema.Schema<Problem, unknown> = reshaped(Fields, { read, write: (json) => json })

const decode = Schema.decodeUnknownOption(Problem)

/**
 * The kind of a problem, the last segment of its type, whatever the host:
 * `resource-not-found`, `client-forbidden`, …
 *
 * @since 0.1.0
 */
export const kind = (problem: Problem): string | undefined => problem.type?.split("/problems/")[1]

/**
 * The problem that the body of a failed answer tells of, if it tells of one:
 * a problem document, `{errors: […]}` in its two forms, `{code, message}`, or
 * OAuth's `{error, error_description}`.
 *
 * @since 0.1.0
 */
export const fromBody = (json: unknown): Problem | undefined => {
  if (!isRecord(json)) return undefined
  const first = Array.isArray(json["errors"]) && isRecord(json["errors"][0]) ? json["errors"][0] : undefined
  const merged: JsonObject = {
    ...oauth(json),
    ...(first === undefined ? undefined : { ...firstParameter(first), ...first }),
    ...json,
    // The message names what was wrong; the detail beside it only says that something was.
    ...(typeof first?.["message"] === "string" ? { detail: first["message"] } : undefined)
  }
  const problem = decode(merged)
  return problem._tag === "Some" && Object.keys(problem.value).length > 0 ? problem.value : undefined
}

const oauth = (json: JsonObject): JsonObject => ({ title: json["error"], detail: json["error_description"] })

/** `{"parameters": {"max_results": ["101"]}}` names the parameter and the value that were refused. */
const firstParameter = (error: JsonObject): JsonObject => {
  const [entry] = isRecord(error["parameters"]) ? Object.entries(error["parameters"]) : []
  return entry === undefined
    ? {}
    : { parameter: entry[0], value: Array.isArray(entry[1]) ? entry[1].join(",") : entry[1] }
}
