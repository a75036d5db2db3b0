import { RateLimits } from "@effect-xdm/core"
import * as Command from "@effect/cli/Command"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { json, whose } from "../Common.js"
import { line, note, styled, table } from "../Printer.js"
import { provided } from "../Session.js"
import { time } from "../Text.js"

export const limits = Command.make("limits", { ...json, ...whose }, (options) =>
  Effect.gen(function*() {
    if (options.emulator && !options.json) {
      yield* note("The emulator allows as many calls as one likes; these are X's published figures.\n")
    }
    const buckets = yield* Effect.flatMap(RateLimits, ({ status }) => status)
    if (options.json) {
      return yield* Effect.forEach(buckets, ({ bucket, closedUntil, counted, windows }) =>
        line(JSON.stringify({
          bucket,
          counted,
          ...(closedUntil && { closed_until: DateTime.formatIso(closedUntil) }),
          windows: windows.map(({ limit, remaining, resetsAt, told, window }) => ({
            window,
            limit,
            remaining,
            told,
            ...(resetsAt && { resets_at: DateTime.formatIso(resetsAt) })
          }))
        })), { discard: true })
    }
    const head = ["CALLS", "LEFT", "WITHIN", "BEGINS ANEW"].map((title) => styled("bold", title))
    yield* line(table([
      head,
      ...buckets.flatMap(({ bucket, windows }) =>
        windows.map(({ limit, remaining, resetsAt, window }, i) => [
          i === 0 ? bucket : "",
          `${remaining} of ${limit}`,
          window,
          resetsAt === undefined ? "with the next call" : time(resetsAt)
        ])
      )
    ]))
    yield* note(
      "\nAs far as this machine knows: X tells it with each answer. Until then these are its published figures."
    )
  }).pipe(provided(options))).pipe(
    Command.withDescription("Show how many calls X's limits leave, and when they begin anew. Asks X nothing.")
  )
