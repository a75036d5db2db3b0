/** The desk itself: agents take tickets, and answer them once. */
import { type ConversationId, DirectMessages, Outbox, RateLimitPolicy, type UserId } from "@effect-xdm/core"
import { Archive } from "@effect-xdm/node/Archive"
import { Chunk, Console, Effect, Metric, Option, Stream } from "effect"
import { Accounts } from "./Accounts.js"
import { Agents } from "./Agents.js"
import { answerTo, customersIn, isAnswered, mail } from "./Mail.js"
import { Settings } from "./Settings.js"
import { type Ticket, Tickets } from "./Tickets.js"

const answers = Metric.counter("desk_answers", { description: "Answers that agents gave", incremental: true })

/** What the customer wrote since our last message before it, newest first. */
const unread = (conversation: ConversationId, us: UserId) =>
  Effect.flatMap(Archive, (archive) =>
    archive.events({ conversation, types: ["MessageCreate"] }).pipe(
      Stream.filterMap(({ event }) => event._tag === "MessageCreate" ? Option.some(event) : Option.none()),
      Stream.dropWhile(({ senderId }) => senderId === us),
      Stream.takeWhile(({ senderId }) => senderId !== us),
      Stream.runCollect
    ))

/**
 * What is pushed names nobody. Of someone new, the conversation is read once:
 * that brings the name, and what was said before. It is not worth a wait.
 */
const getToKnow = (conversation: ConversationId, customer: UserId) =>
  Effect.gen(function*() {
    const archive = yield* Archive
    if (Option.isSome(yield* archive.user(customer))) return
    const dm = yield* DirectMessages
    yield* archive.add(dm.events.hydrated.conversation(conversation, { limit: 10 })).pipe(
      Effect.provideService(RateLimitPolicy, RateLimitPolicy.fail),
      Effect.catchTag("ListingStopped", ({ message }) => Effect.logDebug(message))
    )
  })

const serve = (agent: string) => ({ account, conversation, us }: Ticket) =>
  Effect.gen(function*() {
    const messages = yield* unread(conversation, us)
    const newest = Option.getOrUndefined(Chunk.head(messages))
    if (newest?.senderId === undefined || (yield* isAnswered(newest.id))) return
    yield* getToKnow(conversation, newest.senderId)
    const customer = yield* customersIn(conversation, us)
    const texts = Chunk.toReadonlyArray(messages).map(({ text }) => text ?? "(an attachment)").toReversed()
    yield* Console.log(`@${account}: ${agent} reads ${customer}: ${texts.join(" / ")}`)

    const agents = yield* Agents
    const text = Option.getOrUndefined(yield* agents.answer(agent, { account, customer, texts }))
    if (text === undefined) return yield* Console.log(`@${account}: ${customer} needs no answer`)
    const outbox = yield* Outbox
    // It is kept when this returns, and sent by and by: the agent goes on to the next ticket.
    yield* outbox.put({ key: answerTo(newest.id), to: { conversation }, message: { text } })
    yield* Metric.increment(Metric.tagged(answers, "account", account))
    yield* Console.log(`@${account}: ${agent} answers ${customer}: ${text}`)
  }).pipe(
    Effect.withSpan("ticket", { attributes: { account }, captureStackTrace: false }),
    Effect.provide(Accounts.get(account))
  )

/** The mail of all accounts in one queue, and every agent at it. It has no end. */
export const desk = Effect.gen(function*() {
  const { accounts } = yield* Settings
  const agents = yield* Agents
  const tickets = yield* Tickets
  const mailOfAll = Stream.mergeAll(accounts.map(mail), { concurrency: "unbounded" })
  yield* Effect.all(
    [Stream.runForEach(mailOfAll, tickets.add), ...agents.names.map((name) => tickets.serveAll(serve(name)))],
    { concurrency: "unbounded", discard: true }
  )
})
