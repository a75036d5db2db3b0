/**
 * The sources of a live stream while they run.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { hasProperty } from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { DmEvent } from "../model/DmEvent.js"
import type { LiveHealth, LiveSource } from "./LiveOptions.js"

/** What sources do. */
export type Signal =
  | { readonly _tag: "Delivered"; readonly event: DmEvent }
  | { readonly _tag: "Connected" }
  | { readonly _tag: "Doubtful" }
  | { readonly _tag: "Disconnected" }

/** Of a failure only its message is told, where it has one: what else it holds may be large, or secret. */
const problemOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return hasProperty(error, "message") && typeof error.message === "string" ? error.message : "it failed"
}

/**
 * The sources, and whether any of them is connected.
 *
 * @since 0.1.0
 */
export const make = <R>(
  sources: ReadonlyArray<LiveSource<R>>,
  tell: (health: LiveHealth) => Effect.Effect<void>
) => {
  const connected = new Set(sources.keys())

  const become = (index: number, state: "Connected" | "Disconnected") =>
    Effect.flatMap(DateTime.now, (at) => {
      if (state === "Connected") connected.add(index)
      else connected.delete(index)
      return tell({ _tag: state, at, source: sources[index]!.name })
    })

  const ended = (index: number, exit: Exit.Exit<void, unknown>) =>
    Effect.flatMap(DateTime.now, (at) => {
      connected.delete(index)
      const problem = Exit.isFailure(exit) ? problemOf(exit.cause) : undefined
      return tell({ _tag: "Ended", at, source: sources[index]!.name, problem })
    })

  return {
    isConnected: () => connected.size > 0,
    /** Runs each in a fiber of its own, until the scope closes. */
    run: (scope: Scope.Scope, offer: (signal: Signal) => Effect.Effect<unknown>) =>
      Effect.forEach(sources, ({ events }, index) => {
        const line = {
          connected: Effect.zipRight(become(index, "Connected"), offer({ _tag: "Connected" })),
          doubtful: Effect.asVoid(offer({ _tag: "Doubtful" })),
          disconnected: Effect.zipRight(become(index, "Disconnected"), offer({ _tag: "Disconnected" }))
        }
        return Stream.runForEach(events(line), (event) => offer({ _tag: "Delivered", event })).pipe(
          Effect.exit,
          Effect.flatMap((exit) =>
            Exit.isInterrupted(exit)
              ? Effect.void
              : Effect.zipRight(ended(index, exit), offer({ _tag: "Disconnected" }))
          ),
          Effect.forkIn(scope)
        )
      }, { discard: true })
  }
}
