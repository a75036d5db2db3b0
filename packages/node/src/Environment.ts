/** What the environment says of whose messages to read, and where. */
import type { Dialect } from "@effect-xdm/core"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/** Credentials of each kind, by the names of the variables that hold them. */
export type Login =
  | { readonly _tag: "AccessToken"; readonly accessToken: Redacted.Redacted }
  | {
    readonly _tag: "OAuth1"
    readonly consumerKey: Redacted.Redacted
    readonly consumerSecret: Redacted.Redacted
    readonly accessToken: Redacted.Redacted
    readonly accessTokenSecret: Redacted.Redacted
  }
  | { readonly _tag: "OAuth2"; readonly clientId: string; readonly clientSecret: Redacted.Redacted | undefined }

export interface Environment {
  readonly login: Login
  readonly account: string | undefined
  readonly tokenFile: string | undefined
  readonly baseUrl: string | undefined
  readonly dialect: Dialect | undefined
}

/** A variable that is empty says nothing, like one that is not there. */
const text = (name: string) =>
  Config.map(Config.option(Config.string(name)), (value) => Option.getOrUndefined(Option.filter(value, isSaid)))
const secret = (name: string) =>
  Config.map(
    Config.option(Config.redacted(name)),
    (value) => Option.getOrUndefined(Option.filter(value, (redacted) => isSaid(Redacted.value(redacted))))
  )
const isSaid = (value: string): boolean => value.trim() !== ""

const dialect = (value: string | undefined): Effect.Effect<Dialect | undefined, ConfigError.ConfigError> =>
  value === undefined || value === "post" || value === "tweet"
    ? Effect.succeed(value)
    : Effect.fail(ConfigError.InvalidData(["X_DIALECT"], "X_DIALECT must be \"post\" or \"tweet\""))

const oauth1Names = ["X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"] as const

const missing = (name: string, why: string) => Effect.fail(ConfigError.MissingData([name], why))

const nothingSet =
  "nothing says whose messages to read. Set X_CLIENT_ID to the client id of your app, from X's developer portal, and " +
  "log in with `xdm login`; or set X_ACCESS_TOKEN to a user's access token of OAuth 2.0; or set the four of OAuth " +
  `1.0a, ${oauth1Names.join(", ")}. Without an account there are \`xdm --emulator\` and, for ` +
  "programs, `xdm emulator`, which says what to set for it"

const login = (values: {
  readonly clientId: string | undefined
  readonly clientSecret: Redacted.Redacted | undefined
  readonly consumerKey: Redacted.Redacted | undefined
  readonly consumerSecret: Redacted.Redacted | undefined
  readonly accessToken: Redacted.Redacted | undefined
  readonly accessTokenSecret: Redacted.Redacted | undefined
}): Effect.Effect<Login, ConfigError.ConfigError> => {
  const { accessToken, accessTokenSecret, clientId, clientSecret, consumerKey, consumerSecret } = values
  // The consumer secret alone may be there for a webhook, beside credentials of another kind.
  const isOther = consumerKey === undefined && accessTokenSecret === undefined &&
    (accessToken !== undefined || clientId !== undefined)
  if (!isOther && (consumerKey !== undefined || consumerSecret !== undefined || accessTokenSecret !== undefined)) {
    if (
      consumerKey !== undefined && consumerSecret !== undefined && accessToken !== undefined &&
      accessTokenSecret !== undefined
    ) {
      return Effect.succeed({ _tag: "OAuth1", consumerKey, consumerSecret, accessToken, accessTokenSecret })
    }
    const parts = [consumerKey, consumerSecret, accessToken, accessTokenSecret]
    const absent = oauth1Names.filter((_, i) => parts[i] === undefined)
    return missing(
      absent[0] ?? "",
      `${absent.join(" and ")} ${absent.length === 1 ? "is" : "are"} missing: OAuth 1.0a takes all four of ` +
        `${oauth1Names.join(", ")}, which X's developer portal shows under "Keys and tokens" of an app`
    )
  }
  if (accessToken !== undefined) return Effect.succeed({ _tag: "AccessToken", accessToken })
  if (clientId !== undefined) return Effect.succeed({ _tag: "OAuth2", clientId, clientSecret })
  return clientSecret === undefined
    ? missing("X_CLIENT_ID", nothingSet)
    : missing(
      "X_CLIENT_ID",
      "X_CLIENT_ID is missing, whose secret X_CLIENT_SECRET is: X's developer portal shows both under \"Keys and " +
        "tokens\" of an app, as those of OAuth 2.0"
    )
}

/** The app's own token, which X wants for what it delivers by itself. */
export const bearerToken: Effect.Effect<Redacted.Redacted, ConfigError.ConfigError> = Effect.flatMap(
  secret("X_BEARER_TOKEN"),
  (token) =>
    token === undefined
      ? missing(
        "X_BEARER_TOKEN",
        "X_BEARER_TOKEN is missing: X tells of new messages only to an app with its own token, which X's developer " +
          "portal shows under \"Keys and tokens\""
      )
      : Effect.succeed(token)
)

/** The secret by which X and an app know each other's words on webhooks; the same as that of OAuth 1.0a. */
export const consumerSecret: Effect.Effect<Redacted.Redacted, ConfigError.ConfigError> = Effect.flatMap(
  secret("X_CONSUMER_SECRET"),
  (value) =>
    value === undefined
      ? missing(
        "X_CONSUMER_SECRET",
        "X_CONSUMER_SECRET is missing: X signs what it delivers with the app's API key secret, which X's developer " +
          "portal shows under \"Keys and tokens\". Set it in the environment or in the file .env"
      )
      : Effect.succeed(value)
)

/** What the environment says, whether or not it names credentials. */
export const means = Effect.gen(function*() {
  return {
    account: yield* text("X_ACCOUNT"),
    tokenFile: yield* text("X_TOKEN_FILE"),
    baseUrl: yield* text("X_API_URL"),
    dialect: yield* Effect.flatMap(text("X_DIALECT"), dialect),
    clientId: yield* text("X_CLIENT_ID"),
    clientSecret: yield* secret("X_CLIENT_SECRET")
  }
})

/** What the environment says. An incomplete set of credentials names what is missing, and shows none. */
export const environment: Effect.Effect<Environment, ConfigError.ConfigError> = Effect.gen(function*() {
  const { clientId, clientSecret, ...others } = yield* means
  return {
    ...others,
    login: yield* login({
      clientId,
      clientSecret,
      consumerKey: yield* secret("X_CONSUMER_KEY"),
      consumerSecret: yield* secret("X_CONSUMER_SECRET"),
      accessToken: yield* secret("X_ACCESS_TOKEN"),
      accessTokenSecret: yield* secret("X_ACCESS_TOKEN_SECRET")
    })
  }
})
