import { DirectMessages, TokenSet, TokenStore } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer, Login, NodeClient, NodeDirectMessages, TokenFile } from "@effect-xdm/node"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs/promises"
import * as Net from "node:net"
import * as Path from "node:path"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { chromium, visit } from "../support/chromium.js"
import { makeFolder } from "../support/processes.js"

const server = ManagedRuntime.make(Layer.provideMerge(EmulatorServer.layer(), Emulator.layer()))
const emulator = <A>(use: (emulator: Emulator["Type"]) => Effect.Effect<A>): Promise<A> =>
  server.runPromise(Effect.flatMap(Emulator, use))

let url: string
let folder: string
let file: string
let port: number

beforeAll(async () => {
  url = (await server.runPromise(EmulatorServer)).url
})

beforeEach(async () => {
  folder = await makeFolder()
  file = Path.join(folder, "tokens.json")
  port = await freePort()
})

afterEach(async () => {
  await emulator(({ clearFaults }) => clearFaults)
  await Fs.rm(folder, { recursive: true, force: true })
})

afterAll(() => server.dispose())

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = Net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as Net.AddressInfo // it listens on a port
      probe.close(() => resolve(port))
    })
  })

const { confidentialClient, publicClient } = Fixtures.apps
const app = (client: { readonly clientId: string; readonly clientSecret?: string } = publicClient): Login.App => ({
  clientId: client.clientId,
  clientSecret: client.clientSecret === undefined ? undefined : Redacted.make(client.clientSecret),
  apiUrl: url,
  authorizeUrl: `${url}/i/oauth2/authorize`
})

const around = () => Layer.merge(TokenFile.layer(file), NodeClient.layer())
const login = (options: Partial<Login.LoginOptions> = {}) =>
  Effect.provide(Login.login({ ...app(), port, open: opens(follow), ...options }), around())
const run = (options?: Partial<Login.LoginOptions>) => Effect.runPromise(login(options))
const refused = (options?: Partial<Login.LoginOptions>) => Effect.runPromise(Effect.flip(login(options)))
const stored = (account = "default") =>
  Effect.runPromise(
    Effect.flatMap(TokenStore, ({ get }) => get(account)).pipe(
      Effect.map(Option.map(Schema.encodeSync(TokenSet))),
      Effect.provide(TokenFile.layer(file))
    )
  ).then(Option.getOrUndefined)

/** What a browser does, without one: follows the redirect, and gives the text of the last page. */
const follow = (at: URL): Promise<string> => fetch(at).then((response) => response.text())
/** The redirect alone. */
const redirectOf = async (at: URL): Promise<URL> => {
  const location = (await fetch(at, { redirect: "manual" })).headers.get("location")
  return new URL(location ?? "")
}
const opens = (browse: (at: URL) => Promise<unknown>) => (at: URL) =>
  Effect.sync(() => void browse(at).catch(() => undefined))

