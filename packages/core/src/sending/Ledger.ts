/**
 * Which events are whose: so that of two sends of the same message each has a
 * message of its own.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { isRecord } from "effect/Predicate"
import type { EventId } from "../model/Ids.js"
import { Recent } from "../protocol/Recent.js"

/** How many events to remember; a message is looked for within minutes of its send. */
const most = 10_000

/** The messages that are not checked yet may be anything; they are not sent then. */
const fingerprint = (message: unknown): string => {
  const { attachments, text } = isRecord(message) ? message : {}
  const [first] = Array.isArray(attachments) ? attachments : []
  return JSON.stringify([String(text), isRecord(first) ? String(first["mediaId"]) : ""])
}

/** @since 0.1.0 */
export interface Ledger {
  /** Says that an event belongs to a send; whether it was still to be had. */
  readonly claim: (id: EventId) => boolean
  readonly isClaimed: (id: EventId) => boolean
  /** An attempt to send, seen by {@link Ledger.othersEnd}. The event that it gives is its own. */
  readonly attempt: <A extends { readonly dmEventId: EventId }, E, R>(
    message: unknown,
    send: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E, R>
  /** Waits for the attempts at the same message that are under way now: an event may prove to be theirs. */
  readonly othersEnd: (message: unknown) => Effect.Effect<void>
}

/** An attempt that is under way, and those who wait for its end. */
interface Attempt {
  readonly message: unknown
  waiting: Set<() => void> | undefined
}

/** @since 0.1.0 */
export const make = (): Ledger => {
  const claimed = new Recent(most)
  const underWay = new Set<Attempt>()

  const end = (attempt: Attempt): void => {
    underWay.delete(attempt)
    for (const tell of attempt.waiting ?? []) tell()
  }
  const endOf = (attempt: Attempt) =>
    Effect.async<void>((resume) => {
      if (!underWay.has(attempt)) return resume(Effect.void)
      const tell = () => resume(Effect.void)
      const waiting = attempt.waiting ??= new Set()
      waiting.add(tell)
      return Effect.sync(() => waiting.delete(tell))
    })

  return {
    claim: (id) => claimed.add(id),
    isClaimed: (id) => claimed.has(id),
    attempt: (message, send) =>
      Effect.uninterruptibleMask((restore) => {
        const attempt: Attempt = { message, waiting: undefined }
        underWay.add(attempt)
        return Effect.matchCauseEffect(restore(send), {
          onFailure: (cause) => {
            end(attempt)
            return Effect.failCause(cause)
          },
          onSuccess: (created) => {
            claimed.add(created.dmEventId)
            end(attempt)
            return Effect.succeed(created)
          }
        })
      }),
    othersEnd: (message) =>
      Effect.suspend(() => {
        const wanted = fingerprint(message)
        const same = [...underWay].filter((attempt) => fingerprint(attempt.message) === wanted)
        return Effect.forEach(same, endOf, { discard: true })
      })
  }
}
