import { Carrier, DirectMessages, RetryPauses } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer, NodeClient } from "@effect-xdm/node"
import { HttpClient, type HttpClientError, HttpClientRequest, type HttpClientResponse } from "@effect/platform"
import { Cause, Chunk, Effect, Exit, Fiber, Layer, ManagedRuntime, Option, Redacted, Stream } from "effect"
import type { RequestListener } from "node:http"
import * as Net from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { bodyOf, serve, type Served, until } from "./support/server.js"

let server: Served | undefined
const runtimes: Array<ManagedRuntime.ManagedRuntime<HttpClient.HttpClient, never>> = []

afterEach(async () => {
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.dispose()))
  await server?.close()
  server = undefined
})

const client = (options?: NodeClient.NodeClientOptions) => {
  const runtime = ManagedRuntime.make(NodeClient.layer(options))
  runtimes.push(runtime)
  return runtime
}

const listen = async (answer: RequestListener) => server = await serve(answer)

/** The ways through the client: with a span, without one, and the short one, which calls to X take. */
const ways = ["traced", "untraced", "carried"] as const
type Way = typeof ways[number]

const execute = (request: HttpClientRequest.HttpClientRequest, way: Exclude<Way, "carried"> = "untraced") =>
  Effect.flatMap(HttpClient.HttpClient, (http) => http.execute(request)).pipe(
    Effect.withTracerEnabled(way === "traced")
  )

const carried = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.flatMap(
    HttpClient.HttpClient,
    (http) =>
      Effect.async<Carrier.RawAnswer, HttpClientError.HttpClientError>((resume) => {
        const carry = Carrier.of(http) ?? expect.fail("it has no short way")
        return Effect.sync(carry(request, resume))
      })
  )

const text = (request: HttpClientRequest.HttpClientRequest, way: Way = "untraced") =>
  way === "carried"
    ? Effect.map(carried(request), ({ body }) => body)
    : Effect.flatMap(execute(request, way), (response) => response.text)

const get = (path = "/") => HttpClientRequest.get(server!.url + path)

const errorOf = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit) ? Option.getOrThrow(Cause.failureOption(exit.cause)) : expect.fail("it succeeded")

