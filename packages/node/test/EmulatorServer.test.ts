import { Credentials } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer } from "@effect-xdm/node"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { createHash } from "node:crypto"
import * as Net from "node:net"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { until } from "./support/server.js"

const { people, tokens } = Fixtures
const toJonas = `/2/dm_conversations/with/${people.jonas.id}/messages`

let runtime: ManagedRuntime.ManagedRuntime<Emulator | EmulatorServer, unknown>
let url: string

beforeEach(async () => {
  runtime = ManagedRuntime.make(Layer.provideMerge(EmulatorServer.layer(), Emulator.layer()))
  url = (await runtime.runPromise(EmulatorServer)).url
})

afterEach(() => runtime.dispose())

const authorization = `Bearer ${tokens.owner}`
const get = (path: string, init: RequestInit = {}) => fetch(url + path, { headers: { authorization }, ...init })
const say = (text: string, init: RequestInit = {}) =>
  get(toJonas, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ text }),
    ...init
  })

const inject = (fault: Faults.Fault, when?: Faults.When) =>
  runtime.runPromise(Effect.flatMap(Emulator, (emulator) => emulator.inject(fault, when)))

const newest = async () => {
  const events = await runtime.runPromise(Effect.flatMap(Emulator, (emulator) => emulator.events()))
  return events[0]?.text
}

const statuses = async () => {
  const requests = await runtime.runPromise(Effect.flatMap(Emulator, (emulator) => emulator.requests))
  return requests.map(({ status }) => status)
}

describe("over HTTP", () => {
  it("listens on this machine alone, at a port that is free", async () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9][0-9]+$/)
    const { port } = await runtime.runPromise(EmulatorServer)
    expect(url.endsWith(`:${port}`)).toBe(true)
  })

  it("lists, with headers and query, and counts", async () => {
    const response = await get("/2/dm_events?max_results=2&dm_event.fields=text,created_at")
    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8")
    expect(response.headers.get("x-rate-limit-remaining")).toBe("14")
    expect(await response.json()).toMatchObject({
      data: [{ text: "And it is live! 🎉" }, {}],
      meta: { result_count: 2 }
    })
    expect((await get("/2/dm_events", { headers: {} })).status).toBe(401)
    expect(await statuses()).toEqual([200, 401])
  })

  it("sends and deletes", async () => {
    const sent = await say("Grüße 👋")
    expect(sent.status).toBe(201)
    const { data } = await sent.json() as { readonly data: { readonly dm_event_id: string } }
    expect(await newest()).toBe("Grüße 👋")
    const deleted = await get(`/2/dm_events/${data.dm_event_id}`, { method: "DELETE" })
    expect(await deleted.json()).toEqual({ data: { deleted: true } })
    expect(await newest()).not.toBe("Grüße 👋")
  })
})

it("leaves nothing behind of a connection that it cut", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
  await (await get("/2/dm_events")).text()
  const before = timers()
  await inject(Faults.cutAfter, { times: 3 })
  for (let i = 0; i < 3; i++) await expect(get("/2/dm_events")).rejects.toThrow("fetch failed")
  await until(() => timers() <= before)
})

