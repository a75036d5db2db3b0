/** What commands work with: X's Direct Messages for the account that was asked for. */
import { Credentials, DirectMessages, type Provided, RateLimits, type Wait, XApi } from "@effect-xdm/core"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as PlatformConfigProvider from "@effect/platform/PlatformConfigProvider"
import type { ConfigError } from "effect/ConfigError"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import * as Path from "node:path"
import { environment } from "../Environment.js"
import * as Places from "../Places.js"
import * as Settings from "../Settings.js"
import type { Whose } from "./Common.js"
import { Notes } from "./Notes.js"
import { note } from "./Printer.js"
import { time } from "./Text.js"
import { version } from "./Version.js"

export type Session = Provided | Credentials | Notes

/** The environment of the process, and the file `.env` of its folder. */
export const environmental: Layer.Layer<never> = PlatformConfigProvider.layerDotEnvAdd(".env").pipe(
  Layer.provide(NodeFileSystem.layer)
)

export const userAgent = `xdm/${version}`

/** Said once for each time that it waits for: the calls of a command wait together. */
const onWait = () => {
  let told = 0
  return ({ until }: Wait) =>
    Effect.suspend(() => {
      const at = DateTime.toEpochMillis(until)
      if (told === at) return Effect.void
      told = at
      return note(`X's limit is used up. Going on at ${time(until).slice(11)}; Ctrl-C ends it.`)
    })
}

const limits = Effect.sync(() => RateLimits.layerStore({ onWait: onWait() })).pipe(Layer.unwrapEffect)

const emulated: Layer.Layer<Session, ConfigError> = Layer.unwrapEffect(
  Effect.gen(function*() {
    const { client } = yield* Effect.promise(() => import("./Emulated.js"))
    const { baseUrl, layer } = yield* client
    return DirectMessages.layerXApi.pipe(
      Layer.provideMerge(XApi.layerShared({ baseUrl, userAgent })),
      Layer.provideMerge(limits),
      Layer.provideMerge(Notes.layerNone),
      Layer.provideMerge(layer)
    )
  })
)

/** Names the notes of an account, so that those of another do not get among them. Of a token it tells nothing. */
const notesOf = (identity: ReadonlyArray<string>): string => {
  const name = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 16)
  return Path.join(Places.here().state, `account-${name}.json`)
}

const real = (account: string | undefined): Layer.Layer<Session, ConfigError> =>
  Layer.unwrapEffect(
    Effect.map(environment, (found) => {
      const settings = Settings.of(found, account)
      return DirectMessages.layerXApi.pipe(
        Layer.provideMerge(
          XApi.layerShared({ baseUrl: settings.baseUrl, dialect: settings.dialect, userAgent })
        ),
        Layer.provideMerge(limits),
        Layer.provideMerge(Notes.layer(notesOf(Settings.identity(settings)))),
        Layer.provideMerge(Settings.layer(settings))
      )
    })
  ).pipe(Layer.provide(environmental))

/** The session of the account that a command was called for. */
export const layer = ({ account, emulator }: Whose): Layer.Layer<Session, ConfigError> =>
  emulator ? emulated : real(account)

/** Provides the session to a command. */
export const provided = (whose: Whose) => Effect.provide(layer(whose))
