/** What a request's query may say, checked as X checks it. */
import * as Either from "effect/Either"
import type { Dialect } from "../../model/Dialect.js"
import * as Fields from "../../model/Fields.js"
import * as PageTokens from "./PageTokens.js"
import * as Problems from "./Problems.js"

type Checked<A> = Either.Either<A, Problems.Refusal>

/** The names that were asked for; `undefined` where the parameter was left out. */
export interface Selection {
  readonly dmEvent: ReadonlyArray<string> | undefined
  readonly expansions: ReadonlyArray<string>
  readonly media: ReadonlyArray<string>
  readonly user: ReadonlyArray<string>
  readonly post: ReadonlyArray<string>
}

export interface Page {
  readonly size: number
  readonly place: PageTokens.Place | undefined
  readonly eventTypes: ReadonlyArray<string> | undefined
}

const eventTypes = ["MessageCreate", "ParticipantsJoin", "ParticipantsLeave"]
const paging = ["max_results", "pagination_token", "event_types"]

/** Refuses what the route has no parameter for. */
export const onlyThese = (query: URLSearchParams, names: ReadonlyArray<string>): Checked<void> => {
  for (const [name, value] of query) {
    if (names.includes(name)) continue
    const known = names.map((each) => `[${each}]`).join(",")
    return Either.left(Problems.invalid(name, value, `The query parameter [${name}] is not one of ${known}`))
  }
  return Either.void
}

const list = (
  query: URLSearchParams,
  name: string,
  allowed: ReadonlyArray<string>
): Checked<ReadonlyArray<string> | undefined> => {
  const value = query.get(name)
  if (value === null) return Either.right(undefined)
  const names = value.split(",")
  const wrong = names.find((each) => !allowed.includes(each))
  if (wrong === undefined) return Either.right(names)
  const known = allowed.map((each) => `[${each}]`).join(",")
  const message = `The \`${name}\` query parameter value [${wrong}] is not one of ${known}`
  return Either.left(Problems.invalid(name, value, message))
}

const postFields = (dialect: Dialect) => `${dialect}.fields`

const selection = (
  query: URLSearchParams,
  dialect: Dialect,
  of: "dmEvent" | "user",
  alsoAllowed: ReadonlyArray<string>
): Checked<Selection> =>
  Either.gen(function*() {
    const fields = Fields.inDialect(dialect)
    const own = of === "dmEvent" ? ["dm_event.fields", "media.fields"] : []
    yield* onlyThese(query, [...own, "expansions", "user.fields", postFields(dialect), ...alsoAllowed])
    return {
      dmEvent: yield* list(query, "dm_event.fields", fields.dmEventFields),
      expansions: (yield* list(
        query,
        "expansions",
        of === "dmEvent" ? fields.dmEventExpansions : fields.userExpansions
      )) ?? [],
      media: (yield* list(query, "media.fields", fields.mediaFields)) ?? [],
      user: (yield* list(query, "user.fields", fields.userFields)) ?? [],
      post: (yield* list(query, postFields(dialect), fields.postFields)) ?? []
    }
  })

export const ofUser = (query: URLSearchParams, dialect: Dialect) => selection(query, dialect, "user", [])

export const ofEvent = (query: URLSearchParams, dialect: Dialect) => selection(query, dialect, "dmEvent", [])

const size = (query: URLSearchParams): Checked<number> => {
  const value = query.get("max_results") ?? "100"
  const number = /^\d+$/.test(value) ? Number(value) : 0
  return number >= 1 && number <= 100
    ? Either.right(number)
    : Either.left(Problems.invalid(
      "max_results",
      value,
      `The \`max_results\` query parameter value [${value}] is not between 1 and 100`
    ))
}

const place = (query: URLSearchParams, listing: string): Checked<PageTokens.Place | undefined> => {
  const token = query.get("pagination_token")
  if (token === null) return Either.right(undefined)
  const found = token.length < 16 ? undefined : PageTokens.decode(token, listing)
  return found === undefined
    ? Either.left(Problems.invalid(
      "pagination_token",
      token,
      `The \`pagination_token\` query parameter value [${token}] is not valid`
    ))
    : Either.right(found)
}

/** The query of a listing; `listing` names it, so that the page tokens of another one are refused. */
export const ofListing = (
  query: URLSearchParams,
  dialect: Dialect,
  listing: string
): Checked<{ readonly selection: Selection; readonly page: Page }> =>
  Either.gen(function*() {
    return {
      selection: yield* selection(query, dialect, "dmEvent", paging),
      page: {
        size: yield* size(query),
        place: yield* place(query, listing),
        eventTypes: yield* list(query, "event_types", eventTypes)
      }
    }
  })

export const none = (query: URLSearchParams): Checked<void> => onlyThese(query, [])

/** Whose status is asked for. */
export const ofStatus = (query: URLSearchParams): Checked<string> =>
  Either.gen(function*() {
    yield* onlyThese(query, ["media_id", "command"])
    const command = query.get("command") ?? "STATUS"
    if (command !== "STATUS") yield* Either.left(Problems.invalid("command", command, "command is not one of [STATUS]"))
    const id = query.get("media_id") ?? ""
    return /^[0-9]{1,19}$/.test(id)
      ? id
      : yield* Either.left(Problems.invalid("media_id", id, "media_id does not match ^[0-9]{1,19}$"))
  })

/** An id in the path. */
export const pathId = (parameter: string, value: string, pattern: RegExp): Checked<string> =>
  pattern.test(value)
    ? Either.right(value)
    : Either.left(Problems.invalid(
      parameter,
      value,
      `The \`${parameter}\` path parameter value [${value}] does not match ${pattern.source}`
    ))
