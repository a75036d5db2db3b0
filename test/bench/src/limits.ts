import { RateLimits } from "@effect-xdm/core"
import { Effect, ManagedRuntime } from "effect"
import { alternating, type Group } from "./measure.js"

const calls = 50_000
const call = { method: "GET", route: "/2/dm_events" }

/** What a turn in a bucket costs that nothing bounds: the least that every call pays for its limits. */
export const limiting = async (): Promise<Group> => {
  const runtime = ManagedRuntime.make(RateLimits.layer())
  const { turns: turnsOf } = await runtime.runPromise(RateLimits)
  const run = async (headers: Record<string, string>, account: string) => {
    const turns = turnsOf(account, "app", "GetEvents")
    const answer = { status: 200, headers, body: "" }
    const one = Effect.suspend(() =>
      turns.inTurn(call, turns.nextTicket(), Infinity, ({ onAnswer }) => onAnswer(answer), () => true)
    )
    await runtime.runPromise(one)
    return () => timed(one)
  }
  const timed = async <E>(effect: Effect.Effect<void, E>) => {
    const started = performance.now()
    await runtime.runPromise(Effect.repeatN(effect, calls - 1))
    return (performance.now() - started) * 1000 / calls
  }
  const reset = String(Math.floor(Date.now() / 1000) + 800)
  const candidates = {
    bare: () => timed(Effect.suspend(() => Effect.void)),
    unlimited: await run({}, "unlimited"),
    counted: await run({
      "x-rate-limit-limit": "900000000",
      "x-rate-limit-remaining": "900000000",
      "x-rate-limit-reset": reset
    }, "counted")
  }
  await alternating(2, candidates)
  const found = await alternating(7, candidates)
  await runtime.dispose()
  const row = (name: string, value: number) => ({ name, value: value - found.bare, unit: "µs" })
  return {
    title: "What keeping the rate limits adds to a call",
    rows: [
      { ...row("a bucket without limits", found.unlimited), limit: 20 },
      row("a bucket whose limits each answer tells", found.counted)
    ]
  }
}
