/**
 * What the examples share: an inbox in memory in place of X's. A program for X
 * itself has `DirectMessages.layerConfig({ accessToken: Config.redacted("X_ACCESS_TOKEN") })`
 * over `NodeClient.layer()` here, and nothing else changes.
 */
import { DirectMessages } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"

export const EmulatedInbox = DirectMessages.layer({ accessToken: Redacted.make(Fixtures.tokens.owner) }).pipe(
  Layer.provide(Emulator.layerHttpClient),
  Layer.provideMerge(Emulator.layer())
)

/** Runs a program; what stops it goes to standard error, with an exit code that is not 0. */
export const run = <E>(program: Effect.Effect<void, E>): void => NodeRuntime.runMain(program)
