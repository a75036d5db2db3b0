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

describe("the reference of errors", () => {
  const sections = new Map(
    read("reference/errors.md").split(/^### /m).slice(1).map((section) => {
      const [title = "", ...lines] = section.split("\n")
      return [title.trim(), lines.join("\n").replace(/^## [^]*/m, "")]
    })
  )

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

  it("has every error, and no other", () => {
    expect(errors.length).toBeGreaterThan(30)
    expect([...sections.keys()].toSorted()).toEqual(errors)
  })

  it.each([...sections])("says of %s what happened, why, what to do, and whether it is repeated", (_, text) => {
    for (const part of ["What happened", "Why", "What to do", "Repeated"]) {
      expect(text).toMatch(new RegExp(`^- \\*\\*${part}\\.\\*\\* \\S`, "m"))
    }
  })

  // By the types, so that a new reason fails `check` until it is here, and then this test until it is told of.
  const forbidden: { readonly [R in Core.Errors.ForbiddenReason]: true } = {
    MissingScope: true,
    RecipientRefusesMessages: true,
    RecipientDoesNotFollow: true,
    LooksAutomated: true,
    AppLacksDmPermission: true,
    ClientNotEnrolled: true,
    NotAuthorizedForResource: true,
    Other: true
  }
  const archive: { readonly [R in Archive.Reason]: true } = {
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
  }
  const login: { readonly [R in Node.Login.LoginFailed["reason"]]: true } = {
    InvalidInput: true,
    PortInUse: true,
    NoBrowser: true,
    Denied: true,
    NotOurs: true,
    TimedOut: true,
    Refused: true,
    Unreachable: true
  }
  const mediaFile: { readonly [R in Node.MediaFile.Reason]: true } = {
    NotFound: true,
    NoFile: true,
    UnknownType: true,
    Exists: true,
    NoAccess: true,
    Full: true,
    Unexpected: true
  }
  const webhook: { readonly [R in Core.WebhookRefused["reason"]]: true } = {
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
  const located: { readonly [R in Core.Download.MediaNotLocated["why"]]: true } = {
    NoAttachment: true,
    NoMedia: true,
    NoFile: true
  }

  it.each([
    ["Forbidden", forbidden],
    ["ArchiveFailed", archive],
    ["LoginFailed", login],
    ["MediaFileFailed", mediaFile],
    ["WebhookRefused", webhook],
    ["MediaNotLocated", located]
  ])("has every reason of %s", (error, reasons) => {
    const told = [...(sections.get(error) ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name)
    expect(Object.keys(reasons).filter((reason) => !told.includes(reason))).toEqual([])
  })
})

describe("the page of telemetry", () => {
  const source = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => readFileSync(join(root, folder, path), "utf8"))
      .join("\n")
  const told = new Set([...read("reference/telemetry.md").matchAll(/`([a-z0-9_.]+)`/g)].map(([, name]) => name))

  it.each([
    ["metric", /"(xdm_\w+)"/g],
    ["attribute of a span", /"((?:x|http|url)\.[a-z0-9_.]+)":/g]
  ])("names every %s", (_, names) => {
    const found = new Set(
      ["packages/core/src", "packages/node/src"].flatMap((folder) =>
        [...source(folder).matchAll(names)].map(([, name]) => name)
      )
    )
    expect(found.size).toBeGreaterThan(4)
    expect([...found].filter((name) => !told.has(name))).toEqual([])
  })
})