describe.each(["untraced", "traced"] as const)("an answer, %s", (way) => {
  const answered = async (answer: RequestListener, path = "/"): Promise<HttpClientResponse.HttpClientResponse> => {
    await listen(answer)
    return client().runPromise(execute(get(path), way))
  }

  it("has a status and headers, cookies among them, and headers of several values", async () => {
    const response = await answered((_, res) => {
      res.writeHead(418, { "X-One": "a", "x-two": ["b", "c"], "set-cookie": ["s=1; Path=/", "t=2"] }).end("short")
    })
    expect(response.status).toBe(418)
    expect(response.headers).toMatchObject({ "x-one": "a", "x-two": "b, c" })
    expect(Object.keys(response.cookies.cookies)).toEqual(["s", "t"])
    expect(JSON.stringify(response)).toContain("\"status\":418")
  })

  it.each([
    ["ASCII", "plain"],
    ["Latin", "Grüße"],
    ["several bytes a character", "שלום 👋 ".repeat(20_000)],
    ["nothing", ""]
  ])("of %s is the text that was sent", async (_, sent) => {
    const response = await answered((_, res) => res.end(sent))
    expect(await Effect.runPromise(response.text)).toBe(sent)
    expect(await Effect.runPromise(response.text)).toBe(sent)
  })

  it("comes in pieces that cut a character", async () => {
    const sent = Buffer.from("👋👋")
    const response = await answered((_, res) => {
      res.write(sent.subarray(0, 3))
      setTimeout(() => res.end(sent.subarray(3)), 20)
    })
    expect(await Effect.runPromise(response.text)).toBe("👋👋")
    const chunks = await Effect.runPromise(Stream.runCollect(response.stream))
    expect(Buffer.concat(Chunk.toReadonlyArray(chunks))).toEqual(sent)
  })

  it("of bytes that are no text keeps them", async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x80])
    const response = await answered((_, res) => res.end(bytes))
    expect(Buffer.from(await Effect.runPromise(response.arrayBuffer))).toEqual(bytes)
    expect(await Effect.runPromise(response.text)).toBe(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes))
  })

  it("loses a byte order mark, as every client's does", async () => {
    const response = await answered((_, res) => res.end("\ufeff{\"a\":1}"))
    expect(await Effect.runPromise(response.json)).toEqual({ a: 1 })
  })

  it("can be JSON, which it fails to be otherwise; no body is null", async () => {
    const response = await answered((req, res) => res.end(req.url === "/" ? "{\"a\":[1]}" : "<html>"))
    expect(await Effect.runPromise(response.json)).toEqual({ a: [1] })
    const html = await client().runPromise(execute(get("/html"), way))
    expect(errorOf(await Effect.runPromiseExit(html.json))).toMatchObject({ _tag: "ResponseError", reason: "Decode" })
  })

  it("can be a form", async () => {
    const response = await answered((_, res) =>
      res.setHeader("content-type", "application/x-www-form-urlencoded").end("a=1&b=%20")
    )
    expect(await Effect.runPromise(response.urlParamsBody)).toEqual([["a", "1"], ["b", " "]])
    expect((await Effect.runPromise(response.formData)).get("b")).toBe(" ")
  })

  it("of 204 has no body", async () => {
    const response = await answered((_, res) => res.writeHead(204).end())
    expect([response.status, await Effect.runPromise(response.text)]).toEqual([204, ""])
    expect(await Effect.runPromise(response.json)).toBe(null)
  })

  it("after an informational one is the one that counts", async () => {
    const response = await answered((_, res) => {
      res.writeEarlyHints({ link: "</a>; rel=preload" })
      res.writeHead(200, { "x-it": "is" }).end("late")
    })
    expect([response.status, response.headers["x-it"], response.headers["link"]]).toEqual([200, "is", undefined])
  })

  it("that redirects is not followed", async () => {
    const response = await answered((_, res) => res.writeHead(302, { location: "/elsewhere" }).end())
    expect(response.status).toBe(302)
    expect(server!.requests).toEqual(["GET /"])
  })
})

const echo: RequestListener = (req, res) => {
  void bodyOf(req).then((body) =>
    res.end(JSON.stringify({
      at: `${req.method} ${req.url}`,
      type: req.headers["content-type"]?.replace(/boundary=.*/, ""),
      length: req.headers["content-length"],
      body: body.toString()
    }))
  )
}

describe.each(["untraced", "traced"] as const)("a request whose body has to be made, %s", (way) => {
  const sent = async (request: HttpClientRequest.HttpClientRequest): Promise<unknown> =>
    JSON.parse(await client().runPromise(text(request, way)))
  const post = () => HttpClientRequest.post(`${server!.url}/2/dm`)

  it("can be a form or a stream", async () => {
    await listen(echo)
    const form = new FormData()
    form.set("media", new Blob(["bytes"]), "a.txt")
    expect(await sent(HttpClientRequest.bodyFormData(post(), form))).toMatchObject({
      type: "multipart/form-data; ",
      body: expect.stringMatching(/filename="a\.txt"[^]*bytes/)
    })
    const stream = Stream.make(new Uint8Array([65]), new Uint8Array([66]))
    expect(await sent(HttpClientRequest.bodyStream(post(), stream))).toMatchObject({ body: "AB" })
  })
})

