/** Who waits, and who has whom in hand. */
import type { ConversationId, UserId } from "@effect-xdm/core"
import { Effect, Queue } from "effect"

/** A conversation in which a customer waits for an answer. What was said in it is in the archive. */
export interface Ticket {
  /** The name of the account that was written to, and its user's id. */
  readonly account: string
  readonly us: UserId
  readonly conversation: ConversationId
}

type Standing = "waiting" | "in hand" | "written to again"

/**
 * The one queue of all accounts. A conversation is in it once, however much is
 * written in it, and with one agent at a time.
 *
 * It is in memory alone: after a restart it is filled from the archives.
 */
export class Tickets extends Effect.Service<Tickets>()("desk/Tickets", {
  effect: Effect.gen(function*() {
    const queue = yield* Queue.unbounded<Ticket>()
    const open = new Map<string, Standing>()
    const nameOf = ({ account, conversation }: Ticket) => `${account} ${conversation}`

    /** A customer has written. What somebody has in hand comes again once that is done. */
    const add = (ticket: Ticket) =>
      Effect.suspend(() => {
        const standing = open.get(nameOf(ticket))
        open.set(nameOf(ticket), standing === undefined || standing === "waiting" ? "waiting" : "written to again")
        return standing === undefined ? Queue.offer(queue, ticket) : Effect.void
      })

    /** Serves one ticket after the other, for ever. */
    const serveAll = <E, R>(serve: (ticket: Ticket) => Effect.Effect<void, E, R>): Effect.Effect<never, E, R> =>
      Effect.gen(function*() {
        const ticket = yield* Queue.take(queue)
        open.set(nameOf(ticket), "in hand")
        yield* serve(ticket)
        const isOver = open.get(nameOf(ticket)) === "in hand"
        open.delete(nameOf(ticket))
        if (!isOver) yield* add(ticket)
      }).pipe(Effect.forever)

    return { add, serveAll } as const
  })
}) {}
