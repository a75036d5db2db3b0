import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer } from "@effect-xdm/node"
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const worker = fileURLToPath(new URL("support/outbox-worker.mjs", import.meta.url))
const kills = 50
const letters = 300
const peers = ["2", "3", "4"]
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000)

/** Numbers from 0 up to 1 that are the same for the same seed. */
const random = (() => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state / 0x7fffffff
  }
})()

const world = Fixtures.world({
  users: [Fixtures.user("1", "me"), ...peers.map((id) => Fixtures.user(id, `user${id}`))]
})

/** Runs the worker, and kills it so many milliseconds after it has started; gives what it said. */
const run = (args: ReadonlyArray<string>, killAfter: number | undefined) =>
  Effect.async<string>((resume) => {
    const child = spawn(process.execPath, [worker, ...args])
    let said = ""
    let timer: NodeJS.Timeout | undefined
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text
      if (said.includes("started") && timer === undefined && killAfter !== undefined) {
        timer = setTimeout(() => child.kill("SIGKILL"), killAfter)
      }
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => said += text)
    child.on("close", () => {
      clearTimeout(timer)
      resume(Effect.succeed(said))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })

it.live(
  `an outbox whose process is killed ${kills} times sends every message exactly once (SEED=${seed})`,
  () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const { url } = yield* EmulatorServer
      const folder = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "effect-xdm-outbox-"))),
        (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
      )
      // X takes a moment for each message, so that many of the kills find one on its way.
      yield* emulator.inject(Faults.delay("60 millis"), { method: "POST" })
      const args = [url, Fixtures.tokens.owner, folder, peers.join(","), String(letters)]
      let killed = 0
      let last = ""
      while (killed < kills) {
        last = yield* run(args, random() * 700)
        if (last.includes("done")) break
        expect(last).toBe("started\n")
        killed++
      }
      // It was killed at work, and not when there was nothing left to do.
      expect(killed).toBe(kills)
      const before = (yield* emulator.events()).length
      expect(before).toBeGreaterThan(kills)
      last = yield* run(args, undefined)
      expect(last).toBe("started\ndone\n")

      const held = (yield* emulator.events()).map(({ dm_conversation_id, text }) => `${dm_conversation_id} ${text}`)
      const wanted = Array.from(
        { length: letters },
        (_, i) => `1-${peers[i % peers.length]} ${i % 3 === 0 ? "Are you there?" : `message ${i}`}`
      )
      console.log(
        `SEED=${seed}: ${killed} kills, ${before} messages sent by then, ${held.length} of ${letters} in the end`
      )
      expect(held.toSorted()).toEqual(wanted.toSorted())
      // In order to each.
      for (const peer of peers) {
        const mine = (list: ReadonlyArray<string>) => list.filter((each) => each.startsWith(`1-${peer} `))
        expect(mine(held).toReversed()).toEqual(mine(wanted))
      }
    }).pipe(
      Effect.scoped,
      Effect.provide(
        EmulatorServer.layer().pipe(Layer.provideMerge(Emulator.layer({ world, rateLimits: "off" })))
      )
    ),
  600_000
)