describe.each(ways)("a request, %s", (way) => {
  const sent = async (request: HttpClientRequest.HttpClientRequest): Promise<unknown> =>
    JSON.parse(await client().runPromise(text(request, way)))
  const post = () => HttpClientRequest.post(`${server!.url}/2/dm`)

  it("has its parameters, encoded", async () => {
    await listen(echo)
    const request = get("/a").pipe(HttpClientRequest.setUrlParams({ "f.g": "a,b", q: "ü &" }))
    expect(await sent(request)).toMatchObject({ at: "GET /a?f.g=a%2Cb&q=%C3%BC+%26" })
  })

  it("has its body, once", async () => {
    await listen(echo)
    expect(await sent(HttpClientRequest.bodyUnsafeJson(post(), { text: "ü" }))).toEqual({
      at: "POST /2/dm",
      type: "application/json",
      length: "13",
      body: "{\"text\":\"ü\"}"
    })
    expect(server!.requests).toEqual(["POST /2/dm"])
  })

  it("to what is no URL fails before it is made", async () => {
    const exit = await client().runPromiseExit(text(HttpClientRequest.get("nowhere"), way))
    expect(errorOf(exit)).toMatchObject({ _tag: "RequestError", reason: "InvalidUrl" })
  })

  it("that nobody listens to fails with the code of the refusal", async () => {
    await listen(echo)
    const request = get()
    await server!.close()
    const exit = await client().runPromiseExit(text(request, way))
    expect(errorOf(exit)).toMatchObject({ _tag: "RequestError", reason: "Transport", cause: { code: "ECONNREFUSED" } })
  })

  it("whose connection breaks is not made again, before the answer or in it", async () => {
    await listen((req, res) => {
      if (req.url === "/before") res.socket!.destroy()
      else res.write("half", () => res.socket!.destroy())
    })
    const of = (path: string) =>
      client().runPromiseExit(text(HttpClientRequest.bodyText(HttpClientRequest.post(server!.url + path), "a"), way))
    expect(errorOf(await of("/before"))).toMatchObject({ _tag: "RequestError", cause: { code: "UND_ERR_SOCKET" } })
    const inAnswer = errorOf(await of("/in"))
    expect(inAnswer).toMatchObject({
      _tag: "ResponseError",
      response: { status: 200 },
      cause: { code: "UND_ERR_SOCKET" }
    })
    expect(server!.requests).toEqual(["POST /before", "POST /in"])
  })
})

describe("connections", () => {
  it("are kept: undici rests one for a turn of the event loop, so that calls one after the other take two", async () => {
    await listen((_, res) => res.end("ok"))
    await client().runPromise(Effect.forEach(Array.from({ length: 50 }), () => text(get())))
    expect([server!.requests.length, server!.sockets.length]).toEqual([50, 2])
  })

  it("are no more than were allowed, and all is answered", async () => {
    await listen((_, res) => setTimeout(() => res.end("ok"), 5))
    const all = await client({ connections: 3 }).runPromise(
      Effect.forEach(Array.from({ length: 30 }), () => text(get()), { concurrency: "unbounded" })
    )
    expect(all).toEqual(Array.from({ length: 30 }, () => "ok"))
    expect(server!.sockets.length).toBe(3)
  })

  it("that the server closes after each answer are made anew, and kept again when it keeps them", async () => {
    let keep = false
    await listen((_, res) => res.setHeader("connection", keep ? "keep-alive" : "close").end("ok"))
    const run = client()
    await run.runPromise(Effect.forEach([1, 2, 3], () => text(get())))
    expect(server!.sockets.length).toBe(3)
    keep = true
    await run.runPromise(Effect.forEach([1, 2, 3, 4, 5], () => text(get())))
    expect(server!.sockets.length).toBeLessThanOrEqual(5)
  })

  it("are not held by answers that nobody reads", async () => {
    await listen((_, res) => res.end("x".repeat(1_000_000)))
    await client({ connections: 1 }).runPromise(Effect.forEach([1, 2, 3, 4, 5], () => execute(get())))
    expect([server!.requests.length, server!.sockets.length]).toEqual([5, 1])
  })

  it("close with the layer: idle ones, and those of calls that are under way, which fail", async () => {
    await listen((req, res) => {
      if (req.url === "/") res.end("ok")
    })
    const run = client()
    await run.runPromise(text(get()))
    const http = await run.runPromise(HttpClient.HttpClient)
    const stalled = Effect.runPromiseExit(http.execute(get("/stalled")).pipe(Effect.withTracerEnabled(false)))
    await until(() => server!.requests.length === 2)
    await run.dispose()
    expect(errorOf(await stalled)).toMatchObject({ _tag: "RequestError" })
    await until(() => server!.open() === 0)
  })

  it("must be a whole number of at least 1", async () => {
    for (const connections of [0, 1.5, NaN]) {
      const exit = await Effect.runPromiseExit(Layer.build(NodeClient.layer({ connections })).pipe(Effect.scoped))
      expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain("connections must be a whole number")
    }
  })
})

