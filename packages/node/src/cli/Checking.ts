/** Whether a webhook answers as X wants it: what X would send, sent from here. */
import { Webhook, type WebhookRefused } from "@effect-xdm/core"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import { isRecord } from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { codeOf, messageOf } from "../FileErrors.js"
import * as NodeClient from "../NodeClient.js"
import type { Finding } from "./Findings.js"
import { testId } from "./Webhooks.js"

/** A finding, with what the server answered and how long it took, for programs. */
export interface Checked extends Finding {
  readonly status?: number
  readonly took_ms?: number
}

/** X waits so long for an answer. */
const patience = "10 seconds"

interface Answer {
  readonly status: number
  readonly body: string
  readonly took: number
}

class NoAnswer extends Data.TaggedError("NoAnswer")<{ readonly problem: string }> {}

const unreachable = (error: HttpClientError): NoAnswer => {
  const cause = "cause" in error ? error.cause : undefined
  const code = codeOf(cause)
  return new NoAnswer({
    problem: code === "ECONNREFUSED" ? "nothing listens there" : code ?? messageOf(cause ?? error)
  })
}

const ask = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<Answer, NoAnswer, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const began = yield* Clock.currentTimeMillis
    const response = yield* HttpClient.execute(request)
    const body = yield* response.text
    return { status: response.status, body, took: (yield* Clock.currentTimeMillis) - began }
  }).pipe(
    Effect.mapError(unreachable),
    Effect.timeoutFail({ duration: patience, onTimeout: () => new NoAnswer({ problem: "10 seconds went by" }) })
  )

/** A message that nobody wrote, from nobody to nobody, in the form in which X delivers them. */
const sample = (now: number): string => {
  const nobody = { id: "0", name: "xdm webhook test", username: "xdm_test" }
  const message = {
    type: "message_create",
    // Another one each time, and older than any message that there is: a checkpoint does not move to it.
    id: String(now),
    created_timestamp: String(now),
    message_create: {
      target: { recipient_id: nobody.id },
      sender_id: nobody.id,
      message_data: { text: "Sent by `xdm webhook test`; nobody wrote it.", entities: {} }
    }
  }
  return JSON.stringify({
    data: {
      event_uuid: testId(now),
      event_type: "dm.received",
      filter: { user_id: nobody.id },
      tag: nobody.name,
      payload: { direct_message_events: [message], users: { [nobody.id]: { data: nobody } } }
    }
  })
}

const sameSecret = "give the server the X_CONSUMER_SECRET of the app, the same as here"
const path = "see whether the URL has the path on which the server listens, and what is before it"

const responseToken = (body: string): unknown => {
  try {
    const json: unknown = JSON.parse(body)
    return isRecord(json) ? json["response_token"] : undefined
  } catch {
    return undefined
  }
}

const challenged = (expected: string) => ({ body, status, took }: Answer): Finding => {
  const check = "challenge"
  if (status !== 200) return { check, ok: false, detail: `answered ${status}, where X wants 200`, next: path }
  const token = responseToken(body)
  return token === expected
    ? { check, ok: true, detail: `answered rightly in ${took} ms` }
    : typeof token === "string"
    ? { check, ok: false, detail: "answered by another secret", next: sameSecret }
    : { check, ok: false, detail: "answered without a response_token in JSON", next: path }
}

const taken = ({ status, took }: Answer): Finding => {
  const check = "delivery"
  if (status >= 200 && status < 300) return { check, ok: true, detail: `taken in ${took} ms, with ${status}` }
  return {
    check,
    ok: false,
    detail: status === 503 ? "refused with 503: the server is too busy" : `not taken: answered ${status}`,
    next: status === 401 || status === 403 ? sameSecret : path
  }
}

const refused = (check: string) => ({ status }: Answer): Finding => {
  if (status >= 400 && status < 500) return { check, ok: true, detail: `refused with ${status}` }
  return status >= 200 && status < 300
    ? {
      check,
      ok: false,
      detail: `taken with ${status}: anybody could say to be X`,
      next: "have the server check the signature of each delivery before it reads it, as `Webhook.app` does"
    }
    : { check, ok: false, detail: `answered ${status}, where a refusal has 401 or 403`, next: path }
}

/**
 * What X does with a webhook, in its order: the challenge, and a delivery; and
 * two that are not X's, one without a signature and one by another secret.
 */
export const check = (
  url: string,
  consumerSecret: Redacted.Redacted
): Effect.Effect<ReadonlyArray<Checked>, WebhookRefused> =>
  Effect.gen(function*() {
    const body = sample(yield* Clock.currentTimeMillis)
    const random = Encoding.encodeHex(crypto.getRandomValues(new Uint8Array(16)))
    const { response_token } = yield* Webhook.challenge(consumerSecret, random)
    const post = HttpClientRequest.post(url).pipe(HttpClientRequest.bodyText(body, "application/json"))
    const signed = (signature: string) => HttpClientRequest.setHeader(post, Webhook.signatureHeader, signature)
    const steps: ReadonlyArray<
      readonly [check: string, HttpClientRequest.HttpClientRequest, (answer: Answer) => Finding]
    > = [
      [
        "challenge",
        HttpClientRequest.appendUrlParams(HttpClientRequest.get(url), { crc_token: random, nonce: random }),
        challenged(response_token)
      ],
      ["delivery", signed(yield* Webhook.sign(consumerSecret, body)), taken],
      ["unsigned", post, refused("unsigned")],
      ["forged", signed(yield* Webhook.sign(Redacted.make(random), body)), refused("forged")]
    ]
    let silence: string | undefined
    return yield* Effect.forEach(steps, ([check, request, judge]) =>
      silence !== undefined
        ? Effect.succeed<Checked>({ check, ok: false, detail: "not tried" })
        : Effect.match(ask(request), {
          onFailure: ({ problem }): Checked => {
            silence = problem
            return {
              check,
              ok: false,
              detail: `no answer: ${problem}`,
              next: "start `xdm webhook serve` or your own server, and see whether the URL leads to it"
            }
          },
          onSuccess: (answer): Checked => ({ ...judge(answer), status: answer.status, took_ms: answer.took })
        }))
  }).pipe(Effect.provide(NodeClient.layer()))
