/** X's activity stream beside a session, by which messages come the moment they arrive. */
import { ActivityStream, DirectMessages, PushSource, Registration } from "@effect-xdm/core"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as App from "./App.js"
import { userAgent } from "./Session.js"

const at = ({ baseUrl, bearerToken, client }: App.Place): Layer.Layer<ActivityStream | Registration, ConfigError> =>
  Layer.merge(
    ActivityStream.layer({ bearerToken, baseUrl, userAgent }),
    Registration.layer({ bearerToken, baseUrl, userAgent })
  ).pipe(Layer.provide(client))

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
  App.place(emulator).pipe(
    Effect.flatMap((place) => Layer.build(at(place))),
    Effect.flatMap((context) => Effect.provide(subscribed, context))
  )
