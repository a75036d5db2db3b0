import * as Core from "@effect-xdm/core"
import * as Node from "@effect-xdm/node"
import * as Archive from "@effect-xdm/node/Archive"
import { build } from "esbuild"
import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { blocksOf } from "../scripts/blocks.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const site = join(root, "site")
const read = (page: string) => readFileSync(join(site, page), "utf8")

const pages = readdirSync(site, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md") && !/^(api|node_modules|dist)\b/.test(path))

const programs = pages.flatMap((page) =>
  blocksOf(read(page))
    .filter(({ marks }) => marks.includes("run"))
    .map((block) => ({ name: `${page}:${block.line}`, ...block }))
)

/** What a program is said to print: `…` stands for any text, and in a line of its own for any lines. */
const pattern = (output: string): RegExp => {
  const escaped = output.trimEnd().replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replace(/^…$/gm, "[^]*?").replace(/…/g, ".*?")}$`)
}

describe("the programs of the site", () => {
  // Within the workspace, where the packages are found.
  const folder = join(root, "test", "dist", "site")

  beforeAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it("are there, each with what it prints", () => {
    expect(programs.length).toBeGreaterThan(10)
    expect(programs.filter(({ output }) => output === undefined).map(({ name }) => name)).toEqual([])
  })

  it.each(programs)("$name prints what it says", async ({ code, output = "" }) => {
    const own = await mkdtemp(join(folder, "program-"))
    const program = join(own, "program.mjs")
    await build({
      stdin: { contents: code, loader: "ts", resolveDir: join(root, "examples", "src"), sourcefile: "program.ts" },
      outfile: program,
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm"
    })
    const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: own, timeout: 25_000 })
    if (!pattern(output).test(stdout.trimEnd())) expect(stdout).toBe(output)
  })
})

/** The errors that a module gives, by whatever way. */
type ErrorsOf<M> = {
  [K in keyof M]: M[K] extends abstract new(...args: never) => infer E ? E extends Error ? E : never
    : M[K] extends (...args: never) => unknown ? never
    : M[K] extends { readonly [name: string]: unknown } ? OfNamespace<M[K]>
    : never
}[keyof M]
type OfNamespace<M> = {
  [K in keyof M]: M[K] extends abstract new(...args: never) => infer E ? E extends Error ? E : never : never
}[keyof M]
type AnyError = Extract<ErrorsOf<typeof Core & typeof Node & typeof Archive>, { readonly _tag: string }>

/** What a field can be, by name: its texts, or the tags of its errors. Any text at all is none. */
type Names<V> = V extends string ? string extends V ? never : V : V extends { readonly _tag: infer T } ? T : never
type Field<E, K extends string> = E extends { readonly [F in K]: infer V } ? Extract<Names<V>, string> : never
type NamesOf<E> = Field<E, "reason"> | Field<E, "why"> | Field<E, "window">

type ByError = {
  readonly [E in AnyError as [NamesOf<E>] extends [never] ? never : E["_tag"]]: {
    readonly [N in NamesOf<E>]: true
  }
}

/** Every cause that an error can name. The compiler sees to it that none is left out, of all that the packages export. */
const causes: ByError = {
  ArchiveFailed: {
    NotInstalled: true,
    NotFound: true,
    NotAnArchive: true,
    Newer: true,
    ReadOnly: true,
    NoAccess: true,
    Full: true,
    Busy: true,
    Syncing: true,
    OtherAccount: true,
    Unreadable: true,
    InvalidInput: true,
    Unexpected: true
  },
  Forbidden: {
    MissingScope: true,
    RecipientRefusesMessages: true,
    RecipientDoesNotFollow: true,
    LooksAutomated: true,
    AppLacksDmPermission: true,
    ClientNotEnrolled: true,
    NotAuthorizedForResource: true,
    Other: true
  },
  ListingStopped: {
    InvalidInput: true,
    NeedsLogin: true,
    RefreshFailed: true,
    TokenStoreFailed: true,
    MissingScope: true,
    Unauthorized: true,
    Forbidden: true,
    RateLimited: true,
    OutOfCredits: true,
    BadRequest: true,
    NotFound: true,
    ServerFailure: true,
    Unreachable: true,
    TimedOut: true,
    UnexpectedResponse: true,
    RepeatedToken: true,
    PartialPage: true
  },
  LoginFailed: {
    InvalidInput: true,
    PortInUse: true,
    NoBrowser: true,
    Denied: true,
    NotOurs: true,
    TimedOut: true,
    Refused: true,
    Unreachable: true
  },
  MediaFileFailed: {
    NotFound: true,
    NoFile: true,
    UnknownType: true,
    Exists: true,
    NoAccess: true,
    Full: true,
    Unexpected: true
  },
  MediaNotLocated: { NoAttachment: true, NoMedia: true, NoFile: true },
  RateLimited: {
    "15 minutes": true,
    "24 hours of the user": true,
    "24 hours of the app": true,
    "usage cap": true,
    unknown: true
  },
  RefreshFailed: {
    Unreachable: true,
    TimedOut: true,
    ServerFailure: true,
    RateLimited: true,
    BadRequest: true,
    UnexpectedResponse: true
  },
  SendOutcomeUnknown: { Unreachable: true, TimedOut: true, ServerFailure: true, UnexpectedResponse: true },
  WebhookRefused: {
    NoSecret: true,
    NoSuchMethod: true,
    BadToken: true,
    Unsigned: true,
    WrongSignature: true,
    TooLarge: true,
    TooSlow: true,
    BrokenOff: true,
    NotJson: true,
    Busy: true
  }
}

describe("the reference of errors", () => {
  /** The names of all errors that a module gives, by whatever way. */
  const errorsOf = (module: object): ReadonlyArray<string> =>
    Object.values(module).flatMap((value: unknown) =>
      typeof value === "function" && value.prototype instanceof Error
        ? [String(value.prototype.name)]
        : typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null
        ? errorsOf(value)
        : []
    )
  const errors = [...new Set([Core, Node, Archive].flatMap(errorsOf))].toSorted()

  const [, ...sections] = read("reference/errors.md").split(/^### /m)
  const told = new Map(sections.map((text) => [text.slice(0, text.indexOf("\n")), text.split("\n## ")[0]!]))

  it("has every error, and no other, in the README and on the site", () => {
    const [, section = ""] = readFileSync(join(root, "README.md"), "utf8").split("\n## Every error\n")
    const inReadme = [...section.split("\n## ")[0]!.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
    expect(errors.length).toBeGreaterThan(30)
    expect(inReadme.toSorted()).toEqual(errors)
    expect([...told.keys()].toSorted()).toEqual(errors)
  })

  it.each([...told])("%s says what happened, why, what to do, and whether to repeat it", (_, text) => {
    const parts = [...text.matchAll(/^- \*\*([^*]+):\*\*/gm)].map(([, part]) => part)
    expect(parts).toEqual(["What happened", "Why", "What to do", "Again"])
  })

  it.each(Object.entries(causes))("%s has each of its causes, and no other", (error, names) => {
    // What stands in the first cells of its table, below the head.
    const [, rows = ""] = (told.get(error) ?? "").split(/^\|[-|]+\|$/m)
    const cells = [...rows.matchAll(/^\|([^|]+)\|/gm)].map(([, cell = ""]) => cell)
    const inTable = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name))
    expect(inTable.toSorted()).toEqual(Object.keys(names).toSorted())
  })
})
