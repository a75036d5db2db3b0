/** Answers that come as streams, over connections of their own. */
import { Agent } from "@effect/platform-node/Undici"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"

/**
 * The platform's client with so many connections to a server, made with the
 * first request that needs it: most programs have none.
 */
export const make = (
  connections: number
): Effect.Effect<Effect.Effect<HttpClient.HttpClient>, never, Scope.Scope> =>
  Effect.flatMap(Effect.scope, (scope) => {
    const agent = Effect.acquireRelease(
      Effect.sync(() => new Agent({ connections })),
      (agent) => Effect.promise(() => agent.destroy())
    )
    const client = Effect.flatMap(
      Effect.promise(() => import("@effect/platform-node/NodeHttpClient")),
      ({ makeUndici }) => Effect.map(Scope.extend(agent, scope), makeUndici)
    )
    return Effect.cached(Effect.uninterruptible(client))
  })
