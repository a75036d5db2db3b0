/**
 * Permits, at a third of what those of a semaphore cost while there are some.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

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
    Effect.uninterruptibleMask((restore) => {
      const held = Effect.suspend(() =>
        Effect.flatMap(Effect.exit(restore(self)), (exit) => {
          this.release()
          return exit
        })
      )
      if (this.free === 0) return Effect.zipRight(restore(this.wait), held)
      this.free--
      return held
    })

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
