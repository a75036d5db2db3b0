/** Takes uploads and gives downloads, in a process of its own so that its memory is not measured. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const size = Number(process.argv[2])
const file = Buffer.alloc(size, "effect")
let received = 0

const server = createServer((request, response) => {
  const path = request.url ?? ""
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": size })
    response.end(file)
    return
  }
  request.on("data", (chunk: Buffer) => {
    if (path.endsWith("/append")) received += chunk.length
  })
  request.on("end", () => {
    response.writeHead(200, { "content-type": "application/json" })
    const whole = path.endsWith("/finalize") && received < size
    if (path.endsWith("/finalize")) received = 0
    response.end(JSON.stringify({ data: whole ? {} : { id: "1582103718735589376" } }))
  })
})

server.listen(0, "127.0.0.1", () => {
  // A server that listens on a port has an address with a port.
  process.send?.((server.address() as AddressInfo).port)
})
process.on("disconnect", () => process.exit())
