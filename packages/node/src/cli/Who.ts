/** Whom a command means: an id, an @name, or a conversation. */
import { ConversationId, DirectMessages, type Errors, UserId, Username } from "@effect-xdm/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { NoSuchUser, Usage } from "./Exit.js"
import { note } from "./Printer.js"

export type Who =
  | { readonly user: UserId }
  | { readonly conversation: ConversationId }

const asUser = Schema.decodeOption(UserId)
const asName = Schema.decodeOption(Username)
const asConversation = Schema.decodeOption(ConversationId)

/** How it is written, for help texts. */
export const explained = "@name, a user's id, a conversation's id (111-222), or group:ID for a group"

/** What a text can mean, before anybody is asked. */
type ParsedUser = { readonly user: UserId } | { readonly username: Username }
type Parsed = ParsedUser | { readonly conversation: ConversationId }

const none = (text: string) =>
  Effect.fail(new Usage({ problem: `"${text}" names nobody. Write ${explained}. \`xdm inbox\` lists them.` }))

const read = <A>(text: string, found: Option.Option<A>): Effect.Effect<A, Usage> =>
  Option.match(found, { onNone: () => none(text), onSome: Effect.succeed })

/** What is meant, as far as the text tells. A number alone is a user's id. */
export const parse = (text: string): Effect.Effect<Parsed, Usage> => {
  const conversation = text.startsWith("group:") ? text.slice(6) : /^[0-9]+-[0-9]+$/.test(text) ? text : undefined
  return conversation === undefined
    ? parseUser(text)
    : Effect.map(read(text, asConversation(conversation)), (conversation) => ({ conversation }))
}

/** As `parse`, for where it must be a user. */
export const parseUser = (text: string): Effect.Effect<ParsedUser, Usage> =>
  /^[0-9]+$/.test(text)
    ? Effect.map(read(text, asUser(text)), (user) => ({ user }))
    : Effect.map(read(text, asName(text.replace(/^@/, ""))), (username) => ({ username }))

/** Asks X for the id of a name; an id costs nothing. */
export const resolveUser = (
  parsed: ParsedUser
): Effect.Effect<{ readonly user: UserId }, Errors.ReadError | NoSuchUser, DirectMessages> =>
  "user" in parsed
    ? Effect.succeed(parsed)
    : Effect.flatMap(DirectMessages, (dm) => dm.getUserByUsername(parsed)).pipe(
      Effect.map(({ id }) => ({ user: id })),
      Effect.catchTag("NotFound", () => Effect.fail(new NoSuchUser({ username: parsed.username })))
    )

/** As `resolveUser`, for what may be a conversation. */
export const resolve = (parsed: Parsed): Effect.Effect<Who, Errors.ReadError | NoSuchUser, DirectMessages> =>
  "conversation" in parsed ? Effect.succeed(parsed) : resolveUser(parsed)

/** Says along with a failure, or with nothing found, what may have been meant by a number. */
export const hint = (text: string): Effect.Effect<void> =>
  /^[0-9]{15,19}$/.test(text) ? note(`If ${text} is the id of a group, write group:${text}.`) : Effect.void

/** How a conversation is written so that commands understand it. */
export const written = (id: string): string => id.includes("-") ? id : `group:${id}`