describe("a user logs in", () => {
  it.each([["public", publicClient], ["confidential", confidentialClient]] as const)(
    "with a %s app, is told who it is and what it may do, and is logged in from then on",
    async (_, client) => {
      let page = Promise.resolve("")
      const found = await run({
        ...app(client),
        open: (at) => Effect.sync(() => void (page = follow(at)))
      })
      expect(await page).toContain("You can close this window")
      expect(found.account).toBe("default")
      expect(Either.getOrThrow(found.user).username).toBe("mina_builds")
      expect(found.scopes).toEqual(Login.defaultScopes)
      expect(found.lasts).toBe(true)
      const tokens = await stored()
      expect(tokens?.scopes).toEqual(Login.defaultScopes)
      expect(Date.parse(tokens?.expiresAt ?? "") - Date.now()).toSatisfy((left: number) =>
        left > 7_100_000 && left <= 7_200_000
      )
      // It is renewed by what the log-in gave, and revoked in the end.
      await emulator(({ expireTokens }) => expireTokens)
      const { apiUrl: baseUrl, ...credentials } = app(client)
      const messages = NodeDirectMessages.layerConfig(Config.succeed({ ...credentials, baseUrl, tokenFile: file }))
      const me = await Effect.runPromise(
        Effect.flatMap(DirectMessages, (dm) => dm.getMe()).pipe(Effect.provide(messages))
      )
      expect(me.username).toBe("mina_builds")
      const renewed = await stored()
      expect(renewed?.accessToken).not.toBe(tokens?.accessToken)
      expect(await Effect.runPromise(Effect.provide(Login.logout(app(client)), around()))).toBe(true)
      expect(await stored()).toBeUndefined()
      for (const token of [renewed?.accessToken, tokens?.accessToken]) {
        const answer = await fetch(`${url}/2/users/me`, { headers: { authorization: `Bearer ${token}` } })
        expect(answer.status).toBe(401)
      }
      expect(await Effect.runPromise(Effect.provide(Login.logout(app(client)), around()))).toBe(false)
    }
  )

  it.skipIf(chromium === undefined)("in a real browser", async () => {
    let dom = Promise.resolve("")
    const found = await run({ open: (at) => Effect.sync(() => void (dom = visit(at.href, folder).dom)) })
    expect(Either.getOrThrow(found.user).username).toBe("mina_builds")
    expect(await dom).toMatch(/<h1>Almost done<\/h1>/)
    expect(await stored()).toBeDefined()
  }, 60_000)

  it("without a browser, by pasting where that of another machine ended", async () => {
    const found = await run({
      paste: (at) => Effect.map(Effect.promise(() => redirectOf(at)), (back) => `  ${back.href}\n`)
    })
    expect(Either.getOrThrow(found.user).username).toBe("mina_builds")
    // The query alone will do.
    const again = await run({ paste: (at) => Effect.map(Effect.promise(() => redirectOf(at)), (back) => back.search) })
    expect(again.lasts).toBe(true)
  })

  it("for two hours, with scopes that say so", async () => {
    const found = await run({ account: "short", scopes: ["tweet.read", "users.read", "dm.read"] })
    expect(found).toMatchObject({ account: "short", scopes: ["tweet.read", "users.read", "dm.read"], lasts: false })
    expect((await stored("short"))?.refreshToken).toBeUndefined()
  })

  it("even if X cannot tell who it is just then", async () => {
    await emulator(({ inject }) => inject(Faults.status(403), { route: "GET /2/users/me" }))
    const found = await run()
    expect(Either.isLeft(found.user)).toBe(true)
    expect(await stored()).toBeDefined()
  })
})

describe("an answer that is not this log-in's", () => {
  it("is turned away, and the log-in goes on", async () => {
    const pages: Array<string> = []
    const visitors = async (at: URL) => {
      const back = await redirectOf(at)
      for (const change of [{ state: "forged" }, { state: "" }, { state: "x", error: "access_denied" }]) {
        const forged = new URL(back)
        for (const [name, value] of Object.entries(change)) forged.searchParams.set(name, value)
        const answer = await fetch(forged)
        pages.push(`${answer.status} ${await answer.text()}`)
      }
      const elsewhere = await fetch(new URL("/favicon.ico", back))
      pages.push(`${elsewhere.status}`)
      await fetch(back)
    }
    const found = await run({ open: opens(visitors) })
    expect(found.lasts).toBe(true)
    expect(pages.map((page) => page.slice(0, 3))).toEqual(["400", "400", "400", "404"])
    expect(pages[0]).toContain("Not this log-in")
  })

  it("is refused when it is pasted", async () => {
    for (const text of ["http://127.0.0.1/callback?state=forged&code=1", "what?", ""]) {
      expect(await refused({ paste: () => Effect.succeed(text) })).toMatchObject({ reason: "NotOurs" })
    }
    expect(await stored()).toBeUndefined()
  })
})

