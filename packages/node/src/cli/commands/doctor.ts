import { Credentials, DirectMessages, XApi } from "@effect-xdm/core"
import * as Command from "@effect/cli/Command"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Fs from "node:fs"
import * as Places from "../../Places.js"
import { json, whose } from "../Common.js"
import * as Exit from "../Exit.js"
import { type Finding, show } from "../Findings.js"
import { layer } from "../Session.js"
import { nameOf } from "../Text.js"

/** What each scope is for. */
const needed: ReadonlyArray<readonly [scope: string, use: string]> = [
  ["dm.read", "read messages"],
  ["dm.write", "send and delete messages"],
  ["tweet.read", "call the API at all"],
  ["users.read", "see who people are"],
  ["offline.access", "stay logged in"]
]

const scopes = (known: Option.Option<ReadonlyArray<string>>): Finding => {
  if (Option.isNone(known)) {
    return { check: "scopes", ok: true, detail: "not known of credentials of this kind; X tells when one is missing" }
  }
  const missing = needed.filter(([scope]) => !known.value.includes(scope))
  return missing.length === 0
    ? { check: "scopes", ok: true, detail: known.value.join(", ") }
    : {
      check: "scopes",
      ok: false,
      detail: `missing: ${missing.map(([scope, use]) => `${scope} (to ${use})`).join(", ")}`,
      next: "log in again with all of them: xdm login"
    }
}

const clock = (offset: number): Finding =>
  Math.abs(offset) < 30_000
    ? { check: "clock", ok: true, detail: "this machine's clock agrees with X's" }
    : {
      check: "clock",
      ok: false,
      detail: `this machine's clock is ${Math.round(Math.abs(offset) / 1000)} s ${
        offset > 0 ? "behind" : "ahead of"
      } X's`,
      next: "set the clock by the network: OAuth 1.0a is refused, and times are wrong"
    }

/** What to do about an exit code. */
const advice: { readonly [code in Exit.Code]?: string } = {
  3: "log in: xdm login; or see what X_CLIENT_ID and X_ACCESS_TOKEN say",
  4: "look at the app in X's developer portal: its access level must allow direct messages",
  5: "wait until the limit begins anew (xdm limits), or buy credits in X's developer portal",
  6: "check the network and proxies, and X_API_URL; X's own state is at https://docs.x.com/status",
  8: "mend the file that is named"
}

const failed = (check: string, cause: Cause.Cause<unknown>): Finding & { readonly code: Exit.Code } => {
  const { code, text } = Exit.ofCause(cause)
  const next = advice[code]
  return {
    check,
    ok: false,
    detail: text.replace(/ Log in with `xdm login`, or see.*$/, "").replace(/\.$/, ""),
    code,
    ...(next && { next })
  }
}

const session = Effect.gen(function*() {
  const credentials = yield* Credentials
  const api = yield* XApi
  const dm = yield* DirectMessages
  const began = yield* Clock.currentTimeMillis
  const me = yield* Effect.exit(dm.getMe())
  if (me._tag === "Failure") return [failed("X", me.cause)]
  const took = (yield* Clock.currentTimeMillis) - began
  const offset = (yield* api.serverTime) - (yield* Clock.currentTimeMillis)
  const known = yield* Effect.orElseSucceed(credentials.scopes, () => Option.none())
  const found: ReadonlyArray<Finding> = [
    { check: "log-in", ok: true, detail: `${nameOf(me.value)}, as the account "${credentials.account}"` },
    { check: "X", ok: true, detail: `${api.baseUrl} answered in ${took} ms` },
    clock(offset),
    scopes(known)
  ]
  return found
})

const archive = (): Finding => {
  const file = Places.here().archive
  const size = Fs.statSync(file, { throwIfNoEntry: false })?.size
  return {
    check: "archive",
    ok: true,
    detail: size === undefined ? `none yet; xdm sync makes ${file}` : `${file}, ${(size / 1e6).toFixed(1)} MB`
  }
}

export const doctor = Command.make("doctor", { ...json, ...whose }, (options) =>
  Effect.gen(function*() {
    const exit = yield* Effect.exit(Effect.provide(session, layer(options)))
    const asked = exit._tag === "Success" ? exit.value : [failed("log-in", exit.cause)]
    const findings: ReadonlyArray<Finding> = [
      { check: "Node", ok: true, detail: process.version },
      ...asked,
      ...(options.emulator ? [] : [archive()])
    ]
    yield* Effect.forEach(findings, ({ check, detail, next, ok }) =>
      show({ check, ok, detail, next }, { json: options.json, width: 8 }))
    const broken = findings.find(({ ok }) =>
      !ok
    )
    if (broken === undefined) return
    const code = asked.flatMap((finding) => "code" in finding ? [finding.code as Exit.Code] : [])[0] ?? 3
    return yield* new Exit.Ended({ code })
  })).pipe(
    Command.withDescription("Look at the log-in, the scopes, the clock and the network, and say what to do next.")
  )
