/** A rate limit with a window of seconds before a server, because the emulator's are as long as X's: 15 minutes. */
import { Effect, type Scope } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const limit = 6
const millis = 4_000

/** Where to ask instead of `target`. Only what has no body comes through. */
export const open = (target: string): Effect.Effect<string, never, Scope.Scope> => {
  let window = { endsAt: 0, used: 0 }
  const server = createServer((request, response) => {
    const now = Date.now()
    // The header tells whole seconds, so the window ends on one.
    if (now >= window.endsAt) window = { endsAt: Math.ceil((now + millis) / 1000) * 1000, used: 0 }
    const allowed = window.used < limit
    if (allowed) window.used++
    const headers = {
      "content-type": "application/json",
      "x-rate-limit-limit": String(limit),
      "x-rate-limit-remaining": String(limit - window.used),
      "x-rate-limit-reset": String(window.endsAt / 1000)
    }
    if (!allowed) {
      response.writeHead(429, headers).end(JSON.stringify({ title: "Too Many Requests", status: 429 }))
      return
    }
    const { authorization = "" } = request.headers
    void fetch(`${target}${request.url}`, { headers: { authorization } }).then(async (answer) => {
      response.writeHead(answer.status, headers).end(await answer.text())
    })
  })
  return Effect.acquireRelease(
    Effect.async<string>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        // A server that listens on a port has an address with a port.
        resume(Effect.succeed(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
      })
    }),
    () => Effect.sync(() => server.close().closeAllConnections())
  )
}
