/**
 * What X will not do.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import type { Problem } from "../../model/Problem.js"
import { type Answer, type Call, sayAnswer } from "./Calls.js"

/**
 * The token is missing, wrong, expired or revoked (401).
 *
 * @since 0.1.0
 */
export class Unauthorized extends Data.TaggedError("Unauthorized")<Answer> {
  override get message(): string {
    if (/^\/2\/(webhooks|activity)\b/.test(this.route)) {
      return sayAnswer(
        this,
        "the token was refused. This takes the app-only bearer token, which X's developer portal shows under",
        "\"Keys and tokens\" of your app; generating it anew makes the one before useless."
      )
    }
    return sayAnswer(
      this,
      "the access token was refused. X lets it expire after two hours: log in again for a new one. Direct Messages",
      "need the token of a user, from OAuth 2.0 with PKCE; an app-only bearer token never works."
    )
  }
}

/**
 * Why X forbade a call.
 *
 * @since 0.1.0
 */
export type ForbiddenReason =
  | "MissingScope"
  | "RecipientRefusesMessages"
  | "RecipientDoesNotFollow"
  | "LooksAutomated"
  | "AppLacksDmPermission"
  | "ClientNotEnrolled"
  | "NotAuthorizedForResource"
  | "Other"

const forbiddenAdvice: { readonly [R in ForbiddenReason]: string } = {
  MissingScope: "most likely the token lacks a scope. Log in again and allow those that this call needs.",
  RecipientRefusesMessages: "this user takes no messages from you.",
  RecipientDoesNotFollow: "this user takes messages only from people they follow, and does not follow you.",
  LooksAutomated: "X held the call to be automated. Slow down, and do not send the same text to many.",
  AppLacksDmPermission:
    "your app has no permission for Direct Messages. Set it in X's developer portal, then log in again.",
  ClientNotEnrolled: "your app is not enrolled for this API. Attach it to a project in X's developer portal.",
  NotAuthorizedForResource:
    "the account may not see or change this. You must take part in a conversation to read or write it, and have sent a message to delete it.",
  Other: "the account may not do this."
}

/**
 * X understood the call and will not do it (403). `reason` says why as far as
 * X tells; `scopes` are those that the call needs.
 *
 * @since 0.1.0
 */
export class Forbidden extends Data.TaggedError("Forbidden")<
  Answer & { readonly reason: ForbiddenReason; readonly scopes: ReadonlyArray<string> }
> {
  override get message(): string {
    const scopes = this.reason === "MissingScope" ? `It needs: ${this.scopes.join(" ")}.` : ""
    return sayAnswer(this, "forbidden:", forbiddenAdvice[this.reason], scopes).replace(/ {2,}/g, " ").trimEnd()
  }
}

/**
 * The span of time in which X counts calls.
 *
 * @since 0.1.0
 */
export type RateLimitWindow = "15 minutes" | "24 hours of the user" | "24 hours of the app" | "usage cap" | "unknown"

/**
 * No calls are left, and to wait for more would take longer than the call was
 * allowed to wait ({@link RateLimitPolicy}). `bucket` names the endpoint whose
 * calls are counted together, `resetsAt` when there are calls again, as far as
 * is known. Without a `status`, no request was made; with one, X refused it
 * (429). A `remaining` above 0 means a cap that X does not publish.
 *
 * @since 0.1.0
 */
export class RateLimited extends Data.TaggedError("RateLimited")<
  Call & {
    readonly status: number | undefined
    readonly problem: Problem | undefined
    readonly transactionId: string | undefined
    readonly bucket: string
    readonly window: RateLimitWindow
    readonly limit: number | undefined
    readonly remaining: number | undefined
    readonly resetsAt: DateTime.Utc | undefined
  }
> {
  override get message(): string {
    const limit = this.limit === undefined ? "the limit" : `the limit of ${this.limit} calls`
    const until = this.resetsAt === undefined
      ? "Try again later, with growing pauses"
      : `Try again after ${DateTime.formatIso(this.resetsAt)}`
    const advice = this.window === "usage cap" ? "" : ", or allow the call to wait longer (RateLimitPolicy)"
    const window = this.window === "unknown" ? "" : ` (${this.window})`
    const made = this.status === undefined ? " No request was made." : ""
    return sayAnswer(this, `${limit}${window} for ${this.bucket} is used up.${made} ${until}${advice}.`)
  }
}

/**
 * The account of your app at X has no credits left (402).
 *
 * @since 0.1.0
 */
export class OutOfCredits extends Data.TaggedError("OutOfCredits")<Answer> {
  override get message(): string {
    return sayAnswer(this, "your app has no credits left. Buy some in X's developer portal; the call was not made.")
  }
}

/**
 * X did not understand the request, though it passed our own checks (400 and
 * the like). `problem.parameter` names the part, where X tells.
 *
 * @since 0.1.0
 */
export class BadRequest extends Data.TaggedError("BadRequest")<Answer> {
  override get message(): string {
    const part = this.problem?.parameter === undefined ? "" : ` (${this.problem.parameter})`
    return sayAnswer(this, `X refused the request${part}. Repeating it will not help.`)
  }
}

/**
 * The event, conversation or user does not exist, or the account cannot know
 * of it (404). X keeps events for 30 days.
 *
 * @since 0.1.0
 */
export class NotFound extends Data.TaggedError("NotFound")<Answer> {
  override get message(): string {
    return sayAnswer(this, "not found. It may be deleted, older than X's 30 days, or another account's.")
  }
}
