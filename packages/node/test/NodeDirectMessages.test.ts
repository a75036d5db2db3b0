import { DirectMessages } from "@effect-xdm/core"
import { TokenStore } from "@effect-xdm/core"
import { Emulator, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer, NodeDirectMessages, TokenFile } from "@effect-xdm/node"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeFolder } from "./support/processes.js"

type Env = { readonly [name: string]: string }

const server = ManagedRuntime.make(Layer.provideMerge(EmulatorServer.layer(), Emulator.layer()))
let url: string
let folder: string

beforeAll(async () => {
  url = (await server.runPromise(EmulatorServer)).url
  folder = await makeFolder()
})

afterAll(async () => {
  await server.dispose()
  await Fs.rm(folder, { recursive: true, force: true })
})

const noFile = "/nowhere/.env"
const environment = (env: Env) => Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env))))

/** The name of the user whose messages the layer reads. */
const whoIs = (layer: ReturnType<typeof NodeDirectMessages.layer>, env: Env) =>
  Effect.runPromise(
    Effect.flatMap(DirectMessages, (dm) => dm.getMe()).pipe(
      Effect.map(({ username }) => username),
      Effect.provide(layer),
      Effect.provide(environment(env))
    )
  )

const refused = (env: Env) =>
  Effect.runPromise(
    Layer.launch(NodeDirectMessages.layer({ envFile: noFile })).pipe(
      Effect.flip,
      Effect.map(String),
      Effect.provide(environment(env))
    )
  )

const oauth1 = Fixtures.oauth1()
const four = {
  X_CONSUMER_KEY: Redacted.value(oauth1.consumerKey),
  X_CONSUMER_SECRET: Redacted.value(oauth1.consumerSecret),
  X_ACCESS_TOKEN: Redacted.value(oauth1.accessToken),
  X_ACCESS_TOKEN_SECRET: Redacted.value(oauth1.accessTokenSecret)
}
const clientId = Fixtures.apps.publicClient.clientId

describe("the layer reads the account from the environment:", () => {
  it("an access token", async () => {
    const layer = NodeDirectMessages.layer({ envFile: noFile })
    expect(await whoIs(layer, { X_API_URL: url, X_ACCESS_TOKEN: Fixtures.tokens.other })).toBe("jonas_lind")
  })

  it("an access token, and the consumer secret for a webhook", async () => {
    const layer = NodeDirectMessages.layer({ envFile: noFile })
    const env = { X_API_URL: url, X_ACCESS_TOKEN: Fixtures.tokens.other, X_CONSUMER_SECRET: "of the webhook" }
    expect(await whoIs(layer, env)).toBe("jonas_lind")
  })

  it("the four of OAuth 1.0a", async () => {
    const layer = NodeDirectMessages.layer({ envFile: noFile })
    expect(await whoIs(layer, { X_API_URL: url, ...four })).toBe("mina_builds")
  })

  it("a log-in in the token file, renewed where it has run out", async () => {
    const file = Path.join(folder, "tokens.json")
    const login = await server.runPromise(Effect.flatMap(Emulator, (emulator) => emulator.login({ clientId })))
    await server.runPromise(
      Effect.flatMap(TokenStore, (store) => store.set("support", login)).pipe(Effect.provide(TokenFile.layer(file)))
    )
    await server.runPromise(Effect.flatMap(Emulator, (emulator) => emulator.expireTokens))
    const layer = NodeDirectMessages.layer({ envFile: noFile })
    const env = { X_API_URL: url, X_CLIENT_ID: clientId, X_TOKEN_FILE: file, X_ACCOUNT: "support" }
    expect(await whoIs(layer, env)).toBe("mina_builds")
    expect(await Fs.readFile(file, "utf8")).not.toContain(Redacted.value(login.accessToken))
  })

  it("from a file beside it, where the environment does not say", async () => {
    const envFile = Path.join(folder, ".env")
    await Fs.writeFile(envFile, `X_API_URL=${url}\nX_ACCESS_TOKEN=${Fixtures.tokens.owner}\n`)
    expect(await whoIs(NodeDirectMessages.layer({ envFile }), {})).toBe("mina_builds")
    expect(await whoIs(NodeDirectMessages.layer({ envFile }), { X_ACCESS_TOKEN: Fixtures.tokens.other })).toBe(
      "jonas_lind"
    )
  })

  it("and options go before it", async () => {
    const layer = NodeDirectMessages.layer({ envFile: noFile, baseUrl: url })
    const env = { X_API_URL: "http://127.0.0.1:1", X_ACCESS_TOKEN: Fixtures.tokens.owner }
    expect(await whoIs(layer, env)).toBe("mina_builds")
  })
})

