/**
 * Permits, at a third of what those of a semaphore cost while there are some.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * What makes a part of an effect that nothing interrupts as interruptible as
 * the whole would be.
 *
 * @since 0.1.0
 */
export type Restore = <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/**
 * So many effects at once, and no more; the others wait, first come, first
 * served.
 *
 * @since 0.1.0
 */
export class Permits {
  private readonly waiting = new Set<() => void>()
  constructor(private free: number) {}

  /** As `withPermits(1)` of a semaphore. */
  readonly one = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.uninterruptibleMask((restore) => this.oneOf(restore, restore(self)))

  /** As {@link one}, in what nothing interrupts but where `restore` says so. */
  readonly oneOf = <A, E, R>(restore: Restore, self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const held = Effect.matchCauseEffect(self, {
      onFailure: (cause) => {
        this.release()
        return Effect.failCause(cause)
      },
      onSuccess: (value) => {
        this.release()
        return Effect.succeed(value)
      }
    })
    return Effect.suspend(() => {
      if (this.free === 0) return Effect.zipRight(restore(this.wait), held)
      this.free--
      return held
    })
  }

  private readonly wait = Effect.async<void>((resume) => {
    const go = () => resume(Effect.void)
    this.waiting.add(go)
    // Who is interrupted may have been given the permit already.
    return Effect.sync(() => this.waiting.delete(go) || this.release())
  })

  private release(): void {
    const [next] = this.waiting
    if (next === undefined) this.free++
    else {
      this.waiting.delete(next)
      next()
    }
  }
}
