import { TokenStore } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer, TokenFile } from "@effect-xdm/node"
import { Archive } from "@effect-xdm/node/Archive"
import { expect, it } from "@effect/vitest"
import { Chunk, Effect, Layer, Stream } from "effect"
import { PCGRandom } from "effect/Utils"
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const built = (path: string) => fileURLToPath(new URL(`../examples/dist/${path}`, import.meta.url))

const temporary = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "effect-xdm-desk-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

interface Running {
  readonly pid: number
  /** What it has said so far, on both ways. */
  readonly said: () => string
  readonly errors: () => string
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<void>
  readonly code: Effect.Effect<number | null>
}

/** Starts a program of the examples in a folder, with no settings but these; it ends with the scope. */
const start = (path: string, cwd: string, env: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.sync((): Running => {
      const child = spawn(process.execPath, [built(path)], { cwd, env: { PATH: process.env["PATH"], ...env } })
      let out = ""
      let errors = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => out += text)
      child.stderr.setEncoding("utf8").on("data", (text: string) => errors += text)
      const closed = new Promise<number | null>((resolve) => child.on("close", resolve))
      return {
        pid: child.pid ?? 0,
        said: () => out,
        errors: () => errors,
        code: Effect.promise(() => closed),
        kill: (signal) => Effect.zipRight(Effect.sync(() => child.kill(signal)), Effect.promise(() => closed))
      }
    }),
    ({ kill }) => kill("SIGKILL")
  )

const until = <E, R>(isSo: Effect.Effect<boolean, E, R>) =>
  isSo.pipe(Effect.delay("20 millis"), Effect.repeat({ until: (so) => so }), Effect.timeout("60 seconds"))

/** The texts of an archive. */
const archived = (file: string) =>
  Effect.flatMap(Archive, (archive) => Stream.runCollect(archive.events())).pipe(
    Effect.map(Chunk.toReadonlyArray),
    Effect.map((events) =>
      events.map(({ event }) => event._tag === "MessageCreate" ? event.text ?? "" : event._tag).toSorted()
    ),
    Effect.provide(Archive.layer({ file, readOnly: true }))
  )

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it.live(
  "the support desk, as a user runs it: each answer once, all in the archives, no secret told",
  () =>
    Effect.gen(function*() {
      const folder = yield* temporary
      const desk = yield* start("support-desk.js", folder, { TMPDIR: folder })
      const code = yield* desk.code
      const out = desk.said()
      expect(desk.errors()).toBe("")
      expect(code).toBe(0)
      expect(out).toContain("It is told to end, and does: exit code 0.")
      const pids = [...out.matchAll(/^The desk runs as process (\d+)\.$/gm)].map(([, pid]) => Number(pid))
      expect(pids).toHaveLength(2)
      expect(pids.filter(isRunning)).toEqual([])

      // What the emulator has in the end, by account: who said what, without the agent's name.
      const [, held = ""] = /\nWhat X holds.*\n([^]*?)\n\n/.exec(out) ?? []
      const conversations = held.split(/^ {2}with /m).slice(1).map((text) => text.trimEnd().split(/\n {4}/))
      const looked = "Thank you for writing. We look into it, and write to you today."
      const noted = "Your order leaves today, and the change is noted."
      expect(conversations.map((lines) => lines.map((line) => line.replace(/ \((Ada|Ben)\)$/, "")))).toEqual([
        [
          "@lumen_help",
          "@jonas_lind: My invoice LH-20931 has the wrong address.",
          "@lumen_help: We have corrected the invoice, and mailed it to you.",
          "@jonas_lind: Thank you!"
        ],
        [
          "@lumen_help",
          "@tomas_rey: The app forgets my password.",
          "@lumen_help: Please choose a new password; a link is in your mail."
        ],
        ["@lumen_help", "@salma_haddad: Is anyone there?", `@lumen_help: ${looked}`],
        ["@lumen_shop", "@kenji_mori: Has my parcel left?", `@lumen_shop: ${noted}`],
        ["@lumen_shop", "@priya_nair: Can I still change the size of my order?", `@lumen_shop: ${noted}`],
        ["@lumen_shop", "@noa_peretz: Do you ship to Haifa?", `@lumen_shop: ${looked}`]
      ])

      const files = [...out.matchAll(/^ {2}(\S+)\.db: \d messages$/gm)].map(([, file]) => `${file}.db`)
      expect(files).toHaveLength(2)
      const texts = conversations.map(([account = "", ...lines]) => ({
        account,
        texts: lines.map((line) => line.replace(/^@\w+: /, ""))
      }))
      for (const [i, account] of ["@lumen_help", "@lumen_shop"].entries()) {
        const wanted = texts.filter((one) => one.account === account).flatMap((one) => one.texts)
        expect(yield* archived(files[i] ?? "")).toEqual(wanted.toSorted())
      }
      expect(out).toMatch(
        /\.db: 7 messages\n {4}@lumen_help: We have corrected the invoice.*\n {4}@jonas_lind: My invoice/
      )

      const [, file = ""] = /^ {2}(\S+telemetry\.jsonl)$/m.exec(out) ?? []
      const telemetry = readFileSync(file, "utf8")
      const lines = telemetry.trimEnd().split("\n").map((line): Record<string, unknown> => JSON.parse(line))
      const tickets = new Set(lines.filter(({ span }) => span === "ticket").map(({ id }) => id))
      const sends = lines.filter(({ span }) => span === "POST /2/dm_conversations/{dm_conversation_id}/messages")
      // Those that were answered; the one that the kill cut off has no end.
      expect(sends.map((span) => span["http.response.status_code"])).toEqual([201, 201, 201, 201, 201])
      expect(sends.filter(({ parent }) => !tickets.has(parent))).toEqual([])
      const last = (metric: string, account?: string) =>
        lines.findLast((line) => line["metric"] === metric && line["account"] === account)?.["value"]
      expect(last("desk_answers", "lumen_help")).toBe(2)
      expect(last("desk_answers", "lumen_shop")).toBe(1)
      expect(last("xdm_messages_sent")).toBe(4)
      expect(last("xdm_reconciliations")).toBe(1)

      const tokens = readFileSync(join(file, "..", "tokens.json"), "utf8")
      const secrets = [...tokens.matchAll(/"(emulator-[^"]+)"/g)].map(([, token = ""]) => token)
      expect(secrets).toHaveLength(4)
      for (const secret of [...secrets, Fixtures.tokens.app]) expect(telemetry + out).not.toContain(secret)
      // Nor what was said, nor by whom.
      const said = [...texts.flatMap((one) => one.texts), ...Object.values(Fixtures.people).map(({ id }) => id)]
      for (const text of said) expect(telemetry).not.toContain(text)
    }).pipe(Effect.scoped),
  120_000
)

