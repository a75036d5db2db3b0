/**
 * What the command remembers of an account from one run to the next: how X's
 * limits stand, and what was used on which day. Nothing of it is needed: notes
 * that cannot be read are begun anew.
 */
import { RateLimitStore, type Totals, Usage } from "@effect-xdm/core"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import * as FileLock from "../FileLock.js"

const Window = Schema.Struct({
  limit: Schema.Number,
  remaining: Schema.Number,
  endsAt: Schema.Number,
  told: Schema.Boolean
})
const windows = ["15 minutes", "24 hours of the user", "24 hours of the app"] as const
const Bucket = Schema.Struct({
  windows: Schema.partialWith(Schema.Record({ key: Schema.Literal(...windows), value: Window }), { exact: true }),
  inFlight: Schema.Number,
  untold: Schema.Array(Schema.Number),
  leftAt: Schema.Number,
  counted: Schema.Literal("unknown", "yes", "no"),
  closedUntil: Schema.Number,
  refusals: Schema.Number,
  refusedAt: Schema.Number
})
type Bucket = typeof Bucket.Type

/** What was used on a UTC day. */
const Day = Schema.Struct({
  requests: Schema.Number,
  eventsRead: Schema.Number,
  messagesSent: Schema.Number,
  dollars: Schema.Number
})
type Day = typeof Day.Type

const Content = Schema.Struct({
  buckets: Schema.Record({ key: Schema.String, value: Bucket }),
  days: Schema.Record({ key: Schema.String, value: Day })
})
type Content = typeof Content.Type

const decode = Schema.decodeUnknownOption(Schema.parseJson(Content))
const empty: Content = { buckets: {}, days: {} }

const read = (path: string): Effect.Effect<Content> =>
  Effect.promise(() => Fs.readFile(path, "utf8").catch(() => "")).pipe(
    Effect.map((text) => decode(text)),
    Effect.flatMap((content) => content._tag === "Some" ? Effect.succeed(content.value) : Effect.succeed(empty))
  )

const write = (path: string, content: Content): Effect.Effect<void> =>
  Effect.promise(async () => {
    const next = `${path}.${process.pid}.tmp`
    await Fs.writeFile(next, `${JSON.stringify(content)}\n`, { mode: 0o600 })
    await Fs.rename(next, path)
  })

/** How long a day is kept, as many as a bill may ask for. */
const daysKept = 400

const nothing: Day = { requests: 0, eventsRead: 0, messagesSent: 0, dollars: 0 }

/** A day and so many times another. */
const plus = (a: Day = nothing, b: Day, times = 1): Day => ({
  requests: a.requests + times * b.requests,
  eventsRead: a.eventsRead + times * b.eventsRead,
  messagesSent: a.messagesSent + times * b.messagesSent,
  dollars: a.dollars + times * b.dollars
})

const dayOf = (at: DateTime.DateTime): string => DateTime.formatIsoDateUtc(at)

/** The days with what a run has used. One that went on over midnight counts all but its last day as its first. */
const withRun = (days: Content["days"], totals: Totals, now: DateTime.Utc): Content["days"] => {
  const [first, last] = [dayOf(totals.since), dayOf(now)]
  const used = { ...days, [last]: plus(days[last], totals.today) }
  if (first !== last) used[first] = plus(plus(used[first], totals), totals.today, -1)
  return Object.fromEntries(Object.entries(used).sort().slice(-daysKept))
}

/** The notes of an account. */
export class Notes extends Context.Tag("@effect-xdm/node/cli/Notes")<Notes, {
  /** What was used by day, the newest first, without this run. */
  readonly days: Effect.Effect<ReadonlyArray<readonly [day: string, used: Day]>>
}>() {
  /** None are kept: for what begins anew each time. */
  static readonly layerNone: Layer.Layer<Notes | RateLimitStore | Usage> = Layer.mergeAll(
    Layer.succeed(Notes, { days: Effect.succeed([]) }),
    RateLimitStore.layerMemory,
    Usage.layer()
  )

  /** Kept in a file, in which each run writes what it has learnt when it ends. */
  static readonly layer = (path: string): Layer.Layer<Notes | RateLimitStore | Usage> =>
    Layer.scopedContext(Effect.gen(function*() {
      const before = yield* read(path)
      const buckets = new Map<string, Bucket>(Object.entries(before.buckets))
      // The calls that were under way belonged to a run that has ended.
      for (const [key, bucket] of buckets) buckets.set(key, { ...bucket, inFlight: 0 })
      const usage = Context.get(yield* Layer.build(Usage.layer()), Usage)
      const changed = new Set<string>()
      const memory = Context.get(yield* Layer.build(RateLimitStore.layerMemory), RateLimitStore)
      for (const [key, bucket] of buckets) yield* memory.modify(key, () => [undefined, bucket])

      const save = Effect.gen(function*() {
        const totals = yield* usage.totals
        if (totals.requests === 0) return
        const now = yield* read(path)
        const learnt: Record<string, Bucket> = { ...now.buckets }
        for (const key of changed) {
          const bucket = yield* memory.modify(key, (bucket) => [bucket, bucket])
          if (bucket.leftAt >= (learnt[key]?.leftAt ?? 0)) learnt[key] = { ...bucket, inFlight: 0 }
        }
        yield* write(path, { buckets: learnt, days: withRun(now.days, totals, yield* DateTime.now) })
      })
      yield* Effect.addFinalizer(() =>
        Effect.promise(() => Fs.mkdir(Path.dirname(path), { recursive: true, mode: 0o700 })).pipe(
          Effect.zipRight(FileLock.withLock(`${path}.lock`, 2_000)(save)),
          // Notes are a convenience: a disk that is full or read-only spoils no command.
          Effect.catchAllCause((cause) => Effect.logDebug("The notes of this run are not kept", cause))
        )
      )
      return Context.make(Usage, usage).pipe(
        Context.add(RateLimitStore, {
          modify: (key, change) => {
            changed.add(key)
            return memory.modify(key, change)
          }
        }),
        Context.add(Notes, {
          days: Effect.succeed(Object.entries(before.days).sort().toReversed())
        })
      )
    }))
}
