/**
 * How fields and expansions are asked for: by names of either dialect, which go
 * out in the one that is spoken.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import type { Dialect } from "./Dialect.js"
import { dmEvent, dmEventExpansion, media, post, user, userExpansion, type Vocabulary } from "./Vocabulary.js"

const listOf = <Name extends string>(vocabulary: { readonly [N in Name]: Vocabulary[string] }) => {
  const names = Struct.keys(vocabulary)
  const rule = { message: () => ({ message: `must be one of: ${names.join(", ")}`, override: true }) }
  const name: Schema.Schema<Name> = Schema.Literal(...names).annotations(rule)
  return Schema.Array(name).pipe(Schema.minItems(1, {
    message: () => "must name at least one; leave the parameter out for the default"
  }))
}

/** A list of field names of a DM event. @since 0.1.0 */
export const DmEventFields = listOf(dmEvent)
/** @since 0.1.0 */
export type DmEventField = keyof typeof dmEvent

/** A list of what a DM event refers to and can bring along. @since 0.1.0 */
export const DmEventExpansions = listOf(dmEventExpansion)
/** @since 0.1.0 */
export type DmEventExpansion = keyof typeof dmEventExpansion

/** A list of field names of a medium. @since 0.1.0 */
export const MediaFields = listOf(media)
/** @since 0.1.0 */
export type MediaField = keyof typeof media

/** A list of field names of a user. @since 0.1.0 */
export const UserFields = listOf(user)
/** @since 0.1.0 */
export type UserField = keyof typeof user

/** A list of what a user refers to and can bring along. @since 0.1.0 */
export const UserExpansions = listOf(userExpansion)
/** @since 0.1.0 */
export type UserExpansion = keyof typeof userExpansion

/** A list of field names of a post. @since 0.1.0 */
export const PostFields = listOf(post)
/** @since 0.1.0 */
export type PostField = keyof typeof post

/**
 * The names that can be asked for in one dialect, by X's parameter.
 *
 * @since 0.1.0
 */
export const inDialect = (dialect: Dialect) => {
  const of = (vocabulary: Vocabulary): ReadonlyArray<string> => [
    ...new Set(Object.values(vocabulary).map((place) => place[dialect]).filter((place) => typeof place === "string"))
  ]
  return {
    dmEventFields: of(dmEvent),
    dmEventExpansions: of(dmEventExpansion),
    mediaFields: of(media),
    userFields: of(user),
    userExpansions: of(userExpansion),
    postFields: of(post)
  }
}

/**
 * A name that cannot go out, and why.
 *
 * @since 0.1.0
 */
export interface Untranslatable {
  readonly parameter: string
  readonly rule: string
  readonly value: string
}

/** What was asked for, with X's query parameters as keys. */
type Query = { readonly [parameter: string]: string }

interface Asked {
  readonly userFields?: ReadonlyArray<UserField> | undefined
  readonly postFields?: ReadonlyArray<PostField> | undefined
  readonly tweetFields?: ReadonlyArray<PostField> | undefined
}

/**
 * What a listing of DM events can be asked for.
 *
 * @since 0.1.0
 */
export interface DmEventSelection extends Asked {
  readonly dmEventFields?: ReadonlyArray<DmEventField> | undefined
  readonly expansions?: ReadonlyArray<DmEventExpansion> | undefined
  readonly mediaFields?: ReadonlyArray<MediaField> | undefined
}

/**
 * What a look-up of a user can be asked for.
 *
 * @since 0.1.0
 */
export interface UserSelection extends Asked {
  readonly expansions?: ReadonlyArray<UserExpansion> | undefined
}

interface Translation {
  readonly parameter: string
  readonly vocabulary: Vocabulary
  readonly names: ReadonlyArray<string>
}

/** Sorts the names into fields and expansions of the dialect; `expandable` is the parameter whose names may expand. */
const translate = (
  parts: { readonly [queryName: string]: Translation | undefined },
  dialect: Dialect,
  expandable: string
): Either.Either<Query, Untranslatable> => {
  const sets: Record<string, Set<string>> = {}
  const add = (name: string, value: string) => (sets[name] ??= new Set()).add(value)
  for (const [queryName, part] of Object.entries(parts)) {
    if (part === undefined) continue
    for (const name of part.names) {
      const place = part.vocabulary[name]?.[dialect]
      if (typeof place === "string") add(queryName, place)
      else if (place !== undefined && part.parameter === expandable) add("expansions", place.expansion)
      else {
        const other = dialect === "post" ? "tweet" : "post"
        const rule = `cannot be asked for here in the "${dialect}" dialect; only the "${other}" dialect has it`
        return Either.left({ parameter: part.parameter, rule, value: name })
      }
    }
  }
  return Either.right(Object.fromEntries(Object.entries(sets).map(([name, values]) => [name, [...values].join(",")])))
}

const translation = (parameter: string, vocabulary: Vocabulary, names: ReadonlyArray<string> | undefined) =>
  names === undefined ? undefined : { parameter, vocabulary, names }

const posts = ({ postFields, tweetFields }: Asked) =>
  postFields === undefined
    ? translation("tweetFields", post, tweetFields)
    : translation("postFields", post, tweetFields === undefined ? postFields : [...postFields, ...tweetFields])

const postParameter = (dialect: Dialect) => dialect === "post" ? "post.fields" : "tweet.fields"

const everyDmEventField = Object.keys(dmEvent)

const dmEventTranslation = (selection: DmEventSelection, dialect: Dialect) =>
  translate(
    {
      "dm_event.fields": translation("dmEventFields", dmEvent, [
        "id",
        "event_type",
        ...selection.dmEventFields ?? everyDmEventField
      ]),
      expansions: translation("expansions", dmEventExpansion, selection.expansions),
      "media.fields": translation("mediaFields", media, selection.mediaFields),
      "user.fields": translation("userFields", user, selection.userFields),
      [postParameter(dialect)]: posts(selection)
    },
    dialect,
    "dmEventFields"
  )

/** What most calls ask for is found once. */
const byDefault: { [D in Dialect]?: Either.Either<Query, Untranslatable> } = {}

const saysNothing = (selection: DmEventSelection): boolean =>
  (selection.dmEventFields ?? selection.expansions ?? selection.mediaFields ?? selection.userFields ??
    selection.postFields ?? selection.tweetFields) === undefined

/**
 * The query parameters that ask for this selection of DM events. Without
 * `dmEventFields` all of them are asked for, because X leaves out sender and
 * time otherwise; `id` and `event_type`, without which an event cannot be
 * read, are always among them. In the post dialect sender, participants and
 * referenced posts come by their expansions.
 *
 * @since 0.1.0
 */
export const dmEventQuery = (
  selection: DmEventSelection,
  dialect: Dialect
): Either.Either<Query, Untranslatable> =>
  saysNothing(selection)
    ? byDefault[dialect] ??= dmEventTranslation({}, dialect)
    : dmEventTranslation(selection, dialect)

/**
 * The query parameters that ask for this selection of a user.
 *
 * @since 0.1.0
 */
export const userQuery = (selection: UserSelection, dialect: Dialect): Either.Either<Query, Untranslatable> =>
  translate(
    {
      expansions: translation("expansions", userExpansion, selection.expansions),
      "user.fields": translation("userFields", user, selection.userFields),
      [postParameter(dialect)]: posts(selection)
    },
    dialect,
    "userFields"
  )
