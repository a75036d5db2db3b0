/** A server that X delivers to, and what comes, printed. */
import { DeliveryStore } from "@effect-xdm/core"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Path from "node:path"
import { codeOf, messageOf } from "../FileErrors.js"
import * as Places from "../Places.js"
import { WebhookServer } from "../WebhookServer.js"
import { FileProblem } from "./Exit.js"
import { line, note } from "./Printer.js"
import * as Pushed from "./Pushed.js"
import { urlOf, usual } from "./Webhooks.js"

export interface Receiving {
  readonly consumerSecret: Redacted.Redacted
  readonly host: string
  readonly port: number
  readonly path: `/${string}`
  readonly json: boolean
  readonly emulator: boolean
}

/** What came before, for the next start at the same port, which is one program's at a time. */
const deliveries = ({ emulator, port }: Receiving) =>
  DeliveryStore.layerKeyValueStore(`${emulator ? "emulator-" : ""}${port}`).pipe(
    Layer.provide(KeyValueStore.layerFileSystem(Path.join(Places.here().state, "webhook"))),
    Layer.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer)),
    Layer.mapError(({ message }) => new FileProblem({ problem: `the notes of the webhook cannot be kept: ${message}` }))
  )

const cannotListen = ({ host, port }: Receiving, cause: unknown): FileProblem => {
  switch (codeOf(cause)) {
    case "EADDRINUSE":
      return new FileProblem({
        problem: `port ${port} is taken: an \`xdm webhook serve\` may run already. Choose another by --port.`
      })
    case "EACCES":
      return new FileProblem({ problem: `this user may not listen at port ${port}. Choose another by --port.` })
    default:
      return new FileProblem({ problem: `nothing can listen at ${host}, port ${port}: ${messageOf(cause)}` })
  }
}

/** What to do once it listens. */
const advice = ({ emulator, ...address }: Receiving): string => {
  const url = urlOf(address)
  const isUsual = url === urlOf(usual)
  return [
    `Listening for what X delivers at ${url}. Ctrl-C ends it.`,
    `Try it:  xdm webhook test${isUsual ? "" : ` ${url}`}${emulator ? " --emulator" : ""}`,
    emulator
      ? `Next:    xdm webhook register ${url} --emulator`
      : "Next:    put a proxy that speaks TLS before it, and give X its URL:\n" +
        `         xdm webhook register https://YOUR-HOST${address.path}`
  ].join("\n")
}

/** Listens, and prints what comes, for ever. */
export const receive = (receiving: Receiving) =>
  Effect.gen(function*() {
    const { events } = yield* WebhookServer
    yield* note(advice(receiving))
    const lineOf = Pushed.make()
    yield* Stream.runForEach(events, (event) =>
      receiving.json ? line(JSON.stringify(Pushed.json(event))) : Effect.flatMap(lineOf(event), line))
  }).pipe(
    Effect.provide(WebhookServer.layer(receiving).pipe(Layer.provide(deliveries(receiving)))),
    Effect.catchTag("ServeError", ({ cause }) =>
      Effect.fail(cannotListen(receiving, cause)))
  )
