/** The command line: its words, its commands, and how it ends. */
import * as Command from "@effect/cli/Command"
import * as ValidationError from "@effect/cli/ValidationError"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import { stripVTControlCharacters } from "node:util"
import { type Arguments, arrange, commandsOf, type Refused } from "./Arguments.js"
import { all } from "./commands/index.js"
import type { Code } from "./Exit.js"
import * as Exit from "./Exit.js"
import * as Help from "./Help.js"
import { isPlain, line, note, styled } from "./Printer.js"
import { version } from "./Version.js"

const root = Command.make("xdm").pipe(
  Command.withDescription("X's Direct Messages, and an archive of them that keeps all."),
  Command.withSubcommands(all)
)

const commands = commandsOf(all.map(({ descriptor }) => descriptor))

const run = Command.run(root, { name: "xdm", version, executable: "xdm" })

/** What the parser prints, without colours where they would be in the way. */
const console = (standard: Console.Console): Console.Console => {
  const text = (stream: NodeJS.WriteStream, before: string) => (...args: ReadonlyArray<unknown>) =>
    Effect.sync(() => {
      const joined = args.map(String).join(" ").trimEnd()
      stream.write(`${before}${isPlain(stream) ? stripVTControlCharacters(joined) : joined}\n`)
    })
  return { ...standard, log: text(process.stdout, ""), error: text(process.stderr, `${name} `) }
}

/** What failures begin with. */
const name = styled("red", "xdm:", process.stderr)

const stderrLogger = Logger.replace(
  Logger.defaultLogger,
  Logger.map(Logger.stringLogger, (text) => void process.stderr.write(`${text}\n`))
)

const platform = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, NodeTerminal.layer)

const wantsHelp = (words: ReadonlyArray<string>): boolean => {
  const end = words.indexOf("--")
  return words.slice(0, end === -1 ? words.length : end).some((word) => word === "--help" || word === "-h")
}

const isRefused = (arranged: Arguments | Refused): arranged is Refused => "problem" in arranged

const helpOf = (name: string | undefined): string => {
  const command = name === undefined ? undefined : commands.get(name)
  return name === undefined || command === undefined
    ? Help.ofProgram(commands)
    : Help.ofCommand(command, name, commands)
}

const misused = (problem: string, command: string | undefined): Effect.Effect<Code> =>
  Effect.as(
    note(
      `${name} ${problem}\nSee \`xdm ${command === undefined ? "" : `${command} `}--help\`.`
    ),
    2
  )

/** Says why a command failed, to people or to a program. */
const told = (cause: Cause.Cause<unknown>, command: string | undefined, isJson: boolean): Effect.Effect<Code> => {
  const failure = Cause.failureOption(cause)
  if (Option.isSome(failure) && ValidationError.isValidationError(failure.value)) {
    // The parser has said what is wrong.
    return Effect.as(note(`See \`xdm ${command ?? ""} --help\`.`), 2)
  }
  if (Option.isSome(failure) && failure.value instanceof Exit.Ended) return Effect.succeed(failure.value.code)
  const { code, tag, text } = Exit.ofCause(cause)
  if (code === 130) return Effect.succeed(code)
  return Effect.as(
    note(
      isJson
        ? JSON.stringify({ error: { type: tag, message: text } })
        : `${name} ${text}`
    ),
    code
  )
}

/** Runs the program, with the words after its name, and gives its exit code. It fails with nothing. */
export const main = (words: ReadonlyArray<string>): Effect.Effect<Code> =>
  Effect.suspend(() => {
    const arranged = arrange(words, commands)
    if (isRefused(arranged)) {
      return wantsHelp(words)
        ? Effect.as(line(helpOf(arranged.command)), 0 as const)
        : misused(arranged.problem, arranged.command)
    }
    const { command, words: mine } = arranged
    if (mine[0] === "--version") return Effect.as(line(version), 0 as const)
    if (wantsHelp(mine)) return Effect.as(line(helpOf(command)), 0 as const)
    if (mine.length === 0) return Effect.as(line(helpOf(undefined)), 2 as const)
    return run(["node", "xdm", ...mine]).pipe(
      Effect.provide(platform),
      Effect.as(0 as const),
      Effect.catchAllCause((cause) => told(cause, command, mine.includes("--json"))),
      Effect.provide(stderrLogger),
      Effect.provide(Layer.setUnhandledErrorLogLevel(Option.none())),
      (effect) => Effect.consoleWith((standard) => Effect.withConsole(effect, console(standard)))
    )
  })
