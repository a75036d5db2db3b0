/** X's activity stream beside a session, by which messages come the moment they arrive. */
import { ActivityStream, DirectMessages, PushSource, Registration } from "@effect-xdm/core"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { bearerToken, means } from "../Environment.js"
import { environmental, userAgent } from "./Session.js"

type Activity = ActivityStream | Registration

interface Place {
  readonly bearerToken: Redacted.Redacted
  readonly baseUrl: string | undefined
  /** Gives answers as they come, for the stream has no end. */
  readonly client: Layer.Layer<HttpClient.HttpClient>
}

const at = ({ baseUrl, bearerToken, client }: Place): Layer.Layer<Activity, ConfigError> =>
  Layer.merge(
    ActivityStream.layer({ bearerToken, baseUrl, userAgent }),
    Registration.layer({ bearerToken, baseUrl, userAgent })
  ).pipe(Layer.provide(client))

const emulated = Effect.flatMap(Effect.promise(() => import("./Emulated.js")), ({ activity }) => activity)

const real = Effect.gen(function*() {
  const { baseUrl } = yield* means
  return { bearerToken: yield* bearerToken, baseUrl, client: FetchHttpClient.layer }
}).pipe(Effect.provide(environmental))

/** The messages of the account, to which the app is subscribed if it is not yet. */
const subscribed = Effect.gen(function*() {
  const { getMe } = yield* DirectMessages
  const { register } = yield* Registration
  const { id } = yield* getMe()
  yield* register({ userId: id })
  return yield* PushSource.activity({ account: id })
})

/** What X delivers to the account, for as long as the scope is open. */
export const source = (emulator: boolean) =>
  (emulator ? emulated : real).pipe(
    Effect.flatMap((place) => Layer.build(at(place))),
    Effect.flatMap((context) => Effect.provide(subscribed, context))
  )
