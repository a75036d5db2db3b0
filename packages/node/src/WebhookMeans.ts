/** What Node does quicker than its portable ways: requests without streams, signatures without threads. */
import { type Webhook, WebhookRefused } from "@effect-xdm/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Buffer } from "node:buffer"
import { createHmac, timingSafeEqual } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"

const refused = (reason: Webhook.WebhookReason) => Effect.fail(new WebhookRefused({ reason }))

/** Most bodies come with their head, and nothing is awaited for them. */
const bodyOf = (incoming: IncomingMessage): Webhook.WebhookRequest["body"] => (maxBytes, timeout) =>
  Effect.suspend(() => {
    if (Number(incoming.headers["content-length"]) !== incoming.readableLength) {
      return coming(incoming, maxBytes, timeout)
    }
    // Its type is that of any stream's; without an encoding it is bytes.
    const bytes: Buffer = incoming.read()
    incoming.resume()
    return Effect.succeed(bytes)
  })

/** Counts as it reads; a body that is given up is not read on, and its connection closes with the answer. */
const coming = (incoming: IncomingMessage, maxBytes: number, timeout: Duration.Duration) =>
  Effect.async<Uint8Array, WebhookRefused>((resume) => {
    const chunks: Array<Buffer> = []
    let length = 0
    const end = (result: Effect.Effect<Uint8Array, WebhookRefused>) => {
      clearTimeout(timer)
      incoming.off("data", onData).off("end", onEnd).off("close", onClose)
      resume(result)
    }
    const refuse = (reason: Webhook.WebhookReason) => {
      incoming.pause()
      end(refused(reason))
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBytes) refuse("TooLarge")
      else chunks.push(chunk)
    }
    const onEnd = () => end(Effect.succeed(Buffer.concat(chunks)))
    const onClose = () => refuse("BrokenOff")
    const timer = setTimeout(() => refuse("TooSlow"), Duration.toMillis(timeout))
    incoming.on("data", onData).on("end", onEnd).on("close", onClose)
    return Effect.sync(() => clearTimeout(timer))
  })

/** A request of Node's as the webhook takes it. */
export const requestOf = (incoming: IncomingMessage): Webhook.WebhookRequest => ({
  method: incoming.method ?? "",
  url: incoming.url ?? "",
  header: (name) => {
    const value = incoming.headers[name]
    return typeof value === "string" ? value : value?.[0]
  },
  body: bodyOf(incoming)
})

/** Answers as the webhook says. */
export const answer = (response: ServerResponse, { body, close, status }: Webhook.WebhookResponse): void => {
  const text = body === undefined ? "" : JSON.stringify(body)
  const headers: Record<string, string | number> = { "content-length": Buffer.byteLength(text) }
  if (body !== undefined) headers["content-type"] = "application/json"
  if (close) headers["connection"] = "close"
  response.writeHead(status, headers).end(text)
}

const hmac = (secret: string, body: Uint8Array) => createHmac("sha256", secret).update(body).digest()

/** In constant time. That there is a secret, the webhook has made sure of. */
export const verify: typeof Webhook.verify = (consumerSecret, signature = "", body) =>
  Effect.suspend(() => {
    const given = Buffer.from(signature.slice("sha256=".length), "base64")
    const right = hmac(Redacted.value(consumerSecret), body)
    return given.length === right.length && timingSafeEqual(given, right)
      ? Effect.void
      : Effect.fail(new WebhookRefused({ reason: "WrongSignature" }))
  })
