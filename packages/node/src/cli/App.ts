/** The app's own side of X, beside that of its users: the token and the secret by which X knows it. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Environment from "../Environment.js"
import { environmental } from "./Session.js"

/** Where X knows the app, and by what. */
export interface Place {
  readonly bearerToken: Redacted.Redacted
  readonly baseUrl: string | undefined
  /** Gives answers as they come, for the activity stream has no end. */
  readonly client: Layer.Layer<HttpClient.HttpClient>
}

const emulated = Effect.promise(() => import("./Emulated.js"))

const real = Effect.gen(function*() {
  const { baseUrl } = yield* Environment.means
  return { bearerToken: yield* Environment.bearerToken, baseUrl, client: FetchHttpClient.layer }
}).pipe(Effect.provide(environmental))

/** The place of the app that the environment names, or of the emulator's. */
export const place = (emulator: boolean): Effect.Effect<Place, ConfigError> =>
  emulator ? Effect.flatMap(emulated, ({ activity }) => activity) : real

/** The secret by which X signs what it delivers to the app. */
export const secret = (emulator: boolean): Effect.Effect<Redacted.Redacted, ConfigError> =>
  emulator
    ? Effect.map(emulated, ({ consumerSecret }) => consumerSecret)
    : Effect.provide(Environment.consumerSecret, environmental)
