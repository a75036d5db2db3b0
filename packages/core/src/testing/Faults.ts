/**
 * What can go wrong between a client and X, as data: hand a fault to
 * `Emulator.inject`, and the answers that it applies to go wrong that way.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type { JsonObject } from "../model/Json.js"
import type { RouteName } from "./emulator/Routes.js"
import type { Processing } from "./emulator/Uploads.js"

export { broken, doubled, isPush, late, lost, silent, streamErrors } from "./PushFaults.js"

/** @since 0.1.0 */
export type Fault =
  | {
    readonly _tag: "Status"
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: string | undefined
    readonly processed: boolean
  }
  | { readonly _tag: "Delay"; readonly duration: Duration.Duration }
  | { readonly _tag: "Cut"; readonly processed: boolean }
  | { readonly _tag: "Stall" }
  | { readonly _tag: "BadJson" }
  | { readonly _tag: "HiddenCap" }
  | { readonly _tag: "RepeatedToken" }
  | { readonly _tag: "EmptyPage" }
  | { readonly _tag: "Processing" } & Processing
  | PushFault

/**
 * What can go wrong when X delivers by itself. `route` of {@link When} says on
 * which way: `"GET /2/activity/stream"` or `"POST /2/webhooks"`; what is counted
 * is deliveries.
 *
 * @since 0.1.0
 */
export type PushFault =
  | { readonly _tag: "Lost" }
  | { readonly _tag: "Doubled" }
  | { readonly _tag: "Late" }
  | { readonly _tag: "Broken" }
  | { readonly _tag: "Silent" }
  | { readonly _tag: "StreamErrors"; readonly errors: ReadonlyArray<JsonObject> }

/**
 * Which requests a fault applies to; without any of these, to all of them
 * until `clearFaults`.
 *
 * @since 0.1.0
 */
export interface When {
  /** Only this method, like `"POST"`. */
  readonly method?: string
  /** Only this route, like `"GET /2/dm_events"`. */
  readonly route?: RouteName
  /** Not the first so many requests that fit: with 2, from the third on. */
  readonly after?: number
  /** Only so many requests, from the first that fits. */
  readonly times?: number
  /** Only each nth request that fits, behind those of `after`: 3 means the third, the sixth, …. */
  readonly every?: number
  /** Only this share of the requests that fit, from 0 to 1, drawn by a generator that starts from `seed`. */
  readonly probability?: number
  /** Where the generator of `probability` starts, an integer; 1 by default. */
  readonly seed?: number
}

interface Answering {
  readonly headers?: Readonly<Record<string, string>>
  /** The body to send instead of X's own for the status. */
  readonly body?: string
}

/**
 * Answers with a status, 200 to 599, and does nothing. Without a `body` it is
 * X's own for that failure.
 *
 * @example
 * ```ts
 * import { Emulator, Faults } from "@effect-xdm/core/testing"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const emulator = yield* Emulator
 *   yield* emulator.inject(Faults.status(503), { route: "GET /2/dm_events", times: 2 })
 * })
 * ```
 *
 * @since 0.1.0
 */
export const status = (status: number, { body, headers = {} }: Answering = {}): Fault => ({
  _tag: "Status",
  status,
  headers,
  body,
  processed: false
})

/**
 * Does what was asked, and then answers with a status as if it had failed:
 * 500 or 503.
 *
 * @since 0.1.0
 */
export const failAfterProcessing = (status: number): Fault => ({
  _tag: "Status",
  status,
  headers: {},
  body: undefined,
  processed: true
})

/**
 * Answers with a page for people, as a proxy does. `status` is 503 by default.
 *
 * @since 0.1.0
 */
export const html = (code = 503): Fault =>
  status(code, {
    headers: { "content-type": "text/html; charset=utf-8" },
    body: "<!DOCTYPE html>\n<html><head><title>X / Error</title></head><body>Something went wrong.</body></html>\n"
  })

/**
 * Waits before anything else is done.
 *
 * @since 0.1.0
 */
export const delay = (duration: Duration.DurationInput): Fault => ({
  _tag: "Delay",
  duration: Duration.decode(duration)
})

/**
 * The connection dies, and nothing was done.
 *
 * @since 0.1.0
 */
export const cutBefore: Fault = { _tag: "Cut", processed: false }

/**
 * The connection dies after all was done, without an answer.
 *
 * @since 0.1.0
 */
export const cutAfter: Fault = { _tag: "Cut", processed: true }

/**
 * All is done, headers and half of the body are sent, and then nothing more.
 *
 * @since 0.1.0
 */
export const stall: Fault = { _tag: "Stall" }

/**
 * All is done, and the body is JSON that ends in the middle.
 *
 * @since 0.1.0
 */
export const badJson: Fault = { _tag: "BadJson" }

/**
 * Answers 429 and does nothing, although the headers tell that calls are left:
 * a cap that X does not publish.
 *
 * @since 0.1.0
 */
export const hiddenCap: Fault = { _tag: "HiddenCap" }

/**
 * Every page of a listing carries the same `next_token`.
 *
 * @since 0.1.0
 */
export const repeatedToken: Fault = { _tag: "RepeatedToken" }

/**
 * A page is empty, and its `next_token` goes on where the page should have
 * started.
 *
 * @since 0.1.0
 */
export const emptyPage: Fault = { _tag: "EmptyPage" }

/**
 * X takes its time over an upload that it is told the end of (`takes`, 2
 * seconds by default), does not say when to ask again (`silent`), or cannot use
 * the file in the end (`fails`). For the route
 * `"POST /2/media/upload/{id}/finalize"`.
 *
 * @example
 * ```ts
 * import { Emulator, Faults } from "@effect-xdm/core/testing"
 * import { Effect } from "effect"
 *
 * const program = Effect.flatMap(Emulator, (emulator) =>
 *   emulator.inject(Faults.processing({ takes: "1 minute", fails: "Unsupported codec" })))
 * ```
 *
 * @since 0.1.0
 */
export const processing = (
  how: {
    readonly takes?: Duration.DurationInput
    readonly silent?: boolean
    readonly fails?: string
  } = {}
): Fault => ({
  _tag: "Processing",
  takes: Duration.toMillis(how.takes ?? "2 seconds"),
  tellsPauses: how.silent !== true,
  fails: how.fails === undefined ? undefined : { code: 1, name: "InvalidMedia", message: how.fails }
})
