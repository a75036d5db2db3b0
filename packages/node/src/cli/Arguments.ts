/** The words of a command line, before the parser sees them. */
import * as AutoCorrect from "@effect/cli/AutoCorrect"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Descriptor from "@effect/cli/CommandDescriptor"
import type * as Usage from "@effect/cli/Usage"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"

/** The options of a command, and of each whether a value follows it. */
export type Known = ReadonlyMap<string, boolean>

const builtIn: Known = new Map([
  ["--help", false],
  ["-h", false],
  ["--version", false],
  ["--wizard", false],
  ["--completions", true],
  ["--log-level", true]
])

const collect = (usage: Usage.Usage, known: Map<string, boolean>): void => {
  switch (usage._tag) {
    case "Named": {
      const takesValue = Option.isSome(usage.acceptedValues)
      for (const name of usage.names) if (name.startsWith("-")) known.set(name, takesValue)
      return
    }
    case "Optional":
    case "Repeated":
      return collect(usage.usage, known)
    case "Alternation":
    case "Concat":
      collect(usage.left, known)
      return collect(usage.right, known)
    default:
      return
  }
}

/** The options that a command takes. */
const optionsOf = (command: Descriptor.Command<unknown>): Known => {
  const known = new Map(builtIn)
  collect(Descriptor.getUsage(command), known)
  return known
}

export type Commands = ReadonlyMap<string, Descriptor.Command<unknown>>

export const commandsOf = (root: Descriptor.Command<unknown>): Commands =>
  new Map(HashMap.toEntries(Descriptor.getSubcommands(root)))

/** What is wrong with a command line, and for whose help it asks. */
export interface Refused {
  readonly problem: string
  readonly command: string | undefined
}

export interface Arguments {
  /** The command that is meant, if one is. */
  readonly command: string | undefined
  /** The words in the order in which the parser takes them: the command, and then its options. */
  readonly words: ReadonlyArray<string>
}

const nameOf = (word: string): string => word.split("=")[0] ?? word

const isOption = (word: string): boolean => /^-[^0-9]/.test(word)

const nearest = (word: string, names: Iterable<string>): string => {
  const found = [...names]
    .map((name) => ({ name, distance: AutoCorrect.levensteinDistance(word, name, CliConfig.defaultConfig) }))
    .sort((a, b) => a.distance - b.distance)[0]
  return found !== undefined && found.distance <= 2 ? ` Did you mean ${found.name}?` : ""
}

/**
 * Options may stand before the command as well, so `xdm --emulator inbox` is
 * `xdm inbox --emulator`. One that the command does not know is refused, where
 * the parser would take it for a text to be sent; after `--`, all is text.
 */
export const arrange = (words: ReadonlyArray<string>, commands: Commands): Arguments | Refused => {
  const anywhere = new Map([...builtIn, ...[...commands.values()].flatMap((command) => [...optionsOf(command)])])
  let at = 0
  while (at < words.length && isOption(words[at]!)) {
    at += anywhere.get(nameOf(words[at]!)) === true && !words[at]!.includes("=") ? 2 : 1
  }
  const [before, name, after] = [words.slice(0, at), words[at], words.slice(at + 1)]
  const command = name === undefined ? undefined : commands.get(name)
  if (name !== undefined && command === undefined) {
    return { problem: `xdm knows no command "${name}".${nearest(name, commands.keys())}`, command: undefined }
  }
  const known = command === undefined ? anywhere : optionsOf(command)
  const mine = [...before, ...after]
  const end = mine.indexOf("--")
  const stranger = mine
    .slice(0, end === -1 ? mine.length : end)
    .find((word, i) => isOption(word) && !known.has(nameOf(word)) && !isValue(mine, i, known))
  if (stranger !== undefined) {
    const which = nameOf(stranger)
    const where = name === undefined ? "xdm" : `xdm ${name}`
    const advice = nearest(which, known.keys()) || ` A text that begins with a dash stands after "--".`
    return { problem: `${where} knows no option "${which}".${advice}`, command: name }
  }
  return { command: name, words: name === undefined ? before : [name, ...before, ...after] }
}

/** Whether the word is the value of the option before it. */
const isValue = (words: ReadonlyArray<string>, at: number, known: Known): boolean => {
  const before = words[at - 1]
  return before !== undefined && isOption(before) && !before.includes("=") && known.get(before) === true
}
