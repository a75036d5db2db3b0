/** What becomes of a program when X fails: the same program over each library, against the emulator over real HTTP. */
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer } from "@effect-xdm/node"
import { Effect, Layer, Redacted } from "effect"
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Group, Row } from "../measure.js"
import { labels, type Name, type Settings } from "./peer.js"
import type { Fate, Task } from "./survivor.js"
import * as Window from "./window.js"

const candidates = ["effect-xdm", "xdk", "twitter-api-v2"] as const

const patience = 15_000

interface Scenario {
  readonly title: string
  readonly program: Task["program"]
  readonly prepare: (emulator: Emulator["Type"]) => Effect.Effect<void>
  /** By default a token that is always good. */
  readonly login?: (emulator: Emulator["Type"]) => Effect.Effect<Partial<Settings>>
  /** What no library can get is not counted as lost. */
  readonly unobtainable?: boolean
  /** A limit of six requests in a few seconds, of which the headers tell. */
  readonly limited?: boolean
}

const listing = "GET /2/dm_events"

const scenarios: ReadonlyArray<Scenario> = [
  {
    title: "The listing is longer than the rate limit allows at once",
    program: "list",
    prepare: () => Effect.void,
    limited: true
  },
  {
    title: "429 on the third page, with the time of the reset",
    program: "list",
    prepare: (emulator) =>
      Effect.suspend(() => {
        const headers = {
          "x-rate-limit-limit": "15",
          "x-rate-limit-remaining": "0",
          "x-rate-limit-reset": String(Math.ceil(Date.now() / 1000) + 5)
        }
        return emulator.inject(Faults.status(429, { headers }), { route: listing, every: 3, times: 1 })
      })
  },
  {
    title: "The third page stops in the middle of its body",
    program: "list",
    prepare: (emulator) => emulator.inject(Faults.stall, { route: listing, every: 3, times: 1 })
  },
  {
    title: "Every page names the same next page",
    program: "list",
    prepare: (emulator) => emulator.inject(Faults.repeatedToken, { route: listing }),
    unobtainable: true
  },
  {
    title: "The access token has run out",
    program: "list",
    prepare: (emulator) => emulator.expireTokens,
    login: (emulator) =>
      Effect.map(emulator.login(), ({ accessToken, refreshToken }) => ({
        accessToken: Redacted.value(accessToken),
        clientId: Fixtures.apps.publicClient.clientId,
        ...(refreshToken === undefined ? undefined : { refreshToken: Redacted.value(refreshToken) })
      }))
  },
  {
    title: "The connection breaks after a message was taken; a job that fails is done again",
    program: "job",
    prepare: (emulator) => emulator.inject(Faults.cutAfter, { method: "POST", times: 1 })
  }
]

/** Runs the program in a process of its own, and ends that in any case. */
const fateOf = (name: Name, settings: Settings, task: Task): Effect.Effect<Fate, Error> =>
  Effect.async((resume) => {
    const file = fileURLToPath(new URL("survivor.js", import.meta.url))
    const child = fork(file, [name, JSON.stringify(settings), JSON.stringify(task)])
    child.once("message", (fate) => {
      child.kill("SIGKILL")
      resume(Effect.succeed(fate as Fate)) // which is all that it sends
    })
    child.once("exit", () => resume(Effect.fail(new Error(`${name} ended without a word`))))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const many = (count: number, what: string): string =>
  `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`

const story = (
  { end, failures, ids, seconds }: Fate,
  requests: number,
  lost: number,
  program: Task["program"]
): string => {
  const failed = failures.join(", then ")
  const got = program === "list" ? ` after ${many(ids.length, "event")}` : ""
  const ended = {
    done: lost > 0
      ? `ended without an error${got}`
      : failures.length === 0
      ? "went through"
      : `failed (${failed}), then went through`,
    failed: `failed${got} (${failed})`,
    hung: `hung${got}, given up`,
    circle: `went in a circle, stopped${got}`
  }
  return `${ended[end]}; ${many(requests, "request")}, ${seconds.toFixed(1)} s`
}

const survive = (name: Name, scenario: Scenario): Effect.Effect<Row> =>
  Effect.gen(function*() {
    const emulator = yield* Emulator
    const { url: direct } = yield* EmulatorServer
    const url = scenario.limited === true ? yield* Window.open(direct) : direct
    const login = yield* scenario.login?.(emulator) ?? Effect.succeed({})
    const expected = (yield* emulator.events()).map(({ id }) => id)
    yield* scenario.prepare(emulator)
    const settings: Settings = { url, accessToken: Fixtures.tokens.owner, timeout: 2_000, ...login }
    const text = "Your order 4711 is on its way."
    const { program } = scenario
    const fate = yield* fateOf(name, settings, {
      program,
      patience,
      tooMany: expected.length * 3,
      to: Fixtures.people.jonas.id,
      text
    })
    const requests = yield* emulator.requestCount()
    const got = new Set(fate.ids)
    const copies = (yield* emulator.events()).filter((event) => event.text === text).length
    const doubled = program === "list" ? fate.ids.length - got.size : Math.max(0, copies - 1)
    const lost = program === "job"
      ? Math.max(0, 1 - copies)
      : scenario.unobtainable === true
      ? 0
      : expected.filter((id) => !got.has(id)).length
    return {
      name: labels[name],
      value: lost + doubled,
      unit: doubled > 0 ? "doubled" : lost > 0 ? "lost" : "lost or doubled",
      note: story(fate, requests, lost, program),
      counted: true,
      ...(name === "effect-xdm" ? { limit: 0 } : undefined)
    }
  }).pipe(
    Effect.scoped,
    Effect.provide(EmulatorServer.layer().pipe(Layer.provideMerge(Emulator.layer({ rateLimits: "off" })))),
    Effect.orDie
  )

export const faults = (): Promise<ReadonlyArray<Group>> =>
  Effect.runPromise(Effect.forEach(scenarios, (scenario) =>
    Effect.map(
      Effect.forEach(candidates, (name) => survive(name, scenario), { concurrency: "unbounded" }),
      (rows): Group => ({ title: scenario.title, rows })
    )))
