/**
 * Sends the letters of an outbox: one after the other to each recipient.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Created } from "../endpoints/Created.js"
import type { ReadError, SendError } from "../protocol/Errors.js"
import { RateLimitPolicy } from "../protocol/RateLimitPolicy.js"
import type { DeliveryService } from "./Delivery.js"
import type { Entry, Outcome } from "./Letter.js"
import { type Letterbox, nameOf } from "./Letterbox.js"
import type { ReconcileOptions } from "./Reconciliation.js"

/** @since 0.1.0 */
export interface Means {
  readonly delivery: DeliveryService
  readonly box: Letterbox
  readonly giveUpMillis: number
  readonly reconcile: ReconcileOptions
}

const troubled = new Set(["MissingScope", "AppLacksDmPermission", "ClientNotEnrolled", "LooksAutomated"])

/** Whether the letter itself is refused; what ails the account or the network may pass, and says nothing of it. */
const isRefusal = (error: AnyError): boolean =>
  error._tag === "InvalidInput" || error._tag === "BadRequest" || error._tag === "NotFound" ||
  (error._tag === "Forbidden" && !troubled.has(error.reason))

const firstPause = 1_000
const longestPause = 5 * 60_000

/** What is to be done next for a letter: to send it, or to look whether it was sent at a time. */
type Step =
  | { readonly _tag: "Send" }
  /** `taken`: X has said that it has the message, though not as which event. */
  | { readonly _tag: "Look"; readonly since: number; readonly taken: boolean }

const send: Step = { _tag: "Send" }

type AnyError = SendError | ReadError

const trouble = (tag: "Refused" | "GivenUp", error: AnyError): Outcome => ({
  _tag: tag,
  error: error._tag,
  reason: error.message
})

/** The next step after one that failed without an outcome. */
const after = (step: Step, error: AnyError, since: number): Step => {
  if (step._tag === "Look") return step
  if (error._tag === "SendOutcomeUnknown") {
    return { _tag: "Look", since: DateTime.toEpochMillis(error.attempted.leftAt), taken: false }
  }
  return error._tag === "UnexpectedResponse" ? { _tag: "Look", since, taken: true } : send
}

/**
 * The function that brings a letter to its outcome.
 *
 * @since 0.1.0
 */
export const sender = ({ box, delivery, giveUpMillis, reconcile }: Means) => {
  const bring = (entry: Entry): Effect.Effect<Outcome> =>
    Effect.gen(function*() {
      const options = { ...reconcile, after: box.lastSent(entry.to) }
      let since = entry.state._tag === "Sending" ? entry.state.since : 0
      let step: Step = entry.state._tag === "Sending" ? { _tag: "Look", since, taken: false } : send
      let pause = firstPause
      for (;;) {
        let run: Effect.Effect<Created | undefined, AnyError>
        if (step._tag === "Look") {
          const leftAt = DateTime.unsafeMake(step.since)
          run = delivery.find({ to: entry.to, message: entry.message, leftAt }, options)
        } else {
          since = yield* delivery.serverTime
          // Kept before it leaves: whoever finds it so after a crash has to look for it.
          yield* box.move(entry, { _tag: "Sending", since })
          run = delivery.send(entry.to, entry.message, { reconcile: options })
        }
        const result: Either.Either<Created | undefined, AnyError> = yield* Effect.either(run)
        if (Either.isRight(result)) {
          if (result.right !== undefined) return { _tag: "Sent", ...result.right }
          if (step._tag === "Look" && step.taken) return unfound
          step = send
          continue
        }
        const error = result.left
        if (isRefusal(error)) return trouble(step._tag === "Send" ? "Refused" : "GivenUp", error)
        const now = yield* Clock.currentTimeMillis
        if (now + pause >= entry.putAt + giveUpMillis) return trouble("GivenUp", error)
        step = after(step, error, since)
        yield* Effect.sleep(pause)
        pause = Math.min(pause * 2, longestPause)
      }
    })

  return (entry: Entry): Effect.Effect<void> =>
    bring(entry).pipe(
      // A letter waits for its turn as long as it may be on its way.
      Effect.provideService(RateLimitPolicy, RateLimitPolicy.waitAtMost(Duration.millis(giveUpMillis))),
      Effect.flatMap((outcome) => box.move(entry, outcome)),
      Effect.asVoid
    )
}

const unfound: Outcome = {
  _tag: "GivenUp",
  error: "UnexpectedResponse",
  reason: "X said that it has the message, in an answer that could not be read, and does not show it."
}

/**
 * The lines of letters, one a recipient. `enlist` puts a letter at the end of
 * its line.
 *
 * @since 0.1.0
 */
export const open = (
  { concurrency, send }: { readonly send: (entry: Entry) => Effect.Effect<void>; readonly concurrency: number }
) =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    const permits = yield* Effect.makeSemaphore(concurrency)
    const lines = new Map<string, Array<Entry>>()

    const work = (name: string, line: Array<Entry>) =>
      Effect.gen(function*() {
        for (let entry = line[0]; entry !== undefined; entry = line[0]) {
          yield* permits.withPermits(1)(send(entry))
          line.shift()
        }
        lines.delete(name)
      })

    const enlist = (entry: Entry): Effect.Effect<void> =>
      Effect.suspend(() => {
        const name = nameOf(entry.to)
        const line = lines.get(name)
        if (line !== undefined) {
          line.push(entry)
          return Effect.void
        }
        const started = [entry]
        lines.set(name, started)
        return Effect.asVoid(Effect.forkIn(Effect.interruptible(work(name, started)), scope))
      })

    return { enlist }
  })
