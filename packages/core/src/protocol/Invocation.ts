/**
 * A call from its request to its end: in its turn, with credentials that are
 * good, repeated where that does no harm.
 *
 * @since 0.1.0
 */
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { constTrue } from "effect/Function"
import * as Option from "effect/Option"
import type { AttemptError, Observer } from "./Attempt.js"
import type { CredentialsService } from "./Credentials.js"
import type * as Endpoint from "./Endpoint.js"
import * as Errors from "./Errors.js"
import * as Immediate from "./Immediate.js"
import * as Now from "./Now.js"
import * as RateLimitPolicy from "./RateLimitPolicy.js"
import * as Retries from "./Retries.js"
import { toSendError } from "./Sends.js"
import type { Turns } from "./Turns.js"
import type { UsageService } from "./Usage.js"

/**
 * What calls of an endpoint are made with.
 *
 * @since 0.1.0
 */
export interface Means {
  readonly credentials: CredentialsService
  readonly turns: Turns
  readonly usage: UsageService
  readonly budget: Retries.Budget
  readonly pauses: Retries.Pauses
  /** How far X's clock is ahead of ours, in milliseconds. */
  readonly clockOffset: () => number
}

/**
 * One attempt, which tells of what comes.
 *
 * @since 0.1.0
 */
export type Attempt<Success> = (observer: Observer) => Effect.Effect<Success, AttemptError>

type AnyError = Errors.ReadError

/** A call, unless the token is known to lack a scope. */
const inScope = <A, E>(
  { method, route, scopes }: Errors.Call & { readonly scopes: ReadonlyArray<string> },
  { scopes: known }: CredentialsService,
  call: Effect.Effect<A, E>
): Effect.Effect<A, E | Errors.CredentialsError | Errors.MissingScope> =>
  Immediate.flatMap(known, (granted): Effect.Effect<A, E | Errors.MissingScope> => {
    if (Option.isNone(granted)) return call
    const missing = scopes.filter((scope) => !granted.value.includes(scope))
    return missing.length === 0
      ? call
      : Effect.fail(new Errors.MissingScope({ method, route, missing, granted: granted.value }))
  })

/** Whether X may have seen, and counted, a request that ended so without an answer. */
const wasSent = (error: AnyError): boolean =>
  !Retries.isUnsent(error) && error._tag !== "NeedsLogin" && error._tag !== "RefreshFailed" &&
  error._tag !== "TokenStoreFailed"

/** A refusal that time undoes: those of a month's cap are told at once. */
const isWorthWaiting = ({ status, window }: Errors.RateLimited): boolean =>
  status !== undefined && window !== "usage cap"

/** The refusal by X, with the time for which there was no waiting. */
const refusedUntil = (refused: Errors.RateLimited, { resetsAt = refused.resetsAt }: Errors.RateLimited) => {
  const { bucket, limit, method, problem, remaining, route, status, transactionId, window } = refused
  return new Errors.RateLimited({
    bucket,
    limit,
    method,
    problem,
    remaining,
    route,
    status,
    transactionId,
    window,
    resetsAt
  })
}

