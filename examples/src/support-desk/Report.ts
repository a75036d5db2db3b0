/** What is there when the desk is closed: what customers see, what the archives hold and find, what was measured. */
import { Emulator } from "@effect-xdm/core/testing"
import { Archive } from "@effect-xdm/node/Archive"
import { FileSystem } from "@effect/platform"
import { Array as Arr, Console, Effect, Schema, Stream } from "effect"
import { heading } from "../demo/terminal.js"
import { archiveOf } from "./Accounts.js"
import { type Account, accountNames, accounts, nameOf } from "./Company.js"
import { telemetryOf } from "./Telemetry.js"

/** Every conversation as X has it. */
export const whatXHolds = Effect.gen(function*() {
  yield* heading("What X holds", "each answer once")
  const emulator = yield* Emulator
  for (const account of accountNames) {
    const events = (yield* emulator.events({ user: accounts[account].id })).toReversed()
    for (const conversation of Object.values(Arr.groupBy(events, (event) => event.dm_conversation_id))) {
      yield* Console.log(`  with @${account}`)
      for (const { sender_id = "", text } of conversation) yield* Console.log(`    ${nameOf(sender_id)}: ${text}`)
    }
  }
})

/** An archive can be read by any program, also while the desk writes it. */
const inArchive = <A, E>(folder: string, account: Account, read: (archive: Archive["Type"]) => Effect.Effect<A, E>) =>
  Effect.provide(Effect.flatMap(Archive, read), Archive.layer({ file: archiveOf(folder, account), readOnly: true }))

/** How many messages an archive holds. */
export const archived = (folder: string, account: Account) =>
  inArchive(folder, account, (archive) => Effect.map(archive.stats, ({ messages }) => messages))

/** Each archive, and what it finds of some words. */
export const whatArchivesHold = (folder: string, words: string) =>
  Effect.gen(function*() {
    yield* heading("What the archives hold", `and what they find of "${words}"`)
    for (const account of accountNames) {
      yield* Console.log(`  ${archiveOf(folder, account)}: ${yield* archived(folder, account)} messages`)
      yield* inArchive(folder, account, (archive) =>
        archive.search(words, { order: "newest" }).pipe(
          Stream.runForEach(({ event, snippet }) => Console.log(`    ${nameOf(event.senderId ?? "")}: ${snippet}`))
        ))
    }
  })

const Line = Schema.parseJson(Schema.Union(
  Schema.Struct({ span: Schema.String }),
  Schema.Struct({ metric: Schema.String, value: Schema.Number, account: Schema.optional(Schema.String) })
))

/** How often each kind of span was, and the last value of each metric. */
export const whatWasMeasured = (folder: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const file = telemetryOf(folder)
    yield* heading("Telemetry", "of metrics, those of the last run")
    yield* Console.log(`  ${file}`)
    const text = yield* files.readFileString(file)
    const lines = yield* Effect.forEach(text.trimEnd().split("\n"), (line) => Schema.decode(Line)(line))
    const spans = Arr.groupBy(lines.flatMap((line) => "span" in line ? [line.span] : []), (name) => name)
    for (const [name, { length }] of Object.entries(spans)) yield* Console.log(`  ${length} × ${name}`)
    const metrics = new Map<string, number>()
    for (const line of lines) {
      // Effect's own, of fibers, are in the file too.
      if ("span" in line || line.metric.startsWith("effect_")) continue
      metrics.set(`${line.metric}${line.account === undefined ? "" : ` of ${line.account}`}`, line.value)
    }
    for (const [name, value] of metrics) yield* Console.log(`  ${name}: ${Number(value.toFixed(3))}`)
  })
