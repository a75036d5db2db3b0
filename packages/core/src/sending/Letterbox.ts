/**
 * The letters of an outbox, in memory and in its store: what is known of each,
 * and who waits for it.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as ParseResult from "effect/ParseResult"
import * as PubSub from "effect/PubSub"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { EventId } from "../model/Ids.js"
import { Message } from "../model/Message.js"
import { Recipient } from "../model/Recipient.js"
import { InvalidInput } from "../protocol/Errors.js"
import { type Entry, isOutcome, type Letter, type Outcome, type Result, type State } from "./Letter.js"
import type { OutboxStoreFailed, OutboxStoreService } from "./OutboxStore.js"

/** @since 0.1.0 */
export interface Letterbox {
  /** Keeps a new letter; gives nothing if it is there already. */
  readonly put: (letter: Letter) => Effect.Effect<Entry | undefined, InvalidInput | OutboxStoreFailed>
  /** Keeps where a letter is. It does not go on before that is kept. */
  readonly move: (entry: Entry, state: State) => Effect.Effect<Entry>
  /** Letters without an outcome, in order. */
  readonly pending: () => ReadonlyArray<Entry>
  readonly entry: (key: string) => Entry | undefined
  /** Waits until a letter has its outcome. */
  readonly result: (key: string) => Effect.Effect<Result | undefined>
  readonly dead: () => ReadonlyArray<Letter & { readonly outcome: Outcome }>
  readonly revive: (key: string) => Effect.Effect<Entry | undefined, OutboxStoreFailed>
  readonly discard: (key: string) => Effect.Effect<boolean, OutboxStoreFailed>
  readonly empty: Effect.Effect<void>
  /** The newest message that this outbox has sent to a recipient. */
  readonly lastSent: (to: Recipient) => EventId | undefined
}

/** @since 0.1.0 */
export interface Means {
  readonly store: OutboxStoreService
  readonly keepSent: number
  readonly news: PubSub.PubSub<Result>
}

/**
 * A recipient as a name: letters to the same one are sent in order.
 *
 * @since 0.1.0
 */
export const nameOf = (to: Recipient): string =>
  "conversation" in to ? to.conversation : "user" in to ? `user ${to.user}` : `users ${to.users.join(" ")}`

const refuse = (parameter: string, rule: string, value: unknown) =>
  new InvalidInput({ method: "POST", route: "(a letter)", parameter, rule, value: String(value).slice(0, 100) })

const LetterSchema = Schema.typeSchema(
  Schema.Struct({ key: Schema.NonEmptyTrimmedString, to: Recipient, message: Message })
)
const validate = ParseResult.validateEither(LetterSchema, { onExcessProperty: "error" })

const checked = (letter: Letter) =>
  Effect.mapError(validate(letter), (issue) => {
    const [first] = ParseResult.ArrayFormatter.formatIssueSync(issue)
    return refuse(first?.path.join(".") || "the letter", first?.message ?? "is not as expected", "refused")
  })

const content = ({ message, to }: Letter): string => JSON.stringify([nameOf(to), message.text, message.attachments])

const resultOf = ({ key, to }: Entry, outcome: Outcome): Result => ({ key, to, outcome })

/** A store that is away for a while holds a letter up, and loses none. */
const again = Schedule.exponential("100 millis").pipe(Schedule.union(Schedule.spaced("1 minute")))

