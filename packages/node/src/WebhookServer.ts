/**
 * A server that X delivers to.
 *
 * @since 0.1.0
 */
import {
  type DeliveryStore,
  type DeliveryStoreFailed,
  WebhookInbox,
  type WebhookInboxOptions,
  type WebhookInboxService
} from "@effect-xdm/core"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type { ServeError } from "@effect/platform/HttpServerError"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Http from "node:http"
import { answer, requestOf, verify } from "./WebhookMeans.js"

/**
 * Where to listen, and how to receive.
 *
 * @since 0.1.0
 */
export interface WebhookServerOptions extends WebhookInboxOptions {
  /** Default 0: one that is free. */
  readonly port?: number | undefined
  /** The address to listen at. Default `127.0.0.1`, for a proxy on this machine that speaks TLS with X. */
  readonly host?: string | undefined
  /** The path that X delivers to; all others are not found. Default `/webhooks/x`. */
  readonly path?: `/${string}` | undefined
}

const make = ({ host = "127.0.0.1", path = "/webhooks/x", port = 0 }: WebhookServerOptions) =>
  Effect.gen(function*() {
    const { events, respond } = yield* WebhookInbox
    const nodeServer = Http.createServer()
    const { address } = yield* NodeHttpServer.make(() => nodeServer, { host, port })
    // Before the server waits for its connections to end, on the way out, it ends them.
    yield* Effect.addFinalizer(() => Effect.sync(() => nodeServer.closeAllConnections()))
    const run = yield* FiberSet.makeRuntime<never>()
    // Node's own requests and answers: the platform's cost more than all the rest of a delivery.
    nodeServer.on("request", (incoming, response) => {
      if (incoming.url?.split("?", 1)[0] !== path) return void response.writeHead(404).end()
      // In the next tick, a body that came with its head is there.
      process.nextTick(() => run(Effect.map(respond(requestOf(incoming)), (said) => answer(response, said))))
    })
    const bound = address._tag === "TcpAddress" ? address.port : port
    const name = host.includes(":") ? `[${host}]` : host
    return { events, port: bound, url: `http://${name}:${bound}${path}` }
  })

/**
 * What X delivers to this machine. `url` is where the server listens; X itself
 * must be given an https URL of a proxy that leads there.
 *
 * @example
 * ```ts
 * import { DeliveryStore } from "@effect-xdm/core"
 * import { WebhookServer } from "@effect-xdm/node"
 * import { Config, Console, Effect, Layer, Stream } from "effect"
 *
 * const Live = Layer.unwrapEffect(Effect.map(
 *   Config.redacted("X_CONSUMER_SECRET"),
 *   (consumerSecret) => WebhookServer.layer({ consumerSecret, port: 8080 })
 * )).pipe(Layer.provide(DeliveryStore.layerMemory))
 *
 * const program = Effect.flatMap(WebhookServer, ({ events }) =>
 *   Stream.runForEach(events, (event) => Console.log(event))).pipe(Effect.provide(Live))
 * ```
 *
 * @since 0.1.0
 */
export class WebhookServer extends Context.Tag("@effect-xdm/node/WebhookServer")<
  WebhookServer,
  Pick<WebhookInboxService, "events"> & { readonly url: string; readonly port: number }
>() {
  /** Listens as long as the layer lives. Fails with a `ConfigError` if an option makes no sense. */
  static readonly layer = (
    options: WebhookServerOptions
  ): Layer.Layer<WebhookServer, ServeError | ConfigError | DeliveryStoreFailed, DeliveryStore> =>
    Layer.scoped(WebhookServer, make(options)).pipe(Layer.provide(WebhookInbox.layer({ verify, ...options })))
}
