/**
 * The line of those who wait for a turn in one bucket: who came first goes
 * first, and whoever would have to wait longer than allowed is told at once.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type * as Bucket from "./Bucket.js"
import { type Call, RateLimited, type RateLimitWindow } from "./Errors.js"
import * as Now from "./Now.js"

/** A turn that comes at a time. @since 0.1.0 */
export type Later = Extract<Bucket.Turn, { readonly _tag: "Later" }>

/**
 * One call in the line.
 *
 * @since 0.1.0
 */
export interface Waiter {
  readonly call: Call
  /** Its place: those with lower ones came before. A call that X refused comes back with the place it had. */
  readonly ticket: number
  /** Until when it may wait, in milliseconds since 1970; 0 if it may wait for answers to other calls alone. */
  readonly deadline: number
  readonly turn: Deferred.Deferred<void, RateLimited>
  granted: boolean
  /** The time that it was told to wait for, if it was told before. */
  toldAt: number | undefined
  /** The window that it was last told to wait for. */
  window: RateLimitWindow | undefined
}

/**
 * What the line asks of its surroundings.
 *
 * @since 0.1.0
 */
export interface Means {
  readonly bucket: string
  readonly scope: Scope.Scope
  /** Takes a turn in the bucket, if there is one. */
  readonly take: Effect.Effect<Bucket.Turn>
  /** Returns a turn that nobody is there to take any more. */
  readonly giveBack: Effect.Effect<void>
  /** Tells of a wait. */
  readonly onWait: (waiter: Waiter, turn: Later) => Effect.Effect<void>
}

/** The error of a call that would have to wait longer than allowed. */
const tooLong = ({ method, route }: Call, bucket: string, turn: Later | undefined) =>
  new RateLimited({
    method,
    route,
    status: undefined,
    problem: undefined,
    transactionId: undefined,
    bucket,
    window: turn?.window ?? "unknown",
    limit: turn?.limit,
    remaining: turn === undefined || turn.window === "unknown" ? undefined : 0,
    resetsAt: turn === undefined ? undefined : DateTime.unsafeMake(turn.at)
  })

/** @since 0.1.0 */
export interface Line {
  /**
   * Waits for a turn, and gives the window that was waited for; none if it was
   * for answers to other calls alone. Who is interrupted leaves the line.
   */
  readonly wait: (
    call: Call,
    ticket: number,
    deadline: number
  ) => Effect.Effect<RateLimitWindow | undefined, RateLimited>
  /** Lets all go whose turn has come. */
  readonly advance: Effect.Effect<void>
  readonly size: () => number
}

/** @since 0.1.0 */
export const make = ({ bucket, giveBack, onWait, scope, take }: Means): Line => {
  const waiting: Array<Waiter> = []
  let advancing = false
  let again = false
  let timer: { readonly at: number; readonly fiber: Fiber.RuntimeFiber<void> } | undefined

  const leave = (waiter: Waiter): void => {
    const at = waiting.indexOf(waiter)
    if (at >= 0) waiting.splice(at, 1)
  }

  const enter = (waiter: Waiter): void => {
    let at = waiting.length
    while (at > 0 && waiting[at - 1]!.ticket > waiter.ticket) at--
    waiting.splice(at, 0, waiter)
  }

  /** Those who may not wait until a time leave, and are told why. */
  const dismiss = (until: number, turn: Later | undefined) =>
    Effect.forEach(
      waiting.filter(({ deadline }) => deadline < until && (deadline > 0 || turn !== undefined)),
      (waiter) => {
        leave(waiter)
        return Deferred.fail(waiter.turn, tooLong(waiter.call, bucket, turn))
      },
      { discard: true }
    )

  const tell = (turn: Later) =>
    Effect.forEach(
      waiting.filter(({ toldAt }) => toldAt !== turn.at),
      (waiter) => {
        const told = onWait(waiter, turn)
        waiter.toldAt = turn.at
        waiter.window = turn.window
        return told
      },
      { discard: true }
    )

  /** Comes back at a time, or before it if a deadline ends sooner. */
  const comeBack = (at: number | undefined) =>
    Effect.suspend(() => {
      const due = waiting.reduce(
        (soonest, { deadline }) => deadline > 0 ? Math.min(soonest, deadline + 1) : soonest,
        at ?? Infinity
      )
      if (due === Infinity || (timer !== undefined && timer.at <= due)) return Effect.void
      const old = timer?.fiber
      const sleep = Now.sleepUntil(due).pipe(
        Effect.zipRight(Effect.suspend(() => {
          timer = undefined
          return advance
        })),
        Effect.interruptible
      )
      return Effect.forkIn(sleep, scope).pipe(
        Effect.tap((fiber) =>
          Effect.sync(() => {
            timer = { at: due, fiber }
          })
        ),
        Effect.zipRight(old === undefined ? Effect.void : Fiber.interruptFork(old))
      )
    })

  const step: Effect.Effect<void> = Effect.gen(function*() {
    do {
      again = false
      for (;;) {
        const now = yield* Clock.currentTimeMillis
        yield* dismiss(now, undefined)
        if (waiting.length === 0) break
        const turn = yield* take
        if (turn._tag === "Now") {
          // Who was first may have left meanwhile.
          const first = waiting.shift()
          if (first === undefined) yield* giveBack
          else {
            first.granted = true
            yield* Deferred.succeed(first.turn, void 0)
          }
          continue
        }
        if (turn._tag === "Later") {
          yield* dismiss(turn.at, turn)
          yield* tell(turn)
        }
        if (waiting.length > 0) yield* comeBack(turn._tag === "Later" ? turn.at : undefined)
        break
      }
    } while (again)
  })

  const advance: Effect.Effect<void> = Effect.suspend(() => {
    if (waiting.length === 0) return Effect.void
    if (advancing) {
      again = true
      return Effect.void
    }
    advancing = true
    return Effect.ensuring(
      step,
      Effect.sync(() => {
        advancing = false
      })
    ).pipe(Effect.uninterruptible)
  })

  return {
    advance,
    size: () => waiting.length,
    wait: (call, ticket, deadline) =>
      Effect.flatMap(Deferred.make<void, RateLimited>(), (turn) => {
        const waiter: Waiter = { call, ticket, deadline, turn, granted: false, toldAt: undefined, window: undefined }
        return Effect.sync(() => enter(waiter)).pipe(
          Effect.zipRight(advance),
          Effect.zipRight(Deferred.await(turn)),
          Effect.map(() => waiter.window),
          Effect.onInterrupt(() =>
            Effect.suspend(() => {
              leave(waiter)
              return Effect.zipRight(waiter.granted ? giveBack : Effect.void, advance)
            })
          )
        )
      })
  }
}
