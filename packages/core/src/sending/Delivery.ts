/**
 * Sends that end in certainty: a message whose outcome is not known is looked
 * for, and sent again if it is not there.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { isRecord } from "effect/Predicate"
import { CreateByConversationId } from "../endpoints/CreateByConversationId.js"
import { CreateByParticipantId } from "../endpoints/CreateByParticipantId.js"
import { CreateConversation } from "../endpoints/CreateConversation.js"
import type { Created } from "../endpoints/Created.js"
import type { GetEvents } from "../endpoints/GetEvents.js"
import type { GetEventsByConversationId } from "../endpoints/GetEventsByConversationId.js"
import type { GetEventsByParticipantId } from "../endpoints/GetEventsByParticipantId.js"
import type { GetMe } from "../endpoints/GetMe.js"
import type { Message } from "../model/Message.js"
import type { Recipient } from "../model/Recipient.js"
import type { Attempted, ReadError, SendError, SendOutcomeUnknown } from "../protocol/Errors.js"
import { XApi } from "../protocol/XApi.js"
import * as Ledger from "./Ledger.js"
import * as Reconciliation from "./Reconciliation.js"
import type { ReconcileOptions } from "./Reconciliation.js"
import * as Search from "./Search.js"

/**
 * How to send.
 *
 * @since 0.1.0
 */
export interface SendOptions {
  /** What to do when nobody can know the outcome: find out. Default: no, it is a `SendOutcomeUnknown`. */
  readonly reconcile?: boolean | ReconcileOptions | undefined
}

/** @since 0.1.0 */
export interface DeliveryService {
  readonly createByConversationId: (
    input: CreateByConversationId.Input,
    options?: SendOptions
  ) => Effect.Effect<Created, SendError>
  readonly createByParticipantId: (
    input: CreateByParticipantId.Input,
    options?: SendOptions
  ) => Effect.Effect<Created, SendError>
  readonly createConversation: (
    input: CreateConversation.Input,
    options?: SendOptions
  ) => Effect.Effect<Created, SendError>
  /**
   * Sends a message to a conversation, a user, or a new group of users, by
   * whichever endpoint it takes. Of a list, one user is written to alone, and 2
   * to 49 become a new group each time.
   *
   * At most once, unless `reconcile` is set, and then exactly once as far as X
   * lets anyone know.
   *
   * @example
   * ```ts
   * import { DirectMessages, UserId } from "@effect-xdm/core"
   * import { Effect } from "effect"
   *
   * const hello = Effect.flatMap(DirectMessages, (dm) =>
   *   dm.send({ user: UserId.make("2244994945") }, { text: "Hello" }, { reconcile: true }))
   * ```
   */
  readonly send: (to: Recipient, message: Message, options?: SendOptions) => Effect.Effect<Created, SendError>
  /**
   * Finds out what became of a send: looks for its message among the newest
   * events, and sends it again if it is not there.
   *
   * @example
   * ```ts
   * import { DirectMessages, UserId } from "@effect-xdm/core"
   * import { Effect } from "effect"
   *
   * const hello = Effect.flatMap(DirectMessages, (dm) =>
   *   dm.createByParticipantId({ participantId: UserId.make("2244994945"), text: "Hello" }).pipe(
   *     Effect.catchTag("SendOutcomeUnknown", (error) => dm.reconcile(error))
   *   ))
   * ```
   */
  readonly reconcile: (
    unknown: SendOutcomeUnknown,
    options?: ReconcileOptions
  ) => Effect.Effect<Created, SendError>
  /**
   * Looks for the message of an attempt, and sends nothing: for programs that
   * have kept what they were about to send, and have been ended meanwhile.
   */
  readonly find: (
    attempted: Attempted,
    options?: ReconcileOptions
  ) => Effect.Effect<Created | undefined, ReadError>
  /** X's time, as far as its answers have told it, in milliseconds since 1970: when an attempt leaves. */
  readonly serverTime: Effect.Effect<number>
}

/** What sends need to look for their messages. */
type Needs =
  | CreateByConversationId
  | CreateByParticipantId
  | CreateConversation
  | GetEvents
  | GetEventsByConversationId
  | GetEventsByParticipantId
  | GetMe
  | XApi

const make: Effect.Effect<DeliveryService, never, Needs> = Effect.gen(function*() {
  const byConversation = yield* CreateByConversationId
  const byParticipant = yield* CreateByParticipantId
  const newGroup = yield* CreateConversation
  const search = yield* Search.make
  const { serverTime, usage } = yield* XApi
  const ledger = Ledger.make()

  const once = (to: Recipient, message: Message): Effect.Effect<Created, SendError> => {
    const send = "conversation" in to
      ? byConversation({ ...message, conversationId: to.conversation })
      : "user" in to
      ? byParticipant({ ...message, participantId: to.user })
      : newGroup({ participantIds: to.users, message })
    return ledger.attempt(message, send)
  }

  const { find, reconcile } = Reconciliation.make({ search, ledger, send: once, onFound: usage.sent })

  /** A first attempt, reconciled if it is wanted. */
  const delivered = (
    sends: () => Omit<Attempted, "leftAt">,
    attempt: Effect.Effect<Created, SendError>,
    { reconcile: wanted = false }: SendOptions = {}
  ) => {
    const options = wanted === true ? {} : wanted
    if (options === false) return attempt
    return Effect.gen(function*() {
      // What is wrong with the options shows before anything is sent.
      yield* Reconciliation.checked(options)
      const leftAt = DateTime.unsafeMake(yield* serverTime)
      return yield* Effect.catchTags(attempt, {
        SendOutcomeUnknown: (unknown) => reconcile(unknown, options),
        // X says that it has the message, and not which one it is.
        UnexpectedResponse: (error) =>
          Effect.flatMap(
            Effect.option(find({ ...sends(), leftAt }, options)),
            (found) =>
              Option.isSome(found) && found.value !== undefined ? Effect.succeed(found.value) : Effect.fail(error)
          )
      })
    })
  }

  /** The send of an endpoint, which may be given anything by a program without types. */
  const recorded = <Input>(
    { sends }: { readonly sends: (input: Input) => Omit<Attempted, "leftAt"> },
    create: (input: Input) => Effect.Effect<Created, SendError>
  ) =>
  (input: Input, options?: SendOptions) => {
    const message = isRecord(input) && isRecord(input["message"]) ? input["message"] : input
    return delivered(() => sends(input), ledger.attempt(message, create(input)), options)
  }

  return {
    createByConversationId: recorded(CreateByConversationId.endpoint, byConversation),
    createByParticipantId: recorded(CreateByParticipantId.endpoint, byParticipant),
    createConversation: recorded(CreateConversation.endpoint, newGroup),
    send: (to, message, options) => {
      // A program without types may pass anything.
      if (!isRecord(to) || !("conversation" in to || "user" in to || "users" in to)) {
        return Effect.fail(
          Reconciliation.invalid("to", "must be { conversation }, { user } or { users }", JSON.stringify(to))
        )
      }
      const recipient = "users" in to && to.users.length === 1 ? { user: to.users[0]! } : to
      return delivered(() => ({ to: recipient, message }), once(recipient, message), options)
    },
    reconcile,
    serverTime,
    find
  }
})

/**
 * Safe sends over the endpoints.
 *
 * @since 0.1.0
 */
export class Delivery extends Context.Tag("@effect-xdm/core/Delivery")<Delivery, DeliveryService>() {
  static get layer(): Layer.Layer<Delivery, never, Needs> {
    return Layer.effect(Delivery, make)
  }
}