const kills = 5
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000)

const numbers = new PCGRandom(seed)
/** A number from 0 up to 1; the same ones for the same seed. */
const random = () => numbers.number()

const accounts = { one: "1", two: "2" } as const
const customers = Array.from({ length: kills * 6 }, (_, i) => String(i + 11))
const conversationOf = (customer: string) => `${Number(customer) % 2 === 0 ? accounts.one : accounts.two}-${customer}`

it.live(
  `a support desk that is killed ${kills} times answers every customer once (SEED=${seed})`,
  () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator
      const { url } = yield* EmulatorServer
      const folder = yield* temporary
      const tokenFile = join(folder, "tokens.json")
      yield* Effect.forEach(Object.entries(accounts), ([account, user]) =>
        Effect.gen(function*() {
          yield* (yield* TokenStore).set(account, yield* emulator.login({ user }))
        })).pipe(Effect.provide(TokenFile.layer(tokenFile)))
      const environment = {
        DESK_ACCOUNTS: Object.keys(accounts).join(),
        DESK_FOLDER: folder,
        X_API_URL: url,
        X_BEARER_TOKEN: Fixtures.tokens.app,
        X_CLIENT_ID: Fixtures.apps.publicClient.clientId,
        X_TOKEN_FILE: tokenFile
      }
      // X takes a moment for each, so that kills find some on their way.
      yield* emulator.inject(Faults.delay("60 millis"), { method: "POST" })
      const open = (desk: Running) =>
        until(Effect.sync(() => Object.keys(accounts).every((account) => desk.said().includes(`@${account} is open`))))
      const held = Effect.all(Object.values(accounts).map((user) => emulator.events({ user }))).pipe(
        Effect.map((events) => events.flat().toReversed())
      )
      const left = [...customers]
      const write = Effect.suspend(() => {
        const from = left.pop() ?? ""
        return emulator.arrive({ from, in: conversationOf(from), text: `Hello, I am ${from}` })
      })

      for (let killed = 0; killed < kills; killed++) {
        const desk = yield* start("support-desk/main.js", folder, environment)
        yield* open(desk)
        for (let i = 0; i < 5; i++) {
          yield* write
          yield* Effect.sleep(random() * 300)
        }
        yield* Effect.sleep(random() * 600)
        yield* desk.kill("SIGKILL")
        yield* write
        expect(desk.errors()).toBe("")
      }
      const before = (yield* held).length - customers.length
      const desk = yield* start("support-desk/main.js", folder, environment)
      const all = Effect.map(held, ({ length }) => length >= 2 * customers.length)
      yield* until(all)
      const texts = yield* Effect.map(held, (events) => events.map(({ text }) => text ?? ""))
      const inArchives = Effect.forEach(Object.keys(accounts), (account) => archived(join(folder, `${account}.db`)))
      yield* until(Effect.map(inArchives, (each) => each.flat().length >= texts.length))
      // An answer too many would come now.
      yield* Effect.sleep("1 second")
      yield* desk.kill("SIGTERM")
      expect(desk.errors()).toBe("")
      expect(yield* desk.code).toBe(0)
      expect(desk.said()).toContain("The desk is closed.")

      console.log(`SEED=${seed}: ${kills} kills, ${before} answers by then, ${customers.length} in the end`)
      const senders = (yield* held).map((event) => `${event.dm_conversation_id} ${event.sender_id}`)
      const wanted = customers.flatMap((customer) => {
        const id = conversationOf(customer)
        return [`${id} ${customer}`, `${id} ${id.split("-")[0]}`]
      })
      expect(senders.toSorted()).toEqual(wanted.toSorted())
      expect((yield* inArchives).flat().toSorted()).toEqual(texts.toSorted())
    }).pipe(
      Effect.scoped,
      Effect.provide(
        EmulatorServer.layer().pipe(
          Layer.provideMerge(Emulator.layer({
            rateLimits: "off",
            world: Fixtures.world({
              users: [
                Fixtures.user("1", "one"),
                Fixtures.user("2", "two"),
                ...customers.map((id) => Fixtures.user(id, `customer${id}`))
              ]
            })
          }))
        )
      )
    ),
  240_000
)
