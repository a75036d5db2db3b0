/**
 * The time, at less cost: each call asks for it again and again.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"

/**
 * The time that it is in a fiber, in milliseconds since 1970.
 *
 * @since 0.1.0
 */
export const of = ({ currentDefaultServices }: Fiber.RuntimeFiber<unknown, unknown>): number =>
  Context.get(currentDefaultServices, Clock.Clock).unsafeCurrentTimeMillis()

/**
 * What is done at the time that it is, in milliseconds since 1970. As a
 * `flatMap` of `Clock.currentTimeMillis`, in one step of the fiber in place of
 * six.
 *
 * @since 0.1.0
 */
export const at = <A, E, R>(act: (now: number) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.withFiberRuntime((fiber) => act(of(fiber)))

/**
 * Sleeps until a time, in whole milliseconds: of a part of one, the last of it
 * is less than a duration can tell, and who came back for that would find no
 * time passed, again and again.
 *
 * @since 0.1.0
 */
export const sleepUntil = (time: number): Effect.Effect<void> => at((now) => Effect.sleep(Math.ceil(time - now)))
