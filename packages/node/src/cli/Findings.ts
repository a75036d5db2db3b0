/** Things that were looked at, one by one, and what to do about them. */
import * as Effect from "effect/Effect"
import { line, styled } from "./Printer.js"

/** One thing that was looked at. `next` says what to do about it. */
export interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
  readonly next?: string | undefined
}

/** Shows a finding; names of checks are as wide as the widest of them. */
export const show = (
  finding: Finding,
  { json, width }: { readonly json: boolean; readonly width: number }
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { check, detail, next, ok } = finding
    if (json) return line(JSON.stringify(finding))
    const lines = [`${ok ? "ok" : styled("red", "!!")}  ${check.padEnd(width)} ${detail}`]
    return line([...lines, ...(next === undefined ? [] : [`    ${"Next:".padEnd(width)} ${next}.`])].join("\n"))
  })
