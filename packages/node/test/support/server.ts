/** A server of node:http that counts its connections and what becomes of them. */
import * as Http from "node:http"
import type { AddressInfo, Socket } from "node:net"

export interface Served {
  readonly url: string
  /** All connections that there have been. */
  readonly sockets: ReadonlyArray<Socket>
  readonly open: () => number
  readonly requests: ReadonlyArray<string>
  readonly close: () => Promise<void>
}

export const serve = async (answer: Http.RequestListener): Promise<Served> => {
  const sockets: Array<Socket> = []
  const requests: Array<string> = []
  const server = Http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    answer(request, response)
  })
  server.on("connection", (socket) => {
    sockets.push(socket)
    socket.on("error", () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  // A server that listens on a port has an address with a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    sockets,
    requests,
    open: () => sockets.filter((socket) => !socket.destroyed).length,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    }
  }
}

/** A port at which nothing listens. */
export const freePort = async (): Promise<number> => {
  const { close, url } = await serve((_, response) => response.end())
  await close()
  return Number(new URL(url).port)
}

/** Waits until it is so, a second at most. */
export const until = async (isSo: () => boolean): Promise<void> => {
  const start = performance.now()
  while (!isSo()) {
    if (performance.now() - start > 1_000) throw new Error(`not so after a second: ${String(isSo)}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const bodyOf = async (request: Http.IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set, so these are bytes
  return Buffer.concat(chunks)
}