describe("a set of variables that is not whole is told of, with what to do:", () => {
  it("none", async () => {
    const text = await refused({ X_ACCESS_TOKEN: "", X_CLIENT_ID: " " })
    expect(text).toMatch(
      /nothing says whose messages to read\. Set X_CLIENT_ID .* `xdm login`; or set X_ACCESS_TOKEN .* `xdm emulator`, which/
    )
  })

  it("some of the four of OAuth 1.0a", async () => {
    const { X_CONSUMER_SECRET: _, X_ACCESS_TOKEN_SECRET: __, ...two } = four
    expect(await refused(two)).toMatch(/X_CONSUMER_SECRET and X_ACCESS_TOKEN_SECRET are missing: OAuth 1\.0a takes/)
    expect(await refused({ X_ACCESS_TOKEN_SECRET: "s3cr3t", X_ACCESS_TOKEN: "s3cr3t", X_CONSUMER_KEY: "s3cr3t" }))
      .toMatch(/^(?!.*s3cr3t).*X_CONSUMER_SECRET is missing/)
  })

  it("the consumer secret alone", async () => {
    expect(await refused({ X_CONSUMER_SECRET: "s3cr3t" })).toMatch(/^(?!.*s3cr3t).*X_CONSUMER_KEY and .* are missing/)
  })

  it("a client's secret without its id", async () => {
    expect(await refused({ X_CLIENT_SECRET: "s3cr3t" })).toMatch(/^(?!.*s3cr3t).*X_CLIENT_ID is missing, whose secret/)
  })

  it("values that make no sense", async () => {
    const token = { X_ACCESS_TOKEN: Fixtures.tokens.owner }
    expect(await refused({ ...token, X_DIALECT: "poem" })).toMatch(/X_DIALECT must be "post" or "tweet"/)
    expect(await refused({ ...token, X_API_URL: "here" })).toMatch(/baseUrl must be an http or https URL/)
    expect(await refused({ X_ACCESS_TOKEN: "Bearer s3cr3t" })).toMatch(/^(?!.*s3cr3t).*accessToken must be the token/)
  })
})

describe("layerConfig takes programs' own names:", () => {
  const live = { MY_URL: "", MY_TOKEN: Fixtures.tokens.other, MY_FILE: "", MY_CLIENT: clientId }

  it("of an access token", async () => {
    const layer = NodeDirectMessages.layerConfig({
      accessToken: Config.redacted("MY_TOKEN"),
      baseUrl: Config.string("MY_URL")
    })
    expect(await whoIs(layer, { ...live, MY_URL: url })).toBe("jonas_lind")
  })

  it("of a log-in", async () => {
    const file = Path.join(folder, "mine.json")
    const login = await server.runPromise(Effect.flatMap(Emulator, (emulator) => emulator.login({ clientId })))
    await server.runPromise(
      Effect.flatMap(TokenStore, (store) => store.set("default", login)).pipe(Effect.provide(TokenFile.layer(file)))
    )
    const layer = NodeDirectMessages.layerConfig({
      clientId: Config.string("MY_CLIENT"),
      tokenFile: Config.string("MY_FILE"),
      baseUrl: Config.string("MY_URL")
    })
    expect(await whoIs(layer, { ...live, MY_URL: url, MY_FILE: file })).toBe("mina_builds")
  })
})
