/** From what customers write to tickets, so that a restart at any moment loses none. */
import {
  type ConversationId,
  DirectMessages,
  type DmEvent,
  type EventId,
  type LiveHealth,
  Outbox,
  PushSource,
  Registration,
  type Result,
  type UserId
} from "@effect-xdm/core"
import { Archive } from "@effect-xdm/node/Archive"
import { Console, Data, Effect, Option, Schedule, Stream } from "effect"
import { Accounts } from "./Accounts.js"
import type { Ticket } from "./Tickets.js"

/** The mail of an account has stopped. That of the others goes on. */
export class AccountStopped extends Data.TaggedError("AccountStopped")<{
  readonly account: string
  readonly reason: { readonly message: string }
}> {
  override get message(): string {
    return `@${this.account} has stopped: ${this.reason.message}`
  }
}

/** The key of the answer to a message. Whoever comes to the message again makes the same letter, and no second one. */
export const answerTo = (message: EventId): string => `answer-${message}`

/** Whether an answer is on record; one that is on its way is waited for. */
export const isAnswered = (message: EventId) =>
  Effect.flatMap(Outbox, (outbox) => Effect.map(outbox.result(answerTo(message)), (result) => result !== undefined))

/** Those in a conversation beside the account itself, by the names that the archive knows. */
export const customersIn = (conversation: ConversationId, us: UserId) =>
  Effect.gen(function*() {
    const archive = yield* Archive
    const others = (yield* archive.participants(conversation)).filter(({ id }) => id !== us)
    return others.map(({ id, user }) => Option.match(user, { onNone: () => id, onSome: (it) => `@${it.username}` }))
      .join(", ")
  })

/** A ticket for what a customer wrote; none for what we wrote. */
const ticketFor = (account: string, us: UserId) => (event: DmEvent.DmEvent): Option.Option<Ticket> =>
  event._tag === "MessageCreate" && event.senderId !== us && event.dmConversationId !== undefined
    ? Option.some({ account, us, conversation: event.dmConversationId })
    : Option.none()

/**
 * What came before a restart and was not answered. The newest message of a
 * customer decides, and not the newest of all: an answer that was on its way
 * may be newer, though whoever wrote it had not read this one.
 */
const left = (account: string, us: UserId) =>
  Stream.unwrap(Effect.map(Archive, (archive) => {
    const seen = new Set<ConversationId>()
    // X lets an account send 1,440 messages a day: so far back the outbox knows all answers by their keys.
    return archive.events({ since: "6 days", types: ["MessageCreate"] }).pipe(
      Stream.filterMap(({ event }) =>
        Option.map(ticketFor(account, us)(event), (ticket) => ({ message: event.id, ticket }))
      ),
      Stream.filter(({ ticket }) => seen.size < seen.add(ticket.conversation).size),
      // Side by side: one whose answer is on its way holds up no other.
      Stream.mapEffect(
        ({ message, ticket }) => Effect.map(isAnswered(message), (answered) => answered ? [] : [ticket]),
        { concurrency: "unbounded", unordered: true }
      ),
      Stream.flattenIterables
    )
  }))

/** Says what became of a letter. */
const report = (account: string, us: UserId) => ({ key, outcome }: Result) =>
  outcome._tag === "Sent"
    ? Effect.flatMap(customersIn(outcome.dmConversationId, us), (customers) =>
      Console.log(`@${account}: the answer to ${customers} is sent`))
    // It stays in `outbox.dead`, for a person to look at.
    : Console.error(`@${account}: ${key} is not sent: ${outcome.reason}`)

/** What a person wants to hear of how an account is. */
const tell = (account: string) => (health: LiveHealth): Effect.Effect<void> => {
  switch (health._tag) {
    case "Connected":
      return Console.log(`@${account} is open`)
    case "Failed":
      return Console.error(`@${account}: ${health.reason.message}`)
    case "Missed":
      return Console.error(`@${account}: what came after ${health.gap.after} is gone: ${health.gap.reason}`)
    // While nothing is pushed, it reads as often as X allows.
    case "Disconnected":
    case "Ended":
    case "Looked":
      return Effect.void
  }
}

const open = (account: string) =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const dm = yield* DirectMessages
    const archive = yield* Archive
    const outbox = yield* Outbox
    const { register } = yield* Registration
    // On the way out, what is on its way has a moment to arrive; what does not is looked for by the next run.
    yield* Effect.addFinalizer(() => outbox.empty.pipe(Effect.interruptible, Effect.timeoutOption("3 seconds")))
    const me = yield* dm.getMe()
    yield* Effect.forkScoped(Effect.ignoreLogged(Stream.runForEach(outbox.results, report(account, me.id))))
    yield* register({ userId: me.id })
    const live = dm.events.live({
      sources: [yield* PushSource.activity({ account: me.id })],
      checkpoint: `desk-${account}`,
      onHealth: tell(account)
    }).pipe(
      // Here, and not behind the queue: what is kept may count as dealt with, for a restart finds it in the archive.
      Stream.tap((event) => archive.add(Stream.make(event))),
      Stream.filterMap(ticketFor(account, me.id))
    )
    return Stream.merge(left(account, me.id), live)
  }))

/**
 * The tickets of an account, as its customers write: first those that were
 * left, then what comes, for ever. Everything is in the archive before its
 * ticket is given. What stops it, such as a log-in that was taken back, is said,
 * and a minute later it is tried again from where it stopped.
 */
export const mail = (account: string) =>
  open(account).pipe(
    Stream.provideSomeLayer(Accounts.get(account)),
    Stream.mapError((reason) => new AccountStopped({ account, reason })),
    Stream.tapError(({ message }) => Console.error(message)),
    Stream.retry(Schedule.spaced("1 minute"))
  )
