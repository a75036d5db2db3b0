/**
 * The emulator as a real server on this machine, for programs that are
 * pointed at a URL: tests of sockets, demonstrations, the command line.
 *
 * @since 0.1.0
 */
import { type Emulator, EmulatorApp } from "@effect-xdm/core/testing"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import type { ServeError } from "@effect/platform/HttpServerError"
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"

const host = "127.0.0.1"

/** Kills the connection as a failing network does: the client reads a reset or an early end. */
const cut = (request: HttpServerRequest): Effect.Effect<never> =>
  Effect.zipRight(
    Effect.sync(() => NodeHttpServerRequest.toIncomingMessage(request).socket.destroy()),
    // The server, which runs its apps uninterruptibly, ends this when it sees that the connection is gone.
    Effect.interruptible(Effect.never)
  )

const make = (port: number): Effect.Effect<EmulatorServer["Type"], ServeError, Scope.Scope | Emulator> =>
  Effect.gen(function*() {
    const nodeServer = Http.createServer()
    const server = yield* NodeHttpServer.make(() => nodeServer, { host, port })
    // Before the server waits for its connections to end, on the way out, it ends them.
    yield* Effect.addFinalizer(() => Effect.sync(() => nodeServer.closeAllConnections()))
    yield* server.serve(EmulatorApp.make(cut))
    const { address } = server
    const bound = address._tag === "TcpAddress" ? address.port : port
    return { url: `http://${host}:${bound}`, port: bound }
  })

/**
 * Where the emulator listens: `url` is its base, like
 * `"http://127.0.0.1:49152"`, reachable from this machine alone.
 *
 * @since 0.1.0
 */
export class EmulatorServer extends Context.Tag("@effect-xdm/node/EmulatorServer")<
  EmulatorServer,
  { readonly url: string; readonly port: number }
>() {
  /** Listens as long as the layer lives. `port` 0, the default, takes one that is free. */
  static readonly layer = (
    options: { readonly port?: number } = {}
  ): Layer.Layer<EmulatorServer, ServeError, Emulator> => Layer.scoped(EmulatorServer, make(options.port ?? 0))
}
