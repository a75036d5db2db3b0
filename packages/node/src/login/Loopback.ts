/** The place on this machine to which X sends a user back, with the answer in the URL. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import { codeOf, messageOf } from "../FileErrors.js"
import { LoginFailed } from "./LoginFailed.js"

/** RFC 8252, 7.3 has programs listen on the address and not on the name `localhost`, which can lead elsewhere. */
const host = "127.0.0.1"
const path = "/callback"

/**
 * Where X sends the user: exactly this must be among the callback URLs of the
 * app in X's developer portal.
 */
export const redirectUri = (port: number): string => `http://${host}:${port}${path}`

const page = (title: string, text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<meta name="color-scheme" content="light dark"><title>${title}</title>` +
  `<style>body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:20vh auto;padding:0 1em}</style>` +
  `<h1>${title}</h1><p>${text}</p></html>`

const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  connection: "close"
}

const listening = (server: Http.Server, port: number): Effect.Effect<void, LoginFailed> =>
  Effect.async((resume) => {
    server.once("error", (error) => {
      const isTaken = codeOf(error) === "EADDRINUSE"
      const problem = isTaken
        ? `port ${port} of this machine is taken by another program. End it, or log in with another port, and put ` +
          "http://127.0.0.1:PORT/callback among the callback URLs of the app in X's developer portal."
        : `this machine cannot listen on port ${port}: ${messageOf(error)}.`
      resume(Effect.fail(new LoginFailed({ reason: "PortInUse", problem })))
    })
    server.listen(port, host, () => resume(Effect.void))
  })

/**
 * Listens until the scope closes, and gives the query of the first answer that
 * belongs to this log-in; others, whoever sent them, are turned away.
 */
export const listen = (
  port: number,
  isOurs: (answer: URLSearchParams) => boolean
): Effect.Effect<Effect.Effect<URLSearchParams>, LoginFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const answered = yield* Deferred.make<URLSearchParams>()
    const server = Http.createServer((request, response) => {
      const url = new URL(request.url ?? "/", redirectUri(port))
      if (request.method !== "GET" || url.pathname !== path) {
        response.writeHead(404, headers).end(page("Not here", "Nothing is at this address."))
        return
      }
      if (!isOurs(url.searchParams)) {
        response.writeHead(400, headers).end(
          page("Not this log-in", "This answer belongs to another log-in. Go back to the newest one.")
        )
        return
      }
      const text = url.searchParams.has("code")
        ? page("Almost done", "You can close this window and go back to the program, which says how it went.")
        : page("Not logged in", "You did not allow the program to act for you. You can close this window.")
      // The program goes on, and ends perhaps, once the browser has its page.
      response.writeHead(200, headers).end(
        text,
        () => Deferred.unsafeDone(answered, Effect.succeed(url.searchParams))
      )
    })
    yield* Effect.acquireRelease(listening(server, port), () =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      }))
    return Deferred.await(answered)
  })
