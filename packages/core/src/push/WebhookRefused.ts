/**
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/**
 * Why a webhook refused a request.
 *
 * @since 0.1.0
 */
export type WebhookReason =
  | "NoSecret"
  | "NoSuchMethod"
  | "BadToken"
  | "Unsigned"
  | "WrongSignature"
  | "TooLarge"
  | "TooSlow"
  | "BrokenOff"
  | "NotJson"
  | "Busy"

interface Refusal {
  readonly status: number
  readonly why: string
}

const refusals: { readonly [R in WebhookReason]: Refusal } = {
  NoSecret: { status: 500, why: "no consumer secret is set, so nothing can be trusted" },
  NoSuchMethod: { status: 405, why: "only GET and POST are answered" },
  BadToken: { status: 400, why: "the crc_token is none of X's" },
  Unsigned: { status: 401, why: "there is no signature of X" },
  WrongSignature: { status: 403, why: "the signature is not by the consumer secret" },
  TooLarge: { status: 413, why: "the body is larger than allowed" },
  TooSlow: { status: 408, why: "the body did not come in time" },
  BrokenOff: { status: 400, why: "the body broke off" },
  NotJson: { status: 400, why: "the body is not JSON" },
  Busy: { status: 503, why: "there is no room for it now, and X shall deliver it again" }
}

/**
 * A request that a webhook refused: `reason` says why, and `status` with which
 * HTTP status. It holds nothing of the request.
 *
 * @since 0.1.0
 */
export class WebhookRefused extends Data.TaggedError("WebhookRefused")<{ readonly reason: WebhookReason }> {
  get status(): number {
    return refusals[this.reason].status
  }
  override get message(): string {
    return `the webhook refused a request: ${refusals[this.reason].why}.`
  }
}
