/** What the server says of a request that it does not fulfil. */
import type { Dialect } from "../../model/Dialect.js"
import type { JsonObject } from "../../model/Json.js"

/** A refusal, before it is written in one dialect's words. */
export interface Refusal {
  readonly status: number
  /** X's number of the error, for the failures that have one; they are answered in both of X's forms. */
  readonly code?: number
  readonly message?: string
  /** The last part of the problem's type; none for "about:blank". */
  readonly type?: string
  readonly title: string
  readonly detail: string
  readonly more?: JsonObject
}

export const invalid = (parameter: string, value: string, message: string): Refusal => ({
  status: 400,
  type: "invalid-request",
  title: "Invalid Request",
  detail: "One or more parameters to your request was invalid.",
  more: { errors: [{ message, parameters: { [parameter]: [value] } }] }
})

export const invalidBody = (message: string): Refusal => ({
  status: 400,
  type: "invalid-request",
  title: "Invalid Request",
  detail: "One or more parameters to your request was invalid.",
  more: { errors: [{ message, parameters: {} }] }
})

export const notFound = (resource: string, parameter: string, value: string): Refusal => ({
  status: 404,
  type: "resource-not-found",
  title: "Not Found Error",
  detail: `Could not find ${resource} with ${parameter}: [${value}].`,
  more: { resource_type: resource, resource_id: value, parameter, value }
})

export const notAuthorized = (resource: string, parameter: string, value: string, why: string): Refusal => ({
  status: 403,
  type: "not-authorized-for-resource",
  title: "Authorization Error",
  detail: `Sorry, you are not authorized to access the ${resource} with ${parameter}: [${value}]. ${why}`,
  more: { resource_type: resource, resource_id: value, parameter, value }
})

/** The recipient takes no messages from the user. */
export const blocked: Refusal = {
  status: 403,
  code: 349,
  message: "You cannot send messages to this user.",
  title: "Forbidden",
  detail: "You cannot send messages to this user."
}

/** The route does not take this kind of credentials. */
export const unsupported = (kind: string): Refusal => ({
  status: 403,
  type: "unsupported-authentication",
  title: "Unsupported Authentication",
  detail: `Authenticating with OAuth 2.0 ${kind} is forbidden for this endpoint.`
})

/** The failures that X answers by number rather than by a problem's type. */
const byStatus: Readonly<Record<number, Refusal>> = {
  401: { status: 401, code: 32, message: "Could not authenticate you", title: "Unauthorized", detail: "Unauthorized" },
  402: {
    status: 402,
    code: 402,
    message: "Credits depleted",
    type: "credits",
    title: "CreditsDepleted",
    detail: "Your enrolled account does not have any credits to fulfill this request."
  },
  403: { status: 403, code: 403, message: "Forbidden", title: "Forbidden", detail: "Forbidden" },
  404: { status: 404, code: 34, message: "Sorry, that page does not exist", title: "Not Found", detail: "Not Found" },
  429: {
    status: 429,
    code: 88,
    message: "Rate limit exceeded",
    title: "Too Many Requests",
    detail: "Too Many Requests"
  },
  500: { status: 500, type: "internal-error", title: "Internal Error", detail: "Something is technically wrong." },
  503: {
    status: 503,
    code: 130,
    message: "Over capacity",
    title: "Service Unavailable",
    detail: "Service Unavailable"
  }
}

/** What the server says with a status alone. */
export const ofStatus = (status: number): Refusal =>
  byStatus[status] ?? { status, code: status, message: `Status ${status}`, title: `Status ${status}`, detail: "Failed" }

const hosts = { post: "https://api.x.com", tweet: "https://api.twitter.com" }

/** An item of the `errors` that a page carries beside its data. */
export const toJson = ({ detail, more, title, type }: Refusal, dialect: Dialect): JsonObject => ({
  ...more,
  title,
  detail,
  type: type === undefined ? "about:blank" : `${hosts[dialect]}/2/problems/${type}`
})

/** The whole answer: its content type and its body. */
export const toBody = (refusal: Refusal, dialect: Dialect): { readonly type: string; readonly json: JsonObject } => {
  const { code, message, status } = refusal
  return code === undefined
    ? { type: "application/problem+json", json: toJson(refusal, dialect) }
    : { type: "application/json", json: { code, message, ...toJson(refusal, dialect), status } }
}
