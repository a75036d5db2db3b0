/**
 * When to connect again: at once after a connection that has proved itself,
 * and then with pauses that grow, by the kind of failure.
 *
 * Source: X's guide to consuming streaming data.
 *
 * @since 0.1.0
 */
import type { Reason } from "./ActivityHealth.js"

type Kind = "network" | "http" | "limit"

const kindOf = ({ _tag }: Reason): Kind => {
  switch (_tag) {
    case "Closed":
    case "ServerFailure":
    case "UnexpectedResponse":
      return "http"
    case "RateLimited":
      return "limit"
    default:
      return "network"
  }
}

/** The pause after the nth failure of a kind in a row, in milliseconds. */
const pauses: { readonly [K in Kind]: (n: number) => number } = {
  network: (n) => Math.min(16_000, 250 * (n - 1)),
  http: (n) => Math.min(320_000, 5_000 * 2 ** (n - 1)),
  limit: (n) => Math.min(15 * 60_000, 60_000 * 2 ** (n - 1))
}

/** How long a connection must live to count as a success, in milliseconds. */
const proof = 15_000

/** How long X itself asks to wait, in milliseconds. */
const asked = (reason: Reason, now: number): number =>
  reason._tag === "ServerFailure"
    ? reason.retryAfterMillis ?? 0
    : reason._tag === "RateLimited" && reason.resetsAt !== undefined
    ? reason.resetsAt.epochMillis - now
    : 0

/**
 * The pauses of one stream.
 *
 * @since 0.1.0
 */
export class Reconnecting {
  private connectedAt = 0
  private counts: { [K in Kind]: number } = { network: 0, http: 0, limit: 0 }

  /** How many attempts have failed since the last success. */
  get failures(): number {
    return this.counts.network + this.counts.http + this.counts.limit
  }

  /** Something new came: the next failure is the first. */
  succeeded(): void {
    this.counts = { network: 0, http: 0, limit: 0 }
  }

  connected(now: number): void {
    this.connectedAt = now
  }

  /** The connection lives: if it has for a while, that is a success though nothing was new. */
  lives(now: number): void {
    if (now - this.connectedAt >= proof) this.succeeded()
  }

  /** Gives the pause before the next attempt, in milliseconds. */
  failed(reason: Reason, now: number): number {
    if (reason._tag === "SlowConsumer") return 0
    const kind = kindOf(reason)
    return Math.max(pauses[kind](++this.counts[kind]), asked(reason, now))
  }
}
