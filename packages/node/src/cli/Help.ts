/** The help texts, at most 80 columns wide. */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Descriptor from "@effect/cli/CommandDescriptor"
import type * as HelpDoc from "@effect/cli/HelpDoc"
import * as Doc from "@effect/cli/HelpDoc"
import type * as Span from "@effect/cli/HelpDoc/Span"
import * as CliUsage from "@effect/cli/Usage"
import { type Commands, namesIn } from "./Arguments.js"
import { codes } from "./Exit.js"
import { styled } from "./Printer.js"
import { version } from "./Version.js"

const columns = 80

const spanText = (span: Span.Span): string => {
  switch (span._tag) {
    case "Text":
    case "URI":
      return span.value
    case "Sequence":
      return spanText(span.left) + spanText(span.right)
    default:
      return spanText(span.value)
  }
}

/** Words, wrapped, each line after so many spaces. */
const wrapped = (text: string, indent: number): string => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > columns - indent) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.map((each) => " ".repeat(indent) + each).join("\n")
}

/** What the parser says of every option, and no reader needs. */
const noise =
  /^(A true or false value|This setting is optional|A user-defined piece of text|An integer|One of the following: .*|This (option|argument) (may|must) be repeated .*)\.?$/

const paragraphs = (doc: HelpDoc.HelpDoc): ReadonlyArray<string> => {
  switch (doc._tag) {
    case "Paragraph":
    case "Header":
      return [spanText(doc.value)]
    case "Sequence":
      return [...paragraphs(doc.left), ...paragraphs(doc.right)]
    default:
      return []
  }
}

const described = (doc: HelpDoc.HelpDoc): string => paragraphs(doc).filter((text) => !noise.test(text)).join(" ")

const render = (doc: HelpDoc.HelpDoc): string => {
  switch (doc._tag) {
    case "Header":
      return `${styled("bold", spanText(doc.value))}\n`
    case "Paragraph":
      return `${wrapped(spanText(doc.value), 2)}\n`
    case "DescriptionList":
      return doc.definitions
        .map(([term, text]) => {
          const about = described(text)
          return `  ${styled("cyan", spanText(term))}\n${about === "" ? "" : `${wrapped(about, 6)}\n`}`
        })
        .join("")
    case "Enumeration":
      return doc.elements.map(render).join("")
    case "Sequence": {
      const right = render(doc.right)
      return render(doc.left) + (doc.right._tag === "Header" ? "\n" : "") + right
    }
    case "Empty":
      return ""
  }
}

const usageOf = (command: Descriptor.Command<unknown>): string =>
  CliUsage.enumerate(Descriptor.getUsage(command), config).map(spanText).join("\n")

const config = CliConfig.make({ showBuiltIns: false, showTypes: true, showAllNames: true })

/** The help of one command, which its words call. */
export const ofCommand = (command: Descriptor.Command<unknown>, words: string, commands: Commands): string => {
  const below = namesIn(commands, words)
  if (below.length > 0) return ofCommands(command, words, below, commands)
  return [
    styled("bold", "USAGE"),
    wrapped(`xdm ${words}${usageOf(command).slice(words.split(" ").at(-1)?.length)}`, 2),
    "",
    separated(Descriptor.getHelp(command, config)).trimEnd()
  ].join("\n")
}

/** The help of a command that has commands of its own. */
const ofCommands = (
  command: Descriptor.Command<unknown>,
  words: string,
  below: ReadonlyArray<string>,
  commands: Commands
): string =>
  [
    styled("bold", "USAGE"),
    wrapped(`xdm ${words} ${below.join("|")}`, 2),
    "",
    styled("bold", "DESCRIPTION"),
    wrapped(paragraphs(Descriptor.getHelp(command, config))[1] ?? "", 2),
    "",
    styled("bold", "COMMANDS"),
    ...listed(below, words, commands),
    "",
    wrapped(`\`xdm ${words} COMMAND --help\` has the options of each.`, 2)
  ].join("\n")

/** Headers begin a part of their own. */
const separated = (doc: HelpDoc.HelpDoc): string => {
  const parts: Array<HelpDoc.HelpDoc> = []
  const flatten = (each: HelpDoc.HelpDoc): void => {
    if (each._tag !== "Sequence") return void parts.push(each)
    flatten(each.left)
    flatten(each.right)
  }
  flatten(doc)
  return parts.map((part, i) => (part._tag === "Header" && i > 0 ? "\n" : "") + render(part)).join("")
}

/** The commands in groups, in the order in which one meets them. */
const groups: ReadonlyArray<readonly [title: string, names: ReadonlyArray<string>]> = [
  ["ACCOUNT", ["login", "logout", "whoami", "doctor", "limits", "usage"]],
  ["MESSAGES", ["inbox", "read", "follow", "send", "group", "media", "delete", "block", "unblock"]],
  ["A SERVER OF YOURS", ["webhook"]],
  ["ARCHIVE", ["sync", "search", "export"]],
  ["WITHOUT AN ACCOUNT", ["emulator"]]
]

const summaryOf = (command: Descriptor.Command<unknown>): string => {
  const all = paragraphs(Doc.sequence(Doc.empty, Descriptor.getHelp(command, config)))
  return (all[1] ?? "").split(". ")[0]!.replace(/\.$/, "")
}

/** Commands with what each does, those below another or those below none. */
const listed = (names: ReadonlyArray<string>, above: string, commands: Commands): ReadonlyArray<string> => {
  const width = Math.max(...namesIn(commands, above || undefined).map((name) => name.length)) + 2
  return names.flatMap((name) => {
    const command = commands.get(`${above} ${name}`.trim())
    if (command === undefined) return []
    const text = wrapped(summaryOf(command), width + 2).slice(width + 2)
    return [`  ${styled("cyan", name)}${" ".repeat(width - name.length)}${text}`]
  })
}

/** The help of the program. */
export const ofProgram = (commands: Commands): string => {
  const list = groups.map(([title, names]) => [styled("bold", title), ...listed(names, "", commands)].join("\n"))
  const ends = Object.entries(codes).map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`)
  return [
    `xdm ${version}: X's Direct Messages, and an archive of them that keeps all.`,
    "",
    styled("bold", "TRY IT"),
    "  xdm --emulator inbox       a sample inbox; needs no account and no network",
    "  xdm login --client-id ID   log in with an app from X's developer portal",
    "",
    list.join("\n\n"),
    "",
    styled("bold", "OPTIONS"),
    "  --emulator, --account, --json   of most commands; `xdm COMMAND --help` has all",
    "  --completions bash|zsh|fish     print completions for a shell",
    "  --log-level LEVEL               what to log on stderr: debug, info, ...",
    "  --version, --help",
    "",
    styled("bold", "ENVIRONMENT, or .env"),
    wrapped(
      "X_CLIENT_ID and X_CLIENT_SECRET for `xdm login`, or X_ACCESS_TOKEN, or the four of OAuth 1.0a; X_BEARER_TOKEN and " +
        "X_CONSUMER_SECRET of the app for what X delivers; X_ACCOUNT, X_TOKEN_FILE, X_API_URL, X_DIALECT; NO_COLOR, BROWSER.",
      2
    ),
    "",
    styled("bold", "EXIT CODES"),
    ...ends
  ].join("\n")
}