describe("an answer by the short way", () => {
  it("has its status, its headers and its text", async () => {
    await listen((_, res) => {
      res.writeHead(418, { "X-One": "a", "x-two": ["b", "c"] }).end("\ufeffGrüße 👋")
    })
    expect(await client().runPromise(carried(get()))).toMatchObject({
      status: 418,
      headers: { "x-one": "a", "x-two": "b, c" },
      body: "Grüße 👋"
    })
  })

  it("is not there for a client that is transformed", async () => {
    const transformed = Effect.map(HttpClient.HttpClient, (http) => Carrier.of(HttpClient.mapRequest(http, (r) => r)))
    expect(await client().runPromise(transformed)).toBeUndefined()
  })
})

describe.each(ways)("an interruption, %s", (way) => {
  const interrupted = async (start: () => Promise<unknown>, options?: NodeClient.NodeClientOptions) => {
    const run = client(options)
    const fiber = run.runFork(text(get(), way))
    await start()
    const before = performance.now()
    const exit = await Effect.runPromise(Fiber.interrupt(fiber))
    expect(performance.now() - before).toBeLessThan(100)
    expect(Exit.isInterrupted(exit)).toBe(true)
    return run
  }

  it("while it waits for the answer closes the connection", async () => {
    await listen((_, res) => {
      if (server!.requests.length > 1) res.end("ok")
    })
    const run = await interrupted(() => until(() => server!.requests.length === 1))
    await until(() => server!.sockets[0]!.destroyed)
    expect(await run.runPromise(text(get(), way))).toBe("ok")
  })

  it("in the body closes the connection", async () => {
    await listen((_, res) => res.write("half"))
    await interrupted(async () => {
      await until(() => server!.requests.length === 1)
      await new Promise((resolve) => setTimeout(resolve, 30))
    })
    await until(() => server!.sockets[0]!.destroyed)
  })

  it("while it connects leaves nothing", async () => {
    await listen((_, res) => res.end("ok"))
    await interrupted(() => Promise.resolve())
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([server!.requests, server!.open()]).toEqual([[], 0])
  })

  it("in the queue takes it out of there, and harms no connection", async () => {
    let finish: () => void = () => expect.fail("nothing to finish")
    await listen((_, res) => {
      if (server!.requests.length === 1) finish = () => res.end("first")
      else res.end("ok")
    })
    const run = client({ connections: 1 })
    const first = run.runFork(text(get("/first"), way))
    await until(() => server!.requests.length === 1)
    const second = run.runFork(text(get("/second"), way))
    const third = run.runFork(text(get("/third"), way))
    await Effect.runPromise(Fiber.interrupt(second))
    finish()
    expect(await Effect.runPromise(Fiber.join(first))).toBe("first")
    expect(await Effect.runPromise(Fiber.join(third))).toBe("ok")
    expect([server!.requests, server!.sockets.length]).toEqual([["GET /first", "GET /third"], 1])
  })
})

