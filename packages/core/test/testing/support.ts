import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { Emulator, type EmulatorOptions, Fixtures } from "../../src/testing/index.js"

export const now = Date.UTC(2026, 7, 1, 12)
export const minutes = (n: number) => n * 60_000
export const days = (n: number) => n * 24 * 60 * 60_000

export interface Json {
  readonly [name: string]: unknown
}

export interface Page extends Json {
  readonly data?: ReadonlyArray<Json & { readonly id: string }>
  readonly includes?: { readonly [name: string]: ReadonlyArray<Json> }
  readonly errors?: ReadonlyArray<Json>
  readonly meta: { readonly result_count: number; readonly next_token?: string; readonly previous_token?: string }
}

export interface Asked {
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly token?: string
}

export const send = (method: "GET" | "POST" | "DELETE", path: string, asked: Asked = {}) =>
  HttpClient.execute(
    HttpClientRequest.make(method)(`https://api.x.com${path}`).pipe(
      HttpClientRequest.bearerToken(asked.token ?? Fixtures.tokens.owner),
      HttpClientRequest.setUrlParams(asked.query ?? {}),
      asked.body === undefined
        ? (request) => request
        : HttpClientRequest.bodyText(
          typeof asked.body === "string" ? asked.body : JSON.stringify(asked.body),
          "application/json"
        )
    )
  )

/** A call and its JSON; `A` is what the test expects to read. */
export const call = <A = Json>(method: "GET" | "POST" | "DELETE", path: string, asked: Asked = {}) =>
  Effect.gen(function*() {
    const response = yield* send(method, path, asked)
    return { status: response.status, headers: response.headers, json: (yield* response.json) as A }
  })

export const list = (query: Readonly<Record<string, string>> = {}, path = "/2/dm_events", token?: string) =>
  call<Page>("GET", path, { query, ...(token === undefined ? undefined : { token }) })

/** Follows next tokens to the end. */
export const everyPage = (query: Readonly<Record<string, string>> = {}, path = "/2/dm_events") =>
  Effect.gen(function*() {
    const pages: Array<Page> = []
    let token: string | undefined
    do {
      const answer = yield* list({ ...query, ...(token === undefined ? undefined : { pagination_token: token }) }, path)
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.json))
      pages.push(answer.json)
      token = answer.json.meta.next_token
    } while (token !== undefined)
    return pages
  })

export const ids = (pages: ReadonlyArray<Page>) => pages.flatMap((page) => (page.data ?? []).map(({ id }) => id))

/** Runs a test against an emulator of its own, at noon of August 1st, 2026. */
export const against =
  (options: EmulatorOptions = {}) =>
  <A, E>(test: Effect.Effect<A, E, Emulator | HttpClient.HttpClient>): Effect.Effect<A, E> =>
    Effect.zipRight(
      TestClock.setTime(now),
      Effect.provide(test, Layer.provideMerge(Emulator.layerHttpClient, Emulator.layer(options)))
    )

export const unlimited = against({ rateLimits: "off" })
