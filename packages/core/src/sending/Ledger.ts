/**
 * Which events are whose: so that of two sends of the same message each has a
 * message of its own.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { isRecord } from "effect/Predicate"
import type { EventId } from "../model/Ids.js"

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

/** @since 0.1.0 */
export const make = (): Ledger => {
  const claimed = new Set<EventId>()
  const underWay = new Map<string, Set<Deferred.Deferred<void>>>()

  const claim = (id: EventId): boolean => {
    if (claimed.has(id)) return false
    claimed.add(id)
    if (claimed.size > most) {
      for (const oldest of claimed) {
        claimed.delete(oldest)
        break
      }
    }
    return true
  }

  return {
    claim,
    isClaimed: (id) => claimed.has(id),
    attempt: (message, send) =>
      Effect.flatMap(Deferred.make<void>(), (ended) => {
        const key = fingerprint(message)
        const same = underWay.get(key) ?? new Set()
        underWay.set(key, same.add(ended))
        return Effect.tap(send, ({ dmEventId }) => Effect.sync(() => claim(dmEventId))).pipe(
          Effect.ensuring(Effect.suspend(() => {
            same.delete(ended)
            if (same.size === 0) underWay.delete(key)
            return Deferred.succeed(ended, void 0)
          }))
        )
      }),
    othersEnd: (message) =>
      Effect.suspend(() =>
        Effect.forEach([...underWay.get(fingerprint(message)) ?? []], Deferred.await, { discard: true })
      )
  }
}
