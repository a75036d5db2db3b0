/**
 * An `HttpClient` for short answers, such as an API gives: each is read whole
 * before the request counts as done, which spares the streams between the
 * socket and the text, and no answer that is left unread holds a connection.
 *
 * The answer to a request that accepts `application/octet-stream`, as downloads
 * do, comes as a stream, over connections of its own.
 *
 * @since 0.1.0
 */
import * as Carrier from "@effect-xdm/core/Carrier"
import * as NodeStream from "@effect/platform-node/NodeStream"
import { type Dispatcher, Pool } from "@effect/platform-node/Undici"
import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import { type HttpClientError, RequestError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FiberRef from "effect/FiberRef"
import { constVoid } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { Exchange, type Listener } from "./Exchange.js"
import * as StreamedAnswers from "./StreamedAnswers.js"
import { joined, joinedHeaders, textOf, WholeResponse } from "./WholeResponse.js"

type Answer = Effect.Effect<HttpClientResponse, HttpClientError>

/**
 * How the client connects.
 *
 * @since 0.1.0
 */
export interface NodeClientOptions {
  /** How many connections to keep to a server at most, 1 and more. Default 16. */
  readonly connections?: number | undefined
}

type Body = NonNullable<Dispatcher.DispatchOptions["body"]> | null

interface Sendable {
  readonly headers: Headers.Headers
  readonly body: Body
}

/** A request whose body has to be made first: by reading a form, or by beginning a stream. */
const prepared = ({ body, headers }: HttpClientRequest): Effect.Effect<Sendable> | undefined => {
  switch (body._tag) {
    case "FormData": {
      // undici knows its own forms only, the platform writes those that programs have.
      const form = new Response(body.formData)
      const type = form.headers.get("content-type") ?? "multipart/form-data"
      return Effect.map(Effect.promise(() => form.arrayBuffer()), (bytes) => ({
        headers: Headers.set(headers, "content-type", type),
        body: new Uint8Array(bytes)
      }))
    }
    case "Stream":
      return Effect.map(NodeStream.toReadable(body.stream), (body) => ({ headers, body }))
    default:
      return undefined
  }
}

const bodyOf = ({ body }: HttpClientRequest): Body =>
  body._tag === "Uint8Array"
    ? body.body
    : body._tag === "Raw"
    ? body.body as Body // whatever it is, undici says whether it can send it
    : null

interface Target {
  readonly origin: string
  readonly path: string
}

/** A server with its connections. Those who wait for one are kept out of undici's queue, which nobody can leave. */
class Server {
  private readonly waiting = new Set<Exchange>()
  constructor(readonly pool: Pool, private free: number) {}

  enter(exchange: Exchange): void {
    if (this.free === 0) this.waiting.add(exchange)
    else {
      this.free--
      exchange.start(this.pool, () => this.next())
    }
  }

  leave(exchange: Exchange): void {
    if (!this.waiting.delete(exchange)) exchange.cancel()
  }

  private next(): void {
    this.free++
    const [first] = this.waiting
    if (first === undefined) return
    this.waiting.delete(first)
    this.enter(first)
  }
}

/**
 * The client, for as long as the scope is open.
 *
 * @since 0.1.0
 */
export const make = (
  { connections = 16 }: NodeClientOptions = {}
): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.gen(function*() {
    if (!Number.isInteger(connections) || connections < 1) {
      return yield* Effect.dieMessage(`connections must be a whole number of at least 1, and not ${connections}`)
    }
    const servers = new Map<string, Server>()
    yield* Effect.addFinalizer(() =>
      Effect.promise(() => Promise.all([...servers.values()].map(({ pool }) => pool.destroy())))
    )

    const serverOf = (origin: string): Server => {
      const known = servers.get(origin)
      if (known !== undefined) return known
      // Time-outs are Effect's. One pool a server, because an Agent loses connections after `connection: close`.
      const pool = new Pool(origin, { connections, headersTimeout: 0, bodyTimeout: 0 })
      const server = new Server(pool, connections)
      servers.set(origin, server)
      return server
    }

    /** Begins an exchange, and gives what calls it off. */
    const begin = (
      request: HttpClientRequest,
      origin: string,
      path: string,
      { body, headers }: Sendable,
      listener: Listener
    ) => {
      const server = serverOf(origin)
      const exchange = new Exchange(request, { method: request.method, path, headers, body }, listener)
      server.enter(exchange)
      return () => server.leave(exchange)
    }

    const send = (request: HttpClientRequest, origin: string, path: string): Answer => {
      const exchanged = (sendable: Sendable) =>
        Effect.async<HttpClientResponse, HttpClientError>((resume) => {
          const callOff = begin(request, origin, path, sendable, {
            onAnswer: (status, headers, chunks) =>
              resume(Effect.succeed(new WholeResponse(request, status, headers, chunks))),
            onFailure: (error) => resume(Effect.fail(error))
          })
          return Effect.sync(callOff)
        })
      const preparing = prepared(request)
      return preparing === undefined
        ? exchanged({ headers: request.headers, body: bodyOf(request) })
        : Effect.flatMap(preparing, exchanged)
    }

    /** Where the last request went: the next one often goes there too, and a URL is dear. */
    let place = { url: "", origin: "", path: "", isPlain: false }
    const placeOf = (url: string) => {
      if (place.url === url) return place
      const { hash, origin, pathname, search } = new URL(url)
      place = { url, origin, path: pathname, isPlain: hash === "" && search === "" }
      return place
    }

    /** Where a request goes; or what is wrong with it, as the platform says it. */
    const target = (request: HttpClientRequest): Either.Either<Target, RequestError> => {
      try {
        const { isPlain, origin, path } = placeOf(request.url)
        if (isPlain && Option.isNone(request.hash)) {
          const query = UrlParams.toString(request.urlParams)
          return Either.right({ origin, path: query === "" ? path : `${path}?${query}` })
        }
      } catch {
        // What is wrong with it, the platform says below.
      }
      return Either.mapBoth(UrlParams.makeUrl(request.url, request.urlParams, request.hash), {
        onLeft: (cause) => new RequestError({ request, reason: "InvalidUrl", cause }),
        onRight: ({ origin, pathname, search }) => ({ origin, path: pathname + search })
      })
    }
    const untraced = (request: HttpClientRequest): Answer =>
      Either.match(target(request), {
        onLeft: (error) => Effect.fail(error),
        onRight: ({ origin, path }) => send(request, origin, path)
      })
    const carry: Carrier.Carry = (request, ended) => {
      const found = target(request)
      if (Either.isLeft(found)) {
        ended(Either.left(found.left))
        return constVoid
      }
      const { origin, path } = found.right
      return begin(request, origin, path, { headers: request.headers, body: bodyOf(request) }, {
        onAnswer: (status, headers, chunks) =>
          ended(Either.right({ status, headers: joinedHeaders(headers), body: textOf(joined(chunks)) })),
        onFailure: (error) => ended(Either.left(error))
      })
    }
    const streaming = yield* StreamedAnswers.make(connections)
    const traced = HttpClient.make((request, url) => send(request, url.origin, url.pathname + url.search))

    const client = HttpClient.makeWith<never, never, HttpClientError, never>(
      Effect.flatMap((request) =>
        Effect.withFiberRuntime<HttpClientResponse, HttpClientError>((fiber) =>
          request.headers["accept"] === "application/octet-stream"
            ? Effect.flatMap(streaming, (client) => client.execute(request))
            : fiber.getFiberRef(FiberRef.currentTracerEnabled)
            ? traced.execute(request)
            : untraced(request)
        )
      ),
      Effect.succeed
    )
    return Carrier.make(client, carry)
  })

/**
 * The client as a layer. Its connections close with it.
 *
 * @example
 * ```ts
 * import { DirectMessages } from "@effect-xdm/core"
 * import { NodeClient } from "@effect-xdm/node"
 * import { Config, Layer } from "effect"
 *
 * const Live = DirectMessages.layerConfig({ accessToken: Config.redacted("X_ACCESS_TOKEN") }).pipe(
 *   Layer.provide(NodeClient.layer())
 * )
 * ```
 *
 * @since 0.1.0
 */
export const layer = (options: NodeClientOptions = {}): Layer.Layer<HttpClient.HttpClient> =>
  Layer.scoped(HttpClient.HttpClient, make(options))