describe("under DirectMessages", () => {
  const world = async (timeout: `${number} millis` = "5000 millis") => {
    const servers = ManagedRuntime.make(Layer.provideMerge(EmulatorServer.layer(), Emulator.layer()))
    const { url } = await servers.runPromise(EmulatorServer)
    const calls = ManagedRuntime.make(
      DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner), baseUrl: url, timeout }).pipe(
        Layer.provide(NodeClient.layer())
      )
    )
    const inject = (fault: Faults.Fault, when?: Faults.When) =>
      servers.runPromise(Effect.flatMap(Emulator, (emulator) => emulator.inject(fault, when)))
    const dispose = async () => {
      await calls.dispose()
      await servers.dispose()
    }
    return { calls, inject, dispose }
  }

  it("lists, sends and deletes", async () => {
    const { calls, dispose } = await world()
    const program = Effect.gen(function*() {
      const dm = yield* DirectMessages
      const { dmEventId: eventId } = yield* dm.createByParticipantId({
        participantId: Fixtures.people.jonas.id,
        text: "Grüße 👋"
      })
      const [newest] = yield* Stream.runCollect(dm.events.all({ limit: 1 }))
      yield* dm.deleteEvents({ eventId })
      return newest
    })
    expect(await calls.runPromise(program)).toMatchObject({ text: "Grüße 👋" })
    await dispose()
  })

  it("a body that stalls is a time-out", async () => {
    const { calls, dispose, inject } = await world("200 millis")
    await inject(Faults.stall)
    const send = Effect.flatMap(
      DirectMessages,
      (dm) => dm.createByParticipantId({ participantId: Fixtures.people.jonas.id, text: "half heard" })
    )
    expect(errorOf(await calls.runPromiseExit(send))).toMatchObject({
      _tag: "SendOutcomeUnknown",
      reason: { _tag: "TimedOut" }
    })
    await dispose()
  })

  it("a call that is late or interrupted closes its connection, and the next one is made", async () => {
    // Not by their place among all: undici opens another connection after each that it closes.
    const used: Array<Net.Socket> = []
    await listen((req, res) => {
      used.push(req.socket)
      if (used.length > 2) res.end(JSON.stringify({ data: { id: "1", name: "A", username: "a" } }))
    })
    const calls = ManagedRuntime.make(
      DirectMessages.layer({
        accessToken: Redacted.make("a-token-of-a-test"),
        baseUrl: server!.url,
        timeout: "1 second",
        retry: RetryPauses.none
      }).pipe(Layer.provide(NodeClient.layer()))
    )
    const me = Effect.flatMap(DirectMessages, (dm) => dm.getMe())
    expect(errorOf(await calls.runPromiseExit(me))).toMatchObject({ _tag: "TimedOut", afterMillis: 1_000 })
    await until(() => used[0]!.destroyed)
    const fiber = calls.runFork(me)
    await until(() => used.length === 2)
    expect(Exit.isInterrupted(await Effect.runPromise(Fiber.interrupt(fiber)))).toBe(true)
    await until(() => used[1]!.destroyed)
    expect(await calls.runPromise(me)).toMatchObject({ username: "a" })
    await calls.dispose()
  })

  it("a refused connection sent nothing", async () => {
    const free = Net.createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => free.once("listening", resolve))
    // A server that listens on a port has an address with a port.
    const { port } = free.address() as Net.AddressInfo
    await new Promise((resolve) => free.close(resolve))
    const exit = await Effect.flatMap(
      DirectMessages,
      (dm) => dm.createByParticipantId({ participantId: Fixtures.people.jonas.id, text: "nobody" })
    ).pipe(
      Effect.provide(
        DirectMessages.layer({ accessToken: Redacted.make("a-token-of-a-test"), baseUrl: `http://127.0.0.1:${port}` })
          .pipe(
            Layer.provide(NodeClient.layer())
          )
      ),
      Effect.runPromiseExit
    )
    expect(errorOf(exit)).toMatchObject({ _tag: "Unreachable", code: "ECONNREFUSED", notSent: true })
  })
})
