/** How a command ends: what it says of a failure, and the code that it leaves for scripts. */
import { Errors, type Listing, type UploadStopped } from "@effect-xdm/core"
import * as Cause from "effect/Cause"
import * as ConfigError from "effect/ConfigError"
import * as Data from "effect/Data"
import { hasProperty } from "effect/Predicate"

/** The command was not called as it must be. */
export class Usage extends Data.TaggedError("Usage")<{ readonly problem: string }> {
  override get message(): string {
    return this.problem
  }
}

/** X knows nobody of the name. */
export class NoSuchUser extends Data.TaggedError("NoSuchUser")<{ readonly username: string }> {
  override get message(): string {
    return `X knows no user @${this.username}. \`xdm inbox\` lists those whom you know.`
  }
}

/** A command that has said all there is to say, and ends with a code. */
export class Ended extends Data.TaggedError("Ended")<{ readonly code: Code }> {}

/** What the emulator shall keep would be gone with the command. */
export class NoEmulator extends Data.TaggedError("NoEmulator")<{}> {
  override get message(): string {
    return "no emulator runs that could keep this. Start `xdm emulator` in another terminal first."
  }
}

/** Something about this machine's files is in the way. */
export class FileProblem extends Data.TaggedError("FileProblem")<{ readonly problem: string }> {
  override get message(): string {
    return this.problem
  }
}

/** What each code means, as the help shows it. */
export const codes = {
  0: "done",
  1: "something went wrong that has no code of its own",
  2: "the command was not called as it must be",
  3: "log in first, or with other scopes",
  4: "X refused, or knows no such thing",
  5: "X's limit, or the credits, are used up",
  6: "X could not be reached, or failed",
  7: "nobody knows whether a message was sent",
  8: "a file of this machine is in the way",
  130: "interrupted by Ctrl-C"
} as const

export type Code = keyof typeof codes

const byTag: { readonly [tag: string]: Code } = {
  Usage: 2,
  InvalidInput: 2,
  ValidationError: 2,
  NeedsLogin: 3,
  Unauthorized: 3,
  MissingScope: 3,
  ConfigError: 3,
  LoginFailed: 3,
  Forbidden: 4,
  NotFound: 4,
  NoSuchUser: 4,
  BadRequest: 4,
  RateLimited: 5,
  OutOfCredits: 5,
  Unreachable: 6,
  TimedOut: 6,
  ServerFailure: 6,
  UnexpectedResponse: 6,
  RefreshFailed: 6,
  NoEmulator: 6,
  SendOutcomeUnknown: 7,
  TokenStoreFailed: 8,
  CheckpointFailed: 8,
  ArchiveFailed: 8,
  DeliveryStoreFailed: 8,
  FileProblem: 8,
  MediaFileFailed: 8,
  MediaNotLocated: 4,
  MediaProcessingFailed: 4,
  WrongMediaSize: 8
}

interface Tagged {
  readonly _tag: string
  readonly message: string
}

const isTagged = (error: unknown): error is Tagged =>
  hasProperty(error, "_tag") && typeof error._tag === "string" && hasProperty(error, "message") &&
  typeof error.message === "string"

const isStopped = (error: Tagged): error is Listing.ListingStopped | UploadStopped<Tagged> =>
  error._tag === "ListingStopped" || error._tag === "UploadStopped"

/** What a failure comes from: a listing or an upload that stopped has its reason. */
const root = (error: Tagged): Tagged => isStopped(error) ? error.reason : error

const next: { readonly [code in Code]?: string } = {
  3: "Log in with `xdm login`, or see what `xdm doctor` finds."
}

/** A setting that makes no sense, beside one that is missing. */
const isWrongSetting = (error: Tagged): boolean => ConfigError.isConfigError(error) && error._op === "InvalidData"

/** Of the others, what they say of themselves is enough: there is more than one way out. */
const isOfLogin = ({ _tag }: Tagged): boolean => _tag === "Unauthorized" || _tag === "MissingScope"

/** The words of the program where those of the library speak to programmers. */
const wordsOf = (error: Tagged): string => {
  if (error instanceof Errors.NeedsLogin) {
    const log = error.account === "default" ? "xdm login" : `xdm login --account ${error.account}`
    return `${error.why}, so the account "${error.account}" is not logged in. Log in: ${log}`
  }
  const url = process.env["X_API_URL"] ?? ""
  return error.message
    .replace(/^baseUrl must/, "X_API_URL must")
    .replace("Check the network and the base URL.", `Check the network${url === "" ? "" : `, and X_API_URL: ${url}`}.`)
}

export interface Ending {
  readonly code: Code
  readonly tag: string
  readonly text: string
}

/** How a command ends that failed. */
export const ofCause = (cause: Cause.Cause<unknown>): Ending => {
  if (Cause.isInterruptedOnly(cause)) return { code: 130, tag: "Interrupted", text: "" }
  const error = Cause.squash(cause)
  if (!isTagged(error) || Cause.isDie(cause)) {
    return { code: 1, tag: "Unexpected", text: `this is a fault of xdm: ${Cause.pretty(cause)}` }
  }
  const reason = root(error)
  const code = isWrongSetting(reason) ? 2 : byTag[reason._tag] ?? 1
  const advice = code === 3 && !isOfLogin(reason) ? undefined : next[code]
  const words = wordsOf(reason)
  const sentence = /[.!?)]$/.test(words) ? words : `${words}.`
  return { code, tag: reason._tag, text: advice === undefined ? sentence : `${sentence} ${advice}` }
}