describe("other ways to sign in", () => {
  const signed = (layer: Layer.Layer<Credentials, ConfigError>, path: string) =>
    Effect.gen(function*() {
      const { sign } = yield* Credentials
      const { headers } = yield* sign(HttpClientRequest.get(url + path))
      return headers["authorization"] ?? ""
    }).pipe(Effect.provide(layer), Effect.runPromise)

  it("takes requests that are signed by OAuth 1.0a for this very URL", async () => {
    const path = "/2/dm_events?max_results=2&event_types=MessageCreate%2CParticipantsJoin"
    const authorization = await signed(Credentials.layerOAuth1(Fixtures.oauth1()), path)
    expect((await get(path.replace("=2", "=3"), { headers: { authorization } })).status).toBe(401)
    const response = await get(path, {
      headers: { authorization: await signed(Credentials.layerOAuth1(Fixtures.oauth1()), path) }
    })
    expect(response.status).toBe(200)
  })

  it("sends a user back to the app, and gives tokens to whom the code was given", async () => {
    const verifier = "v".repeat(43)
    const challenge = createHash("sha256").update(verifier).digest("base64url")
    const client = { client_id: Fixtures.apps.publicClient.clientId, redirect_uri: "http://127.0.0.1:1/back" }
    const query = new URLSearchParams({
      ...client,
      response_type: "code",
      scope: "dm.read tweet.read users.read offline.access",
      state: "a state",
      code_challenge: challenge,
      code_challenge_method: "S256"
    })
    const back = await fetch(`${url}/i/oauth2/authorize?${query}`, { redirect: "manual" })
    expect(back.status).toBe(302)
    const location = new URL(back.headers.get("location")!)
    expect(location.searchParams.get("state")).toBe("a state")
    const token = (form: Record<string, string>) =>
      fetch(`${url}/2/oauth2/token`, { method: "POST", body: new URLSearchParams({ ...client, ...form }) })
    const code = location.searchParams.get("code")!
    const first = await token({ grant_type: "authorization_code", code, code_verifier: verifier })
    expect(first.status).toBe(200)
    const tokens = await first.json() as { readonly access_token: string; readonly refresh_token: string }
    expect((await get("/2/dm_events", { headers: { authorization: `Bearer ${tokens.access_token}` } })).status).toBe(
      200
    )
    expect((await token({ grant_type: "refresh_token", refresh_token: tokens.refresh_token })).status).toBe(200)
  })
})

describe("what goes wrong", () => {
  it("the connection is cut before the work", async () => {
    await inject(Faults.cutBefore, { times: 1 })
    await expect(say("lost")).rejects.toThrow("fetch failed")
    expect(await newest()).not.toBe("lost")
    expect((await say("again")).status).toBe(201)
    expect(await statuses()).toEqual([undefined, 201])
  })

  it("the connection is cut after the work", async () => {
    await inject(Faults.cutAfter)
    await expect(say("delivered")).rejects.toThrow("fetch failed")
    expect(await newest()).toBe("delivered")
  })

  it("the body stalls after its first half, the work being done", async () => {
    await inject(Faults.stall)
    const response = await say("half heard", { signal: AbortSignal.timeout(500) })
    expect(response.status).toBe(201)
    const reader = response.body!.getReader()
    const first = await reader.read()
    expect(new TextDecoder().decode(first.value)).toMatch(/^\{"data":\{"dm_conv/)
    await expect(reader.read()).rejects.toThrow("timeout")
    expect(await newest()).toBe("half heard")
  })

  it("the answer is late", async () => {
    await inject(Faults.delay("150 millis"))
    const start = performance.now()
    expect((await get("/2/users/me")).status).toBe(200)
    expect(performance.now() - start).toBeGreaterThanOrEqual(149)
  })

  it("a proxy answers with a page", async () => {
    await inject(Faults.html(502))
    const response = await get("/2/users/me")
    expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html; charset=utf-8"])
    expect(await response.text()).toMatch(/^<!DOCTYPE html>/)
  })
})

describe("the end of the scope", () => {
  it("closes the server at once, with a stalled answer and an idle connection open", async () => {
    await inject(Faults.stall, { times: 1 })
    const response = await get("/2/users/me")
    const reading = response.text()
    reading.catch(() => undefined) // looked at below
    await (await get("/2/users/me")).text()
    const { port } = await runtime.runPromise(EmulatorServer)
    const start = performance.now()
    await runtime.dispose()
    expect(performance.now() - start).toBeLessThan(1000)
    await expect(reading).rejects.toThrow("terminated")
    await expect(get("/2/users/me")).rejects.toThrow("fetch failed")
    await expect(new Promise((resolve, reject) => Net.connect(port, "127.0.0.1", () => resolve(0)).on("error", reject)))
      .rejects.toMatchObject({ code: "ECONNREFUSED" })
  })

  it("leaves a port that was asked for free again, and a taken one is an error", async () => {
    const { port } = await runtime.runPromise(EmulatorServer)
    const another = () =>
      Layer.build(EmulatorServer.layer({ port }).pipe(Layer.provide(Emulator.layer()))).pipe(
        Effect.scoped,
        Effect.runPromiseExit
      )
    expect(Exit.isFailure(await another())).toBe(true)
    await runtime.dispose()
    expect(Exit.isSuccess(await another())).toBe(true)
  })
})
