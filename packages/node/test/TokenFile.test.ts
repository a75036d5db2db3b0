import { TokenSet, TokenStore } from "@effect-xdm/core"
import { TokenFile } from "@effect-xdm/node"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { bundled, makeFolder, start } from "./support/processes.js"

let folder: string
let file: string

beforeEach(async () => {
  folder = await makeFolder()
  file = Path.join(folder, "tokens.json")
})

afterEach(() => Fs.rm(folder, { recursive: true, force: true }))

type Store = TokenStore["Type"]
const using = <A, E>(use: (store: Store) => Effect.Effect<A, E>, path = file): Promise<A> =>
  Effect.runPromise(Effect.provide(Effect.flatMap(TokenStore, use), TokenFile.layer(path)))
const get = (account: string, path = file) =>
  using((store) => store.get(account), path).then(Option.map(Schema.encodeSync(TokenSet))).then(Option.getOrUndefined)
const put = (account: string, tokens: TokenSet, path = file) => using((store) => store.set(account, tokens), path)

const tokens = (n: number): TokenSet => ({
  accessToken: Redacted.make(`access-${n}`),
  refreshToken: Redacted.make(`refresh-${n}`),
  expiresAt: DateTime.unsafeMake("2026-08-01T12:00:00Z"),
  scopes: ["dm.read", "offline.access"]
})
const json = (n: number) => Schema.encodeSync(TokenSet)(tokens(n))
const mode = async (path: string) => ((await Fs.stat(path)).mode & 0o777).toString(8)

describe("a token file", () => {
  it("keeps the tokens of accounts, for its owner alone, and nothing beside it", async () => {
    expect(await get("mina")).toBeUndefined()
    await put("mina", tokens(1))
    await put("toString", tokens(2))
    expect(await get("mina")).toEqual(json(1))
    expect(await get("toString")).toEqual(json(2))
    expect(await get("constructor")).toBeUndefined()
    await put("mina", tokens(3))
    expect(JSON.parse(await Fs.readFile(file, "utf8"))).toEqual({ accounts: { mina: json(3), toString: json(2) } })
    expect(await mode(file)).toBe("600")
    expect(await Fs.readdir(folder)).toEqual(["tokens.json"])
  })

  it("forgets the tokens of an account, and keeps the others", async () => {
    await using((store) => store.remove("mina"))
    expect(await Fs.readdir(folder)).toEqual([])
    await put("mina", tokens(1))
    await put("other", tokens(2))
    await using((store) => store.remove("mina"))
    expect(await get("mina")).toBeUndefined()
    expect(await get("other")).toEqual(json(2))
  })

  it("is made together with its folder", async () => {
    const deep = Path.join(folder, "a", "b", "tokens.json")
    expect(await get("mina", deep)).toBeUndefined()
    await put("mina", tokens(1), deep)
    expect(await get("mina", deep)).toEqual(json(1))
    expect(await mode(Path.dirname(deep))).toBe("700")
  })

  it("can be a link, which stays one", async () => {
    const real = Path.join(folder, "real.json")
    await put("mina", tokens(1), real)
    await Fs.symlink(real, file)
    await put("mina", tokens(2))
    expect((await Fs.lstat(file)).isSymbolicLink()).toBe(true)
    expect(await get("mina", real)).toEqual(json(2))
  })

  it("loses nothing when many write at once", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => put(`account ${n}`, tokens(n))))
    for (let n = 0; n < 20; n++) expect(await get(`account ${n}`)).toEqual(json(n))
    expect(await Fs.readdir(folder)).toEqual(["tokens.json"])
  })

  it("locks an account for one at a time, and others not", async () => {
    const seen: Array<string> = []
    const job = (store: Store, account: string, work: Effect.Effect<unknown>) =>
      store.withLock(account)(
        Effect.sync(() => seen.push(`${account} in`)).pipe(
          Effect.zipRight(work),
          Effect.zipRight(store.set(account, tokens(1))),
          Effect.tap(() => Effect.sync(() => seen.push(`${account} out`)))
        )
      )
    await using((store) =>
      Effect.gen(function*() {
        // Whoever has one account waits until the other was locked and let go.
        const other = yield* Deferred.make<void>()
        yield* Effect.all([
          job(store, "a/b", Deferred.await(other)),
          job(store, "a/b", Deferred.await(other)),
          Effect.zipRight(job(store, "c", Effect.void), Deferred.succeed(other, void 0))
        ], { concurrency: "unbounded" })
      })
    )
    expect(seen.filter((text) => text.startsWith("a"))).toEqual(["a/b in", "a/b out", "a/b in", "a/b out"])
    expect(seen.indexOf("c out")).toBeLessThan(seen.indexOf("a/b out"))
  })
})

const refused = async (pattern: RegExp) => {
  const before = await Fs.readFile(file, "utf8")
  const actions = [
    (store: Store) => Effect.flip(store.get("mina")),
    (store: Store) => Effect.flip(store.set("mina", tokens(1)))
  ]
  for (const action of actions) {
    const error = await using(action)
    expect(error).toMatchObject({ _tag: "TokenStoreFailed", store: file })
    expect(error.message).toMatch(pattern)
    expect(error.message + JSON.stringify(error)).not.toContain("s3cr3t")
  }
  expect(await Fs.readFile(file, "utf8")).toBe(before)
}

describe("a token file that is not as it must be is refused, and left as it is:", () => {
  it.skipIf(process.platform === "win32")("one that others can read", async () => {
    await put("mina", tokens(1))
    for (const bits of [0o640, 0o604, 0o620, 0o666]) {
      await Fs.chmod(file, bits)
      await refused(new RegExp(`can be opened by other users of this machine\\. Run: chmod 600 ${file}$`))
    }
    await Fs.chmod(file, 0o400)
    expect(await get("mina")).toEqual(json(1))
  })

  for (
    const text of [
      "",
      "{",
      "[]",
      "{}",
      "{\"accounts\":[]}",
      "{\"accounts\":{\"mina\":\"s3cr3t-token\"}}",
      "{\"accounts\":{\"mina\":{\"accessToken\":\"s3cr3t token\"}}}",
      "{\"accounts\":{\"other\":{\"accessToken\":\"s3cr3t\",\"expiresAt\":1}}}",
      "{\"accounts\":{\"mina\":{\"accessToken\":\"s3cr3t\""
    ]
  ) {
    it(text, async () => {
      await Fs.writeFile(file, text, { mode: 0o600 })
      await refused(/is not JSON of the form .* Mend it, or remove it and log in again; nothing was overwritten/)
    })
  }

  it("one that is a folder", async () => {
    await Fs.mkdir(file)
    expect((await using((store) => Effect.flip(store.get("mina")))).message).toMatch(/EISDIR|can be opened by other/)
  })
})

describe("a process that is killed", () => {
  it("leaves a file that is whole, and no lock that holds", async () => {
    const program = await bundled("writer", folder)
    for (let i = 0; i < 5; i++) {
      const writer = start(program, file)
      await writer.wrote("begun")
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
      writer.process.kill("SIGKILL")
      await writer.output
      expect((await get("mina"))?.accessToken).toMatch(/^access-\d+$/)
      await using((store) => store.withLock("mina")(store.set("other", tokens(i))))
      expect(await get("other")).toEqual(json(i))
      expect((await Fs.readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([])
    }
    await Fs.writeFile(`${file}.of-the-killed.tmp`, "s3cr3t")
    await put("mina", tokens(1))
    expect((await Fs.readdir(folder)).sort()).toEqual(["tokens.json", "writer.mjs"])
  })
})
