/** A server of one long listing, in a process of its own so that its work is not measured. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { page, pageOfToken } from "./pages.js"

const count = Number(process.argv[2])
const bodies = Array.from({ length: count }, (_, i) => JSON.stringify(page(i, { last: i === count - 1 })))

const server = createServer((request, response) => {
  const token = new URL(request.url ?? "/", "http://localhost").searchParams.get("pagination_token")
  response.writeHead(200, { "content-type": "application/json" })
  response.end(bodies[pageOfToken(token)])
})

server.listen(0, "127.0.0.1", () => {
  // A server that listens on a port has an address with a port.
  process.send?.((server.address() as AddressInfo).port)
})
process.on("disconnect", () => process.exit())