/** @since 0.1.0 */
export const open = ({ keepSent, news, store }: Means): Effect.Effect<Letterbox, OutboxStoreFailed> =>
  Effect.gen(function*() {
    const entries = new Map<string, Entry>()
    const lastSent = new Map<string, EventId>()
    /** Sent letters, oldest first. */
    const sent: Array<Entry> = []
    const waiters = new Map<string, Deferred.Deferred<Result | undefined>>()
    const emptied: Array<Deferred.Deferred<void>> = []
    let open = 0
    let next = 0
    const inOrder = yield* Effect.makeSemaphore(1)

    const note = (entry: Entry): void => {
      const before = entries.get(entry.key)
      if (before === undefined || isOutcome(before.state)) open++
      if (isOutcome(entry.state)) open--
      entries.set(entry.key, entry)
      if (entry.state._tag === "Sent") {
        sent.push(entry)
        lastSent.set(nameOf(entry.to), entry.state.dmEventId)
      }
    }

    for (const entry of yield* store.load) {
      note(entry)
      next = Math.max(next, entry.sequence + 1)
    }

    /** Forgets the oldest of those that were sent, beyond as many as are kept. */
    const forget = Effect.suspend(() => {
      const oldest = sent.length > keepSent ? sent.shift() : undefined
      if (oldest === undefined) return Effect.void
      if (entries.get(oldest.key)?.sequence === oldest.sequence) entries.delete(oldest.key)
      return store.remove(oldest.sequence)
    })

    const tell = (result: Result) =>
      Effect.gen(function*() {
        const waiter = waiters.get(result.key)
        waiters.delete(result.key)
        if (waiter !== undefined) yield* Deferred.succeed(waiter, result)
        yield* PubSub.publish(news, result)
        if (open === 0) yield* Effect.forEach(emptied.splice(0), (each) => Deferred.succeed(each, void 0))
      })

    const add = (letter: Letter) =>
      Effect.gen(function*() {
        const { key, message, to } = letter
        const entry: Entry = {
          sequence: next,
          key,
          to,
          message,
          putAt: yield* Clock.currentTimeMillis,
          state: { _tag: "Waiting" }
        }
        yield* store.save(entry)
        next++
        note(entry)
        return entry
      })

    const put: Letterbox["put"] = (letter) =>
      Effect.zipRight(
        checked(letter),
        Effect.gen(function*() {
          const known = entries.get(letter.key)
          if (known === undefined) return yield* add(letter)
          if (content(known) === content(letter)) return undefined
          return yield* refuse("key", "names another letter already; give each letter a key of its own", letter.key)
        })
      ).pipe(inOrder.withPermits(1), Effect.uninterruptible)

    const deadOf = (key: string) => {
      const entry = entries.get(key)
      return entry?.state._tag === "Refused" || entry?.state._tag === "GivenUp" ? entry : undefined
    }

    const take = (key: string) =>
      Effect.suspend(() => {
        const entry = deadOf(key)
        if (entry === undefined) return Effect.succeed(undefined)
        return Effect.map(store.remove(entry.sequence), () => {
          entries.delete(key)
          return entry
        })
      })

    return {
      put,
      move: (entry, state) => {
        const moved = { ...entry, state }
        return Effect.tapError(store.save(moved), (error) => Effect.logWarning(error.message)).pipe(
          Effect.retry(again),
          Effect.orDie, // the schedule never ends
          Effect.tap(() => Effect.sync(() => note(moved))),
          Effect.tap(() =>
            isOutcome(state)
              ? Effect.zipRight(tell(resultOf(entry, state)), Effect.ignoreLogged(inOrder.withPermits(1)(forget)))
              : Effect.void
          ),
          Effect.as(moved),
          Effect.uninterruptible
        )
      },
      pending: () =>
        [...entries.values()].filter(({ state }) => !isOutcome(state)).toSorted((a, b) => a.sequence - b.sequence),
      entry: (key) => entries.get(key),
      result: (key) =>
        Effect.suspend(() => {
          const entry = entries.get(key)
          if (entry === undefined) return Effect.succeed(undefined)
          if (isOutcome(entry.state)) return Effect.succeed(resultOf(entry, entry.state))
          const waiter = waiters.get(key) ?? Deferred.unsafeMake<Result | undefined>(FiberId.none)
          waiters.set(key, waiter)
          return Deferred.await(waiter)
        }),
      dead: () =>
        [...entries.values()].flatMap(({ key, message, state, to }) =>
          state._tag === "Refused" || state._tag === "GivenUp" ? [{ key, to, message, outcome: state }] : []
        ),
      revive: (key) =>
        inOrder.withPermits(1)(Effect.suspend(() => {
          const entry = deadOf(key)
          if (entry === undefined) return Effect.succeed(undefined)
          // The new one is there before the old one goes.
          return Effect.zipLeft(add(entry), store.remove(entry.sequence))
        })).pipe(Effect.uninterruptible),
      discard: (key) =>
        Effect.map(inOrder.withPermits(1)(take(key)), (entry) => entry !== undefined).pipe(Effect.uninterruptible),
      empty: Effect.suspend(() => {
        if (open === 0) return Effect.void
        const waiter = Deferred.unsafeMake<void>(FiberId.none)
        emptied.push(waiter)
        return Deferred.await(waiter)
      }),
      lastSent: (to) => lastSent.get(nameOf(to))
    }
  })
