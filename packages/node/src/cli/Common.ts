/** What every command takes. */
import * as Options from "@effect/cli/Options"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** Whose messages: an account that has logged in, or the emulator's. */
export const whose = {
  emulator: Options.boolean("emulator").pipe(
    Options.withDescription("Use the sample inbox of the emulator. Needs no account and no network.")
  ),
  account: Options.text("account").pipe(
    Options.withDescription("The log-in to use, by the name it was given. Default: X_ACCOUNT, or \"default\"."),
    Options.optional,
    Options.map(Option.getOrUndefined)
  )
}

/** As that of `whose`, for what would be gone with an emulator of one command. */
export const runningEmulator = {
  emulator: Options.boolean("emulator").pipe(
    Options.withDescription("Use the emulator that `xdm emulator` runs, in the place of X.")
  )
}

export interface Whose {
  readonly emulator: boolean
  readonly account: string | undefined
}

export const json = {
  json: Options.boolean("json").pipe(
    Options.withDescription("Print JSON for programs, one document a line, in the words of X's API.")
  )
}

/** Where the archive is. */
export const archive = {
  archive: Options.text("archive").pipe(
    Options.withPseudoName("file"),
    Options.withDescription("The file of the archive. Default: that of this user, where `xdm sync` keeps it."),
    Options.optional,
    Options.map(Option.getOrUndefined)
  )
}

/** A number of things, 1 and more. */
export const count = (name: string, otherwise: number, description: string): Options.Options<number> =>
  Options.integer(name).pipe(
    Options.withSchema(
      Schema.Int.pipe(
        Schema.greaterThanOrEqualTo(1, { message: () => `--${name} must be a whole number of at least 1` })
      )
    ),
    Options.withDescription(`${description} Default: ${otherwise}.`),
    Options.withDefault(otherwise)
  )

/** A port of this machine. */
export const port = (otherwise: number, description: string): Options.Options<number> =>
  Options.integer("port").pipe(
    Options.withSchema(Schema.Int.pipe(Schema.between(1, 65_535, { message: () => "--port must be 1 to 65535" }))),
    Options.withDescription(`${description} Default: ${otherwise}.`),
    Options.withDefault(otherwise)
  )