/** An attempt in its turn; made anew with other credentials after a 401, and in another turn after a 429. */
const inTurn = <Success>(
  call: Errors.Call,
  { credentials, turns, usage }: Means,
  waitMillis: number,
  attempt: Attempt<Success>,
  onLeave: (at: number) => void
): Effect.Effect<Success, AnyError> =>
  Now.at((now) => {
    const ticket = turns.nextTicket()
    const deadline = waitMillis === 0 ? 0 : now + waitMillis
    let signed: HttpClientRequest.HttpClientRequest | undefined
    const onSigned: Observer["onSigned"] = (request) =>
      Now.at((leftAt) => {
        signed = request
        onLeave(leftAt)
        return usage.requested
      })
    const once = turns.inTurn<Success, AnyError, never>(
      call,
      ticket,
      deadline,
      ({ onAnswer, restore }) => attempt({ onAnswer, onSigned, restore }),
      wasSent
    )
    const attempted = (mayRenew: boolean): Effect.Effect<Success, AnyError> =>
      Effect.catchIf(once, (error) => error._tag === "Unauthorized" || error._tag === "RateLimited", (error) => {
        if (error._tag === "Unauthorized") {
          return signed === undefined || !mayRenew
            ? Effect.fail(error)
            : Effect.flatMap(credentials.renew(signed), (others) => others ? attempted(false) : Effect.fail(error))
        }
        return deadline === 0 || !isWorthWaiting(error)
          ? Effect.fail(error)
          : Effect.catchTag(attempted(true), "RateLimited", (last) =>
            Effect.fail(last.status === undefined ? refusedUntil(error, last) : last))
      })
    return attempted(true)
  })

/** If an attempt failed after X may have done the removal, a repeat that finds nothing to remove has its wish. */
const removal = <Success>(attempt: Effect.Effect<Success, AnyError>, done: Success) => {
  let perhapsDone = false
  const noticed = Effect.tapError(attempt, (error) =>
    Effect.sync(() => {
      perhapsDone ||= Retries.isTransient(error) && !Retries.isUnsent(error)
    }))
  return {
    noticed,
    orDone: (call: Effect.Effect<Success, AnyError>) =>
      Effect.catchTag(call, "NotFound", (error) => perhapsDone ? Effect.succeed(done) : Effect.fail(error))
  }
}

/**
 * The function that makes the calls of an endpoint.
 *
 * @since 0.1.0
 */
export const make = <Input, Success, K extends Endpoint.Kind>(
  endpoint: Endpoint.Endpoint<Input, Success, K>,
  means: Means
) => {
  const { empty, kind, reads } = endpoint
  const { budget, clockOffset, credentials, pauses, usage } = means
  // K decides whether there is one, as Endpoint says.
  const { sends } = endpoint as { readonly sends?: (input: Input) => Omit<Errors.Attempted, "leftAt"> }
  const bill = sends !== undefined
    ? () => usage.sent
    : reads === undefined
    ? undefined
    : (success: Success) => usage.read(reads(success))

  return (input: Input, attempt: Attempt<Success>): Effect.Effect<Success, Endpoint.ErrorOf<K>> =>
    Effect.withFiberRuntime<Success, AnyError | Errors.SendError>((fiber) => {
      const policy = Context.get(fiber.currentContext, RateLimitPolicy.RateLimitPolicy)
      const waitMillis = RateLimitPolicy.toMillis(policy, endpoint)
      if (waitMillis._tag === "Left") return Effect.fail(waitMillis.left)
      let leftAt = 0
      const once = inTurn(endpoint, means, waitMillis.right, attempt, (at) => {
        leftAt = at
      })
      const billed = Effect.flatMap(once, (success) => {
        budget.succeeded()
        return bill === undefined ? Effect.succeed(success) : Effect.as(bill(success), success)
      })
      const repeated = (): Effect.Effect<Success, AnyError | Errors.SendError> => {
        if (sends !== undefined) {
          // `mapError` would cost a success a step of its own.
          return Effect.catchIf(
            Retries.repeated(billed, Retries.isUnsent, pauses, budget),
            constTrue,
            (error) => Effect.fail(toSendError(() => sends(input), leftAt + clockOffset())(error))
          )
        }
        if (kind !== "remove" || empty === undefined) {
          return Retries.repeated(billed, Retries.isTransient, pauses, budget)
        }
        const { noticed, orDone } = removal(billed, empty)
        return orDone(Retries.repeated(noticed, Retries.isTransient, pauses, budget))
      }
      return inScope(endpoint, credentials, repeated())
    }) as Effect.Effect<Success, Endpoint.ErrorOf<K>> // K decides between the two unions: ErrorOf says how.
}