describe("a log-in that fails says why, keeps no token and frees its port:", () => {
  afterEach(async () => {
    expect(await stored()).toBeUndefined()
    await expect(fetch(`http://127.0.0.1:${port}/callback`)).rejects.toThrow()
  })

  it("the user does not allow it", async () => {
    const deny = async (at: URL) => {
      const back = new URL(at.searchParams.get("redirect_uri") ?? "")
      back.searchParams.set("state", at.searchParams.get("state") ?? "")
      back.searchParams.set("error", "access_denied")
      return fetch(back)
    }
    expect(await refused({ open: opens(deny) })).toMatchObject({
      _tag: "LoginFailed",
      reason: "Denied",
      message: expect.stringContaining("was not allowed to act for you")
    })
  })

  it("the user does not come back", async () => {
    const error = await refused({ open: () => Effect.void, within: "50 millis" })
    expect(error).toMatchObject({ reason: "TimedOut", message: expect.stringContaining("within 50ms") })
  })

  it("the app is not what it says", async () => {
    const wrong = { ...app(confidentialClient), clientSecret: Redacted.make("s3cr3t-but-wrong") }
    const error = await refused(wrong)
    expect(error).toMatchObject({ reason: "Refused" })
    expect(error.message).toMatch(/^(?!.*s3cr3t).*X refused the app with "unauthorized_client.* Check the client id/)
  })

  it("the code is spent", async () => {
    const twice = async (at: URL) => {
      const back = await redirectOf(at)
      const other = new URL(back)
      other.searchParams.set("code", "spent")
      return fetch(other)
    }
    expect((await refused({ open: opens(twice) })).message).toMatch(/X refused the app with "invalid_request: .* code/)
  })

  it("what answers is not X", async () => {
    await emulator(({ inject }) => inject(Faults.badJson, { route: "POST /2/oauth2/token" }))
    const error = await refused()
    expect(error).toMatchObject({ reason: "Refused" })
    expect(error.message).toContain("did not answer as X does")
  })

  it("X cannot be reached", async () => {
    const nowhere = await freePort()
    const error = await refused({ apiUrl: `http://127.0.0.1:${nowhere}` })
    expect(error).toMatchObject({ reason: "Unreachable" })
    expect(error.message).toContain(`http://127.0.0.1:${nowhere} could not be reached`)
  })

  it("it is interrupted", async () => {
    const fiber = Effect.runFork(login({ open: () => Effect.void }))
    await new Promise((resolve) => setTimeout(resolve, 100))
    const began = performance.now()
    expect(Exit.isInterrupted(await Effect.runPromise(Fiber.interrupt(fiber)))).toBe(true)
    expect(performance.now() - began).toBeLessThan(500)
  })

  it("an option makes no sense", async () => {
    const bad: ReadonlyArray<Partial<Login.LoginOptions>> = [
      { clientId: "a b" },
      { clientId: "" },
      { port: 0 },
      { port: 70_000 },
      { scopes: [] },
      { scopes: ["dm.read dm.write"] },
      { apiUrl: "ftp://x" },
      { within: -1 }
    ]
    for (const options of bad) {
      const open = () => Effect.die("nothing is opened")
      expect(await refused({ ...options, open })).toMatchObject({ reason: "InvalidInput" })
    }
  })
})

describe("a log-in on a port that is taken", () => {
  it("says so", async () => {
    const holder = Net.createServer()
    await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve))
    const error = await refused({ open: () => Effect.die("nothing is opened") })
    await new Promise((resolve) => holder.close(resolve))
    expect(error).toMatchObject({ reason: "PortInUse" })
    expect(error.message).toMatch(new RegExp(`port ${port} of this machine is taken by another program`))
  })
})

describe("a log-out", () => {
  it("keeps the tokens if X could not be told, so that it can be tried again", async () => {
    await run()
    await emulator(({ inject }) => inject(Faults.cutBefore, { route: "POST /2/oauth2/revoke" }))
    const error = await Effect.runPromise(Effect.flip(Effect.provide(Login.logout(app()), around())))
    expect(error).toMatchObject({ _tag: "LoginFailed", reason: "Unreachable" })
    expect(await stored()).toBeDefined()
    await emulator(({ clearFaults }) => clearFaults)
    expect(await Effect.runPromise(Effect.provide(Login.logout(app()), around()))).toBe(true)
  })
})

describe("secrets of a log-in", () => {
  it("are in no failure, as text or as a value", async () => {
    await emulator(({ inject }) => inject(Faults.badJson, { route: "POST /2/oauth2/token" }))
    const secret = "s3cr3t-of-the-client"
    const error = await refused({ ...app(confidentialClient), clientSecret: Redacted.make(secret) })
    expect(`${error}${JSON.stringify(error)}${error.message}`).not.toContain(secret)
  })
})
