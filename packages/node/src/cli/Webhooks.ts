/** What the commands of webhooks have in common. */
import type { PushEvent } from "@effect-xdm/core"
import * as Effect from "effect/Effect"
import { Usage } from "./Exit.js"

/** Where `xdm webhook serve` listens if it is not told otherwise. */
export const usual = { host: "127.0.0.1", port: 8725, path: "/webhooks/x" } as const

/** An address as it stands in a URL. */
export const urlOf = ({ host, path, port }: { readonly host: string; readonly path: string; readonly port: number }) =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}${path}`

/** The id of each delivery that `xdm webhook test` makes begins so. X's are numbers. */
const testMark = "xdm-test-"

export const testId = (now: number): string => `${testMark}${now}`

/** Whether `xdm webhook test` made it, and not X. */
export const isTest = ({ id }: PushEvent.PushEvent): boolean => id?.startsWith(testMark) ?? false

const example = "https://example.com/webhooks/x"

const parsed = (text: string): Effect.Effect<URL, Usage> => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const problem = url === undefined || !/^https?:$/.test(url.protocol)
    ? `"${text}" is no URL of a webhook. Write one like ${example}.`
    : url.username !== "" || url.password !== ""
    ? "the URL must not hold a user or a password."
    : url.hash !== ""
    ? `a "#" in the URL reaches no server: leave it out.`
    : text.length > 200
    ? `the URL has ${text.length} characters, and X takes 200.`
    : undefined
  return url === undefined || problem !== undefined
    ? Effect.fail(new Usage({ problem: problem ?? "" }))
    : Effect.succeed(url)
}

/** A URL that this machine shall try. */
export const reachable = (text: string): Effect.Effect<string, Usage> => Effect.as(parsed(text), text)

const isOfThisMachine = (host: string): boolean => /^(localhost|127\.[0-9.]+|0\.0\.0\.0|\[::1?\])$/.test(host)

/** A URL that X takes; an emulator takes others too. */
export const deliverable = (text: string, isEmulated: boolean): Effect.Effect<string, Usage> =>
  Effect.flatMap(parsed(text), ({ hostname, port, protocol }) => {
    const problem = isEmulated
      ? undefined
      : isOfThisMachine(hostname)
      ? `X cannot reach ${hostname}, which is this machine: put a proxy that speaks TLS before the server, and ` +
        `register its URL, like ${example}.`
      : protocol !== "https:"
      ? "X delivers to https URLs alone: put a proxy that speaks TLS before the server, and register its URL."
      : port !== ""
      ? `X takes no port in the URL: leave ":${port}" out, and let the proxy listen at 443.`
      : undefined
    return problem === undefined ? Effect.succeed(text) : Effect.fail(new Usage({ problem }))
  })
