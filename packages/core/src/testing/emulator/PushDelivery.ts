/** How what the server tells of gets out: on the connections of the activity stream, and to webhooks. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Fault } from "../Faults.js"
import type { FaultPlan } from "./FaultPlan.js"
import * as Hmac from "./Hmac.js"
import type { Activity, Push } from "./Push.js"

/** What happens on a connection. */
type Item =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Cut" }
  | { readonly _tag: "Silent" }
  | { readonly _tag: "End" }

/** One way out, with what is held back there. */
interface Channel {
  readonly route: "GET /2/activity/stream" | "POST /2/webhooks"
  readonly send: (line: string) => void
  readonly put: (item: Item) => void
  held: ReadonlyArray<string>
}

/** One attempt to deliver to a webhook. */
export interface WebhookAttempt {
  readonly url: string
  readonly body: string
  /** The status of the answer; nothing if there was none in 10 seconds. */
  readonly status: number | undefined
}

export interface Delivering {
  readonly tell: (activity: Activity, now: number) => void
  /** A connection, and what comes on it; it begins with a blank line. */
  readonly connect: (backfillMinutes: number, now: number) => Effect.Effect<Stream.Stream<Uint8Array, "cut">>
  readonly challenge: (url: string) => Effect.Effect<boolean>
  readonly attempts: () => ReadonlyArray<WebhookAttempt>
  readonly connections: () => number
}

const blank: Item = { _tag: "Text", text: "\r\n" }

/** Sends a line as the faults will have it. */
const send = (channel: Channel, line: string, faults: ReadonlyArray<Fault>): void => {
  const has = (tag: Fault["_tag"]) => faults.some(({ _tag }) => _tag === tag)
  if (has("Lost")) return
  const errors = faults.find((fault) => fault._tag === "StreamErrors")
  if (errors?._tag === "StreamErrors") {
    channel.send(JSON.stringify({ errors: errors.errors }))
    return channel.put({ _tag: "End" })
  }
  if (has("Broken")) return channel.put({ _tag: "Cut" })
  if (has("Silent")) return channel.put({ _tag: "Silent" })
  if (has("Late")) {
    channel.held = [...channel.held, line]
    return
  }
  channel.send(line)
  if (has("Doubled")) channel.send(line)
  const { held } = channel
  channel.held = []
  held.forEach(channel.send)
}

/** X waits so long for the answer to a delivery. */
const patience = "10 seconds"

/** Three more attempts, after 5, 10 and 20 seconds. */
const repeats = Schedule.intersect(Schedule.exponential("5 seconds"), Schedule.recurs(3))

export const make = (
  push: Push,
  faults: FaultPlan,
  client: HttpClient.HttpClient,
  consumerSecret: string | undefined
): Effect.Effect<Delivering, never, Scope.Scope> =>
  Effect.gen(function*() {
    const run = yield* FiberSet.makeRuntime()
    const connections = new Set<Channel>()
    const channels = new Map<string, Channel>()
    const attempts: Array<WebhookAttempt> = []

    const post = (url: string, body: string) =>
      Effect.gen(function*() {
        const signature = yield* Hmac.sha256(consumerSecret ?? "", body)
        const request = HttpClientRequest.post(url).pipe(
          HttpClientRequest.bodyText(body, "application/json"),
          HttpClientRequest.setHeader("x-twitter-webhooks-signature", signature)
        )
        const attempt = client.execute(request).pipe(
          Effect.tap((response) => response.arrayBuffer),
          Effect.map(({ status }) => status),
          Effect.timeout(patience),
          Effect.orElseSucceed(() => undefined),
          Effect.tap((status) => Effect.sync(() => attempts.push({ url, body, status }))),
          Effect.flatMap((status) =>
            status !== undefined && status < 300 ? Effect.void : Effect.fail("not taken" as const)
          )
        )
        yield* Effect.ignore(Effect.retry(attempt, repeats))
      })

    const channelOf = (webhookId: string): Channel | undefined => {
      const webhook = push.webhooks.get(webhookId)
      if (webhook === undefined || !webhook.valid) return undefined
      const known = channels.get(webhookId) ?? {
        route: "POST /2/webhooks",
        send: (line) => void run(post(webhook.url, line)),
        put: () => undefined,
        held: []
      }
      channels.set(webhookId, known)
      return known
    }

    return {
      tell: (activity, now) => {
        for (const delivery of push.deliveriesOf(activity, now)) {
          let lost = false
          const through = (channel: Channel) => {
            const met = faults.take("PUSH", channel.route)
            lost ||= met.some(({ _tag }) => _tag === "Lost")
            send(channel, delivery.line, met)
          }
          connections.forEach(through)
          delivery.webhooks.forEach((id) => {
            const channel = channelOf(id)
            if (channel !== undefined) through(channel)
          })
          // What is lost, X does not know of; only a listing has it.
          if (!lost) push.remember(delivery)
        }
      },

      connect: (backfillMinutes, now) =>
        Effect.gen(function*() {
          const queue = yield* Queue.unbounded<Item>()
          const put = (item: Item) => void queue.unsafeOffer(item)
          const write = (line: string) => put({ _tag: "Text", text: `${line}\r\n` })
          const channel: Channel = { route: "GET /2/activity/stream", send: write, put, held: [] }
          put(blank)
          if (backfillMinutes > 0) push.backfill(backfillMinutes, now).forEach(write)
          connections.add(channel)
          return Stream.unwrapScoped(Effect.gen(function*() {
            yield* Effect.addFinalizer(() => Effect.sync(() => connections.delete(channel)))
            yield* Effect.forkScoped(Effect.forever(Effect.delay(Effect.sync(() => put(blank)), "20 seconds")))
            return Stream.repeatEffect(Queue.take(queue)).pipe(
              Stream.takeWhile(({ _tag }) => _tag !== "End"),
              Stream.mapEffect((item) =>
                item._tag === "Text"
                  ? Effect.succeed(item.text)
                  : item._tag === "Cut"
                  ? Effect.fail("cut" as const)
                  : Effect.never
              ),
              Stream.encodeText
            )
          }))
        }),

      challenge: (url) =>
        Effect.gen(function*() {
          if (consumerSecret === undefined) return false
          const token = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) =>
            byte.toString(16).padStart(2, "0")
          )
            .join("")
          const request = HttpClientRequest.setUrlParams(HttpClientRequest.get(url), {
            crc_token: token,
            nonce: "emulator"
          })
          const response = yield* client.execute(request)
          const json: unknown = yield* response.json
          const expected = yield* Hmac.sha256(consumerSecret, token)
          return response.status === 200 && typeof json === "object" && json !== null && "response_token" in json &&
            json.response_token === expected
        }).pipe(Effect.timeout(patience), Effect.orElseSucceed(() => false)),

      attempts: () => [...attempts],
      connections: () => connections.size
    }
  })
