/** The emulator in the place of X: the one that `xdm emulator` runs, or one for this run alone. */
import { Credentials } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as NodeClient from "../NodeClient.js"

/** Where `xdm emulator` listens if it is not told otherwise. */
export const port = 8724

const url = `http://127.0.0.1:${port}`

/** The sample inbox of today: the same for all runs of a day, so that ids from one can be used in the next. */
export const world = Effect.sync(() => {
  const now = Date.now()
  return Fixtures.inbox(now - now % (24 * 60 * 60_000))
})

export const day = (): string => new Date().toISOString().slice(0, 10)

/** By it the emulator signs what it delivers to webhooks. */
export const consumerSecret = Redacted.make<string>(Fixtures.apps.confidentialClient.consumerSecret)

/** Whether the emulator runs: something that knows how X says that a parameter is missing. */
export const isRunning = Effect.promise(async () => {
  try {
    const answer = await fetch(`${url}/i/oauth2/authorize`, { signal: AbortSignal.timeout(500) })
    return answer.status === 400 && (await answer.text()).includes("Missing required parameter")
  } catch {
    return false
  }
})

const inMemory = Effect.map(
  world,
  (world) => Emulator.layerHttpClient.pipe(Layer.provide(Emulator.layer({ world, rateLimits: "off" })))
)

/** A client of the emulator, and the credentials of the owner of its inbox. */
export const client = Effect.gen(function*() {
  const credentials = Layer.orDie(Credentials.layerAccessToken(Redacted.make(Fixtures.tokens.owner)))
  const http = (yield* isRunning) ? NodeClient.layer() : yield* inMemory
  return { baseUrl: url, layer: Layer.merge(http, credentials) }
})

/** Where the emulator's activity stream is. In memory nothing arrives, so it need not be that of the client above. */
export const activity = Effect.gen(function*() {
  const client = (yield* isRunning) ? FetchHttpClient.layer : yield* inMemory
  return { bearerToken: Redacted.make<string>(Fixtures.tokens.app), baseUrl: url, client }
})
