/** One of the peers in a process of its own, so that none runs in what the engine has learned from another. */
import { heapUsed } from "../measure.js"
import { page } from "../pages.js"
import { load, type Name, type Peer, type Reading, type Settings } from "./peer.js"

export type Order =
  | { readonly task: "list"; readonly events: number }
  | { readonly task: "hold"; readonly events: number }
  | { readonly task: "decode"; readonly times: number }
  | {
    readonly task: "newest"
    readonly conversations: ReadonlyArray<string>
    readonly count: number
    readonly how: Reading
  }
  | { readonly task: "sends"; readonly count: number; readonly atOnce: number }

/** What was measured, all of it in microseconds or bytes. */
export interface Figures {
  readonly cpu: number
  readonly time: number
  readonly held: number
}

export type Answer = { readonly figures: Figures } | { readonly failure: string }

const measured = async (work: () => Promise<unknown>): Promise<Figures> => {
  const cpuBefore = process.cpuUsage()
  const before = performance.now()
  await work()
  const time = (performance.now() - before) * 1000
  const { system, user } = process.cpuUsage(cpuBefore)
  return { cpu: user + system, time, held: 0 }
}

const check = (found: number, expected: number, what: string) => {
  if (found !== expected) throw new Error(`${found} ${what} came of ${expected}`)
}

const list = (peer: Peer, events: number): Promise<Figures> =>
  measured(async () => {
    let count = 0
    await peer.list((id) => void (count += id === "" ? 0 : 1))
    check(count, events, "events")
  })

/** The heap that the program holds at the last event, above what it held before the first. */
const hold = async (peer: Peer, events: number): Promise<Figures> => {
  const before = heapUsed()
  let count = 0
  let held = 0
  const figures = await measured(() =>
    peer.list(() => {
      if (++count === events) held = heapUsed() - before
    })
  )
  check(count, events, "events")
  return { ...figures, held }
}

const bodies = Array.from({ length: 20 }, (_, i) => JSON.stringify(page(i)))
const emptyBody = JSON.stringify({ data: [], meta: { result_count: 0 } })

/** Pages of 100 events, less what the same calls cost without an event in them. */
const decode = async (peer: Peer, times: number): Promise<Figures> => {
  let count = 0
  const full = await measured(async () => {
    for (let i = 0; i < times; i++) count += (await peer.decode(bodies[i % bodies.length]!)).length
  })
  check(count, times * 100, "events")
  const empty = await measured(async () => {
    for (let i = 0; i < times; i++) await peer.decode(emptyBody)
  })
  return { cpu: full.cpu - empty.cpu, time: full.time - empty.time, held: 0 }
}

const perform = (peer: Peer, order: Order): Promise<Figures> => {
  switch (order.task) {
    case "list":
      return list(peer, order.events)
    case "hold":
      return hold(peer, order.events)
    case "decode":
      return decode(peer, order.times)
    case "newest":
      return measured(async () => {
        const ids = await peer.newest(order.conversations, order.count, order.how)
        // The server numbers them so that the newest of all are the first of the first conversations.
        check(new Set(ids).size, order.count, "different events")
      })
    case "sends": {
      const texts = Array.from({ length: order.count }, (_, i) => `Your order ${i} is on its way.`)
      return measured(() => peer.sendAll("2244994901", texts, order.atOnce))
    }
  }
}

const [name, settings = ""] = process.argv.slice(2)
// Both are what hires this worker has given it.
const peer = await load(name as Name, JSON.parse(settings) as Settings)
process.on("message", (order: Order) => {
  void perform(peer, order).then(
    (figures) => ({ figures }),
    (cause) => ({ failure: String(cause).split("\n")[0]! })
  ).then((answer: Answer) => process.send?.(answer))
})
process.on("disconnect", () => process.exit())
process.send?.("ready")
