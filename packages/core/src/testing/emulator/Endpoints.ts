/** What each route does: from a checked request to the JSON of a success, or to a refusal. */
import * as Either from "effect/Either"
import type { Dialect } from "../../model/Dialect.js"
import * as Ids from "../../model/Ids.js"
import type { JsonObject } from "../../model/Json.js"
import * as Bodies from "./Bodies.js"
import * as Listing from "./Listing.js"
import { mediaEndpoints } from "./MediaEndpoints.js"
import * as Problems from "./Problems.js"
import * as Queries from "./Queries.js"
import * as Rendering from "./Rendering.js"
import type { ApiRoute } from "./Routes.js"
import type { Store } from "./Store.js"
import type { Request } from "./Wire.js"

/** A call by a known user, with all that answering it needs. */
export interface Call {
  readonly request: Request
  readonly parameters: { readonly [name: string]: string }
  readonly user: string
  readonly now: number
  readonly store: Store
  readonly dialect: Dialect
  readonly paging: Listing.Paging
  readonly quirks: Listing.Quirks
  /** The fields of the body, if it is a form. */
  readonly form: Bodies.Form | undefined
}

interface Success {
  readonly status: 200 | 201
  readonly json: JsonObject
}

/** A file, in place of JSON. */
interface File {
  readonly status: 200
  readonly bytes: Uint8Array
}

export type Outcome = Either.Either<Success | File, Problems.Refusal>

const numeric = /^[0-9]{1,19}$/
const conversationPattern = /^([0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19})$/

const ok = (json: JsonObject): Success => ({ status: 200, json })

const idIn = ({ parameters }: Call, name: string, pattern: RegExp) =>
  Queries.pathId(name, parameters[name] ?? "", pattern)

// A participant's id was checked against X's pattern, which is all that the brand says.
const oneToOne = (a: string, b: string): string => Ids.oneToOne(a as Ids.UserId, b as Ids.UserId)

/** X takes the two users of a conversation in either order. */
const inOrder = (conversation: string): string => {
  const [a, b] = conversation.split("-")
  return a === undefined || b === undefined ? conversation : oneToOne(a, b)
}

const conversationIn = (call: Call, name: string) => Either.map(idIn(call, name, conversationPattern), inOrder)

/** The other user of a one-to-one conversation. */
const participantIn = (call: Call) =>
  Either.flatMap(idIn(call, "participant_id", numeric), (id) =>
    call.store.users.has(id)
      ? Either.right(id)
      : Either.left(Problems.notFound("user", "participant_id", id)))

const list = (call: Call, conversation?: string): Outcome =>
  Either.map(Queries.ofListing(call.request.query, call.dialect, conversation ?? "inbox"), ({ page, selection }) => {
    const { dialect, now, store, user } = call
    const { events, nextToken, previousToken } = Listing.page(
      store.visible(user, now, conversation),
      page,
      conversation ?? "inbox",
      call.paging,
      call.quirks
    )
    return ok({
      ...(events.length === 0
        ? undefined
        : { data: events.map((event) => Rendering.event(event, selection, dialect)) }),
      ...Rendering.withEvents(events, selection, dialect, store),
      meta: {
        result_count: events.length,
        ...(nextToken === undefined ? undefined : { next_token: nextToken }),
        ...(previousToken === undefined ? undefined : { previous_token: previousToken })
      }
    })
  })

const visibleEvent = (call: Call) =>
  Either.flatMap(idIn(call, "event_id", numeric), (id) => {
    const event = call.store.visible(call.user, call.now).find((each) => each.id === id)
    return event === undefined ? Either.left(Problems.notFound("dm_event", "event_id", id)) : Either.right(event)
  })

const mediaKeyOf = ({ now, store, user }: Call) => (mediaId: string): string | undefined =>
  store.attachable(mediaId, user, now)

const send = ({ now, store, user }: Call, conversation: string, { mediaKey, text }: Bodies.Message): Success => {
  const { id } = store.happen({
    from: user,
    in: conversation,
    ...(text === undefined ? undefined : { text }),
    ...(mediaKey === undefined ? undefined : { media: [mediaKey] })
  }, now)
  return { status: 201, json: { data: { dm_conversation_id: conversation, dm_event_id: id } } }
}

