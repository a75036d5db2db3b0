/** This library, as its README uses it. */
import {
  ConversationId,
  Credentials,
  Decoder,
  DirectMessages,
  EventsPage,
  Merge,
  TokenStore,
  UserId
} from "@effect-xdm/core"
import { NodeClient } from "@effect-xdm/node"
import { Cause, Chunk, Effect, Either, Exit, Layer, ManagedRuntime, Redacted, Stream } from "effect"
import type { Peer, Settings } from "./peer.js"

const credentials = ({ accessToken, clientId, refreshToken, url }: Settings) =>
  clientId === undefined || refreshToken === undefined
    ? Credentials.layerAccessToken(Redacted.make(accessToken))
    : Credentials.layerOAuth2({ clientId, tokenUrl: `${url}/2/oauth2/token` }).pipe(
      Layer.provide(TokenStore.layerMemory({
        default: { accessToken: Redacted.make(accessToken), refreshToken: Redacted.make(refreshToken) }
      }))
    )

export const make = (settings: Settings): Peer => {
  const { timeout = 30_000, url } = settings
  const runtime = ManagedRuntime.make(
    DirectMessages.layerCredentials({ baseUrl: url, timeout }).pipe(
      Layer.provide(credentials(settings)),
      Layer.provide(NodeClient.layer())
    )
  )
  const run = async <A, E>(use: (dm: DirectMessages["Type"]) => Effect.Effect<A, E>): Promise<A> => {
    const exit = await runtime.runPromiseExit(Effect.flatMap(DirectMessages, use))
    if (Exit.isSuccess(exit)) return exit.value
    // The error itself, which tells more than a fiber's failure.
    throw Cause.squash(exit.cause)
  }
  const decode = Decoder.compile(EventsPage.EventsPage)

  return {
    list: (onEvent) =>
      run((dm) => Stream.runFold(dm.events.all(), 0, (count, { id }) => (onEvent(id), count + 1)).pipe(Effect.asVoid)),
    newest: (conversations, count) =>
      run((dm) =>
        Merge.conversations(dm, conversations.map((id) => ConversationId.make(id))).pipe(
          Stream.take(count),
          Stream.runCollect,
          Effect.map((events) => Chunk.toReadonlyArray(events).map(({ id }) => id))
        )
      ),
    send: (to, text) =>
      run((dm) =>
        // X is given five seconds to show what it has taken; the emulator shows it at once.
        Effect.map(
          dm.send({ user: UserId.make(to) }, { text }, { reconcile: { settle: "200 millis" } }),
          ({ dmEventId }) => dmEventId
        )
      ),
    sendAll: (to, texts, atOnce) =>
      run((dm) => {
        const participantId = UserId.make(to)
        return Effect.forEach(texts, (text) => dm.createByParticipantId({ participantId, text }), {
          concurrency: atOnce,
          discard: true
        })
      }),
    decode: (body) => Either.getOrThrow(decode(JSON.parse(body))).events,
    close: () => runtime.dispose()
  }
}
