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

/** By the words that call them: of a command that has commands of its own, also `webhook serve` beside `webhook`. */
export type Commands = ReadonlyMap<string, Descriptor.Command<unknown>>

export const commandsOf = (all: ReadonlyArray<Descriptor.Command<unknown>>): Commands =>
  new Map(all.flatMap((command) =>
    [...Descriptor.getNames(command)].flatMap((name) => [
      [name, command] as const,
      // One that has none is its own.
      ...HashMap.toEntries(Descriptor.getSubcommands(command))
        .filter(([own]) => own !== name)
        .sort(([a], [b]) => a < b ? -1 : 1)
        .map(([own, each]) => [`${name} ${own}`, each] as const)
    ])
  ))

/** The names of the commands below another, or of those below none. */
export const namesIn = (commands: Commands, name?: string): ReadonlyArray<string> =>
  [...commands.keys()].flatMap((words) => {
    const [first = "", second] = words.split(" ")
    return name === undefined ? (second === undefined ? [first] : []) : first === name && second ? [second] : []
  })

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
  const first = split(words, anywhere)
  if (first.name !== undefined && !commands.has(first.name)) {
    const near = nearest(first.name, namesIn(commands))
    return { problem: `xdm knows no command "${first.name}".${near}`, command: undefined }
  }
  const below = first.name === undefined ? [] : namesIn(commands, first.name)
  const second = below.length === 0 ? undefined : split(first.after, anywhere)
  if (second !== undefined && (second.name === undefined || !below.includes(second.name))) {
    const problem = second.name === undefined
      ? `xdm ${first.name} what? It takes one of: ${below.join(", ")}.`
      : `xdm ${first.name} knows no command "${second.name}".${nearest(second.name, below)}`
    return { problem, command: first.name }
  }
  const names = [first.name, second?.name].filter((each) => each !== undefined)
  const name = names.length === 0 ? undefined : names.join(" ")
  const command = name === undefined ? undefined : commands.get(name)
  const known = command === undefined ? anywhere : optionsOf(command)
  const mine = [...first.before, ...second?.before ?? [], ...(second ?? first).after]
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
  return { command: name, words: [...names, ...mine] }
}

/** The options before the first word that is none, that word, and the rest. */
const split = (words: ReadonlyArray<string>, known: Known) => {
  let at = 0
  while (at < words.length && isOption(words[at]!)) {
    at += known.get(nameOf(words[at]!)) === true && !words[at]!.includes("=") ? 2 : 1
  }
  return { before: words.slice(0, at), name: words[at], after: words.slice(at + 1) }
}

/** Whether the word is the value of the option before it. */
const isValue = (words: ReadonlyArray<string>, at: number, known: Known): boolean => {
  const before = words[at - 1]
  return before !== undefined && isOption(before) && !before.includes("=") && known.get(before) === true
}