/** Refuses a conversation that does not exist, or that the user is not in. */
const checkMember = ({ store, user }: Call, parameter: string, conversation: string, mayHaveLeft: boolean) => {
  if (!store.exists(conversation)) return Either.left(Problems.notFound("dm_conversation", parameter, conversation))
  const membership = store.membership(conversation, user)
  return membership === "member" || (membership === "left" && mayHaveLeft)
    ? Either.void
    : Either.left(Problems.notAuthorized("dm_conversation", parameter, conversation, "You are not a participant."))
}

/** Refuses to write to one who has blocked the user. */
const checkBlocked = ({ store, user }: Call, conversation: string) =>
  store.blockerOf(user, conversation) === undefined ? Either.void : Either.left(Problems.blocked)

const aboutUser = ({ dialect, request, store }: Call, id: string | undefined, parameter: string, value: string) => {
  const user = store.users.get(id ?? "")
  return user === undefined
    ? Either.left(Problems.notFound("user", parameter, value))
    : Either.map(
      Queries.ofUser(request.query, dialect),
      (selection) => ok(Rendering.aboutUser(user, selection, dialect, store))
    )
}

export const endpoints: { readonly [R in ApiRoute]: (call: Call) => Outcome } = {
  ...mediaEndpoints,

  "GET /2/dm_events": (call) => list(call),

  "GET /2/dm_conversations/{id}/dm_events": (call) =>
    Either.gen(function*() {
      const conversation = yield* conversationIn(call, "id")
      yield* checkMember(call, "id", conversation, true)
      return yield* list(call, conversation)
    }),

  "GET /2/dm_conversations/with/{participant_id}/dm_events": (call) =>
    Either.flatMap(participantIn(call), (participant) => list(call, oneToOne(call.user, participant))),

  "GET /2/dm_events/{event_id}": (call) =>
    Either.gen(function*() {
      const selection = yield* Queries.ofEvent(call.request.query, call.dialect)
      const event = yield* visibleEvent(call)
      return ok({
        data: Rendering.event(event, selection, call.dialect),
        ...Rendering.withEvents([event], selection, call.dialect, call.store)
      })
    }),

  "DELETE /2/dm_events/{event_id}": (call) =>
    Either.gen(function*() {
      yield* Queries.none(call.request.query)
      const event = yield* visibleEvent(call)
      if (event.sender_id !== call.user) {
        const why = "It is not owned by the authenticated user."
        yield* Either.left(Problems.notAuthorized("dm_event", "event_id", event.id, why))
      }
      call.store.remove(event.id)
      return ok({ data: { deleted: true } })
    }),

  "POST /2/dm_conversations/{dm_conversation_id}/messages": (call) =>
    Either.gen(function*() {
      yield* Queries.none(call.request.query)
      const conversation = yield* conversationIn(call, "dm_conversation_id")
      const message = yield* Bodies.message(call.request.body, mediaKeyOf(call))
      yield* checkMember(call, "dm_conversation_id", conversation, false)
      yield* checkBlocked(call, conversation)
      return send(call, conversation, message)
    }),

  "POST /2/dm_conversations/with/{participant_id}/messages": (call) =>
    Either.gen(function*() {
      yield* Queries.none(call.request.query)
      const participant = yield* participantIn(call)
      const message = yield* Bodies.message(call.request.body, mediaKeyOf(call))
      yield* checkBlocked(call, oneToOne(call.user, participant))
      return send(call, oneToOne(call.user, participant), message)
    }),

  "POST /2/dm_conversations": (call) =>
    Either.gen(function*() {
      const { now, request, store, user } = call
      yield* Queries.none(request.query)
      const { message, participants } = yield* Bodies.group(request.body, mediaKeyOf(call))
      const stranger = participants.find((id) => !store.users.has(id))
      if (stranger !== undefined) yield* Either.left(Problems.notFound("user", "participant_ids", stranger))
      const conversation = store.newId(now)
      store.happen({ joined: [...new Set([user, ...participants])], by: user, in: conversation }, now)
      return send(call, conversation, message)
    }),

  "GET /2/users/me": (call) => aboutUser(call, call.user, "id", call.user),

  "GET /2/users/by/username/{username}": (call) =>
    Either.flatMap(
      idIn(call, "username", /^[A-Za-z0-9_]{1,15}$/),
      (username) => aboutUser(call, call.store.userId(username), "username", username)
    )
}
