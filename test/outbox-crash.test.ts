import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer } from "@effect-xdm/node"
import { expect, it } from "@effect/vitest"
import { Effect, type Fiber, FiberId, Layer } from "effect"
import { PCGRandom } from "effect/Utils"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const source = fileURLToPath(new URL("support/outbox-worker.mjs", import.meta.url))
const kills = 50
/** More than the killed runs can send: each is killed a moment after its third message at the latest. */
const letters = 400
const peers = ["2", "3", "4"]
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000)

const numbers = new PCGRandom(seed)
/** A number from 0 up to 1; the same ones for the same seed. */
const random = () => numbers.number()

const world = Fixtures.world({
  users: [Fixtures.user("1", "me"), ...peers.map((id) => Fixtures.user(id, `user${id}`))]
})

/** The worker as one file, which starts in a fraction of the time. */
const bundled = (folder: string) =>
  Effect.promise(async () => {
    const outfile = join(folder, "worker.mjs")
    await build({
      entryPoints: [source],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: "warning"
    })
    return outfile
  })

/** Runs the worker to its end, or until it has started and `deadly` is over; gives what it said. */
const run = (program: ReadonlyArray<string>, deadly: Effect.Effect<unknown> = Effect.never) =>
  Effect.async<string>((resume) => {
    const child = spawn(process.execPath, program)
    let said = ""
    let killer: Fiber.RuntimeFiber<unknown> | undefined
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text
      if (said.includes("started")) {
        killer ??= Effect.runFork(Effect.zipRight(deadly, Effect.sync(() => child.kill("SIGKILL"))))
      }
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => said += text)
    child.on("close", () => {
      killer?.unsafeInterruptAsFork(FiberId.none)
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
      const worker = yield* bundled(folder)
      // X takes a moment for each message, so that many of the kills find one on its way.
      yield* emulator.inject(Faults.delay("60 millis"), { method: "POST" })
      const kept = join(folder, "outbox")
      const program = [worker, url, Fixtures.tokens.owner, kept, peers.join(","), String(letters)]
      const held = Effect.map(emulator.events(), ({ length }) => length)
      /** At any moment: while it starts, after a message or some, and while the next ones are on their way. */
      const soon = Effect.gen(function*() {
        const enough = (yield* held) + Math.floor(random() * 4)
        while ((yield* held) < enough) yield* Effect.sleep(5)
        yield* Effect.sleep(random() * 90)
      })
      let killed = 0
      let last = ""
      while (killed < kills) {
        last = yield* run(program, soon)
        if (last.includes("done")) break
        expect(last).toBe("started\n")
        killed++
      }
      // It was killed at work, and not when there was nothing left to do.
      expect(killed).toBe(kills)
      const before = yield* held
      expect(before).toBeGreaterThan(kills)
      last = yield* run(program)
      expect(last).toBe("started\ndone\n")

      const messages = (yield* emulator.events()).map(({ dm_conversation_id, text }) => `${dm_conversation_id} ${text}`)
      const wanted = Array.from(
        { length: letters },
        (_, i) => `1-${peers[i % peers.length]} ${i % 3 === 0 ? "Are you there?" : `message ${i}`}`
      )
      console.log(
        `SEED=${seed}: ${killed} kills, ${before} messages sent by then, ${messages.length} of ${letters} in the end`
      )
      expect(messages.toSorted()).toEqual(wanted.toSorted())
      // In order to each.
      for (const peer of peers) {
        const mine = (list: ReadonlyArray<string>) => list.filter((each) => each.startsWith(`1-${peer} `))
        expect(mine(messages).toReversed()).toEqual(mine(wanted))
      }
    }).pipe(
      Effect.scoped,
      Effect.provide(
        EmulatorServer.layer().pipe(Layer.provideMerge(Emulator.layer({ world, rateLimits: "off" })))
      )
    ),
  600_000
)
