import { DeliveryStore } from "@effect-xdm/core"
import { WebhookServer } from "@effect-xdm/node"
import { Effect, Layer, ManagedRuntime, Redacted, Stream } from "effect"
import { fork } from "node:child_process"
import { createHmac, timingSafeEqual } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { alternating, type Group } from "./measure.js"
import type { Order } from "./webhookSender.js"

const secret = "consumer-secret"
const path = "/webhooks/x"
const count = 4_000

/** The least that a server can do: read the body, check its signature, parse it. */
const bareServer = () =>
  createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const body = Buffer.concat(chunks)
      const right = createHmac("sha256", secret).update(body).digest()
      const given = Buffer.from(String(request.headers["x-twitter-webhooks-signature"]).slice(7), "base64")
      const signed = given.length === right.length && timingSafeEqual(given, right)
      if (signed) JSON.parse(body.toString())
      response.writeHead(signed ? 200 : 403, { "content-length": "0" }).end()
    })
  })

/** How long a signed delivery takes, on one core, beside a server that does nothing else. */
export const webhook = async (): Promise<Group> => {
  const bare = bareServer().listen(0, "127.0.0.1")
  await once(bare, "listening")
  const runtime = ManagedRuntime.make(
    WebhookServer.layer({ consumerSecret: Redacted.make(secret), path }).pipe(Layer.provide(DeliveryStore.layerMemory))
  )
  const server = await runtime.runPromise(WebhookServer)
  let taken = 0
  runtime.runFork(Stream.runForEach(server.events, () => Effect.sync(() => taken++)))

  const sender = fork(fileURLToPath(new URL("webhookSender.js", import.meta.url)))
  let first = 1
  const send = async (port: number) => {
    const order: Order = { port, path, secret, count, first }
    first += count
    sender.send(order)
    const [millis] = await once(sender, "message") as [number] // which is all that the sender sends
    return millis * 1000 / count
  }
  // A server that listens on a port has an address with a port.
  const barePort = (bare.address() as AddressInfo).port
  const candidates = { bare: () => send(barePort), ours: () => send(server.port) }
  await alternating(1, candidates)
  const found = await alternating(5, candidates)
  if (taken !== 6 * count) throw new Error(`${taken} of ${6 * count} deliveries came`)
  sender.disconnect()
  bare.close()
  await runtime.dispose()
  return {
    title: "A signed delivery to a webhook",
    rows: [
      { name: "node:http with the same HMAC", value: found.bare, unit: "µs" },
      // It shall take 2,000 a second. The bare server is held up by the sender, and could take more than this shows.
      { name: "WebhookServer, which reads and sorts out what it says", value: found.ours, unit: "µs", limit: 500 },
      { name: "how many it takes beside node:http", value: found.bare / found.ours, unit: "×" },
      { name: "how many it takes in a second", value: 1_000_000 / found.ours, unit: "deliveries" }
    ]
  }
}
