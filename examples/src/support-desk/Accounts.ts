/** The one place that knows X: how each account reaches it, and what an account has of its own. */
import {
  ActivityStream,
  CheckpointStore,
  Credentials,
  DirectMessages,
  Outbox,
  OutboxStore,
  RateLimits,
  Registration,
  Usage,
  XApi
} from "@effect-xdm/core"
import { NodeClient, TokenFile } from "@effect-xdm/node"
import { Archive } from "@effect-xdm/node/Archive"
import { FetchHttpClient, FileSystem, KeyValueStore } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Layer, LayerMap } from "effect"
import { join } from "node:path"
import { Settings } from "./Settings.js"

const withSettings = <A, E, R>(layer: (settings: Settings) => Layer.Layer<A, E, R>) =>
  Layer.unwrapEffect(Effect.map(Settings, layer))

/** One account: its messages by its own log-in, its letters, its archive. Whatever is kept has its name. */
const account = (name: string) =>
  withSettings(({ baseUrl, clientId, folder }) =>
    Outbox.layer({ keepSent: 10_000 }).pipe(
      Layer.provide(OutboxStore.layerKeyValueStore(name)),
      Layer.provideMerge(DirectMessages.layerXApi),
      Layer.provide(XApi.layerShared({ baseUrl })),
      Layer.provide(Credentials.layerOAuth2({ account: name, clientId, tokenUrl: `${baseUrl}/2/oauth2/token` })),
      Layer.merge(Archive.layer({ file: archiveOf(folder, name) }))
    )
  )

/** The archive of an account, which other programs may read meanwhile. */
export const archiveOf = (folder: string, account: string): string => join(folder, `${account}.db`)

/** Files in a folder that is its owner's alone: what was written to whom is in there. */
const filesIn = (folder: string) =>
  Layer.unwrapEffect(
    Effect.flatMap(FileSystem.FileSystem, (files) => files.makeDirectory(folder, { recursive: true, mode: 0o700 }))
      .pipe(
        Effect.as(KeyValueStore.layerFileSystem(folder))
      )
  )

/** What the accounts share: the app's limits, what is spent, the token file, the files of the desk. */
const Shared = Layer.mergeAll(
  RateLimits.layer(),
  Usage.layer(),
  NodeClient.layer(),
  withSettings(({ tokenFile }) => TokenFile.layer(tokenFile)),
  withSettings(({ folder }) => filesIn(join(folder, "state")))
).pipe(Layer.provide(NodeContext.layer))

/** The accounts, each set up when it is asked for, and for as long as it is used. */
export class Accounts extends LayerMap.Service<Accounts>()("desk/Accounts", { lookup: account }) {
  /** With what X pushes to the app. `Settings` say where X is; nothing else in the desk knows. */
  static readonly Live = Layer.mergeAll(
    Accounts.Default,
    CheckpointStore.layerKeyValueStore,
    withSettings(({ baseUrl, bearerToken }) => Registration.layer({ baseUrl, bearerToken }))
  ).pipe(
    Layer.provide(Shared),
    Layer.merge(
      withSettings(({ baseUrl, bearerToken }) => ActivityStream.layer({ baseUrl, bearerToken })).pipe(
        // NodeClient reads each answer whole, and this one has no end.
        Layer.provide(FetchHttpClient.layer)
      )
    )
  )
}
