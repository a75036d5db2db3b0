import { TokenStore } from "@effect-xdm/core"
import { Emulator } from "@effect-xdm/core/testing"
import { EmulatorServer, TokenFile } from "@effect-xdm/node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { expect, it } from "vitest"
import { bundled, makeFolder, start } from "./support/processes.js"

it("two processes that share a login while its tokens run out again and again are never logged out", async () => {
  const folder = await makeFolder()
  const file = Path.join(folder, "tokens.json")
  const runtime = ManagedRuntime.make(
    Layer.provideMerge(EmulatorServer.layer(), Emulator.layer({ rateLimits: "off", accessTokenLifetime: "300 millis" }))
  )
  try {
    const emulator = await runtime.runPromise(Emulator)
    const { url } = await runtime.runPromise(EmulatorServer)
    const program = await bundled("sharer", folder)
    await runtime.runPromise(
      Effect.flatMap(emulator.login(), (login) => Effect.flatMap(TokenStore, (store) => store.set("mina", login))).pipe(
        Effect.provide(TokenFile.layer(file))
      )
    )
    const expiring = setInterval(() => void runtime.runPromise(emulator.expireTokens), 170)
    const running = [start(program, url, file, "150"), start(program, url, file, "150")]
    const outputs = await Promise.all(running.map(({ output }) => output)).finally(() => clearInterval(expiring))
    const refused = outputs.map((output) => (JSON.parse(output) as { readonly refused: number }).refused)
    // Both met tokens that had run out, and neither failed, or the process would have.
    for (const count of refused) expect(count).toBeGreaterThan(0)
    const requests = await runtime.runPromise(emulator.requests)
    const renewals = requests.filter(({ route }) => route === "POST /2/oauth2/token")
    expect(renewals.length).toBeGreaterThan(5)
    // A refresh token that comes a second time gets 400.
    expect(new Set(renewals.map(({ status }) => status))).toEqual(new Set([200]))
    expect(requests.filter(({ route, status }) => route === "GET /2/users/me" && status === 200)).toHaveLength(600)
    expect((await Fs.readdir(folder)).sort()).toEqual(["sharer.mjs", "tokens.json"])
  } finally {
    await runtime.dispose()
    await Fs.rm(folder, { recursive: true, force: true })
  }
})
