/** The app by which users of this machine log in, and the file that keeps their log-ins. */
import type { TokenStore } from "@effect-xdm/core"
import type * as HttpClient from "@effect/platform/HttpClient"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { means } from "../Environment.js"
import type { App } from "../Login.js"
import * as NodeClient from "../NodeClient.js"
import * as Places from "../Places.js"
import * as TokenFile from "../TokenFile.js"
import { Usage } from "./Exit.js"
import { environmental } from "./Session.js"

export interface Place {
  readonly app: App
  readonly tokenFile: string
  readonly layer: Layer.Layer<TokenStore | HttpClient.HttpClient>
}

const noApp =
  "which app logs in? Make one in X's developer portal (User authentication settings: type \"Native App\", callback " +
  "URL http://127.0.0.1:8723/callback), and give its client id by --client-id or X_CLIENT_ID."

/** What is passed goes before the environment. */
export const place = (given: {
  readonly account: string | undefined
  readonly clientId: string | undefined
}): Effect.Effect<Place, Usage | ConfigError> =>
  Effect.gen(function*() {
    const { account, baseUrl, clientId = "", clientSecret, tokenFile = Places.here().tokens } = yield* means
    const id = given.clientId ?? clientId
    if (id === "") return yield* new Usage({ problem: noApp })
    const apiUrl = baseUrl?.replace(/\/$/, "")
    return {
      app: {
        clientId: id,
        clientSecret,
        account: given.account ?? account,
        apiUrl,
        // Where the API is another, such as an emulator's, users log in there too.
        authorizeUrl: apiUrl === undefined ? undefined : `${apiUrl}/i/oauth2/authorize`
      },
      tokenFile,
      layer: Layer.merge(TokenFile.layer(tokenFile), NodeClient.layer())
    }
  }).pipe(Effect.provide(environmental))
