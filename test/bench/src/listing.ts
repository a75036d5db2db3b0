import { DirectMessages } from "@effect-xdm/core"
import { NodeClient } from "@effect-xdm/node"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, ManagedRuntime, Redacted, Stream } from "effect"
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { alternating, type Group, heapUsed, median } from "./measure.js"

/** The listing of so many pages, served from another process. */
const withServer = async <A>(pages: number, use: (url: string) => Promise<A>): Promise<A> => {
  const server = fork(fileURLToPath(new URL("pageServer.js", import.meta.url)), [String(pages)])
  try {
    const port = await new Promise((resolve) => server.once("message", resolve))
    return await use(`http://127.0.0.1:${String(port)}`)
  } finally {
    server.disconnect()
  }
}

const runtime = (url: string, client: Layer.Layer<HttpClient.HttpClient>) =>
  ManagedRuntime.make(
    DirectMessages.layer({ accessToken: Redacted.make("token-of-the-bench"), baseUrl: url }).pipe(Layer.provide(client))
  )

const countAll = Effect.flatMap(
  DirectMessages,
  (dm) => Stream.runFold(dm.events.all(), 0, (count, event) => count + (event.id === "" ? 0 : 1))
)

/** What a program without a library does. */
const bareLoop = async (url: string): Promise<number> => {
  let count = 0
  let token: string | undefined
  do {
    const query = token === undefined ? "" : `&pagination_token=${token}`
    const response = await fetch(`${url}/2/dm_events?max_results=100${query}`, {
      headers: { authorization: "Bearer token-of-the-bench" }
    })
    // The answer is not looked at any closer: that is the point of the comparison.
    const json = JSON.parse(await response.text()) as { data: Array<{ id: string }>; meta: { next_token?: string } }
    for (const event of json.data) count += event.id === "" ? 0 : 1
    token = json.meta.next_token
  } while (token !== undefined)
  return count
}

const cpuMicroseconds = async (pages: number, work: () => Promise<number>): Promise<number> => {
  const before = process.cpuUsage()
  const count = await work()
  const { system, user } = process.cpuUsage(before)
  if (count !== pages * 100) throw new Error(`${count} events came of ${pages * 100}`)
  return (user + system) / count
}

/** A whole listing over loopback HTTP: CPU an event, beside a bare loop. */
export const listing = (): Promise<Group> => {
  const pages = 300
  return withServer(pages, async (url) => {
    const ours = runtime(url, NodeClient.layer())
    const overUndici = runtime(url, NodeHttpClient.layerUndici)
    const overFetch = runtime(url, FetchHttpClient.layer)
    const candidates = {
      bare: () => cpuMicroseconds(pages, () => bareLoop(url)),
      ours: () => cpuMicroseconds(pages, () => ours.runPromise(countAll)),
      undici: () => cpuMicroseconds(pages, () => overUndici.runPromise(countAll)),
      fetch: () => cpuMicroseconds(pages, () => overFetch.runPromise(countAll))
    }
    // All of them warm: what is measured is a program that runs for long. The engine has its say after some 3,000 pages.
    await alternating(10, candidates)
    const found = await alternating(9, candidates)
    await Promise.all([ours, overUndici, overFetch].map((each) => each.dispose()))
    const row = (name: string, value: number) => ({ name, value, unit: "µs", ratio: value / found.bare })
    return {
      title: `A listing of ${pages} pages over loopback HTTP, CPU an event`,
      rows: [
        row("bare fetch and JSON.parse, nothing validated", found.bare),
        { ...row("events.all() over NodeClient", found.ours), limit: 1 },
        row("events.all() over the platform's undici client", found.undici),
        row("events.all() over its fetch client", found.fetch)
      ]
    }
  })
}

/** The heap while 3,000 pages go by. */
export const longListing = (): Promise<Group> => {
  const pages = 3_000
  return withServer(pages, async (url) => {
    const live = runtime(url, NodeClient.layer())
    const samples: Array<number> = []
    const program = Effect.flatMap(DirectMessages, (dm) =>
      Stream.runFold(dm.events.all(), 0, (count) => {
        if (count % 10_000 === 0) samples.push(heapUsed() / 1024 / 1024)
        return count + 1
      }))
    const count = await live.runPromise(program)
    await live.dispose()
    if (count !== pages * 100) throw new Error(`${count} events came of ${pages * 100}`)
    const third = samples.length / 3
    const [first, last] = [median(samples.slice(0, third)), median(samples.slice(-third))]
    return {
      title: `Heap after a collection, while ${pages.toLocaleString("en-US")} pages go by`,
      rows: [
        { name: "first third", value: first, unit: "MB" },
        { name: "last third", value: last, unit: "MB" },
        { name: "growth", value: Math.max(0, last - first), unit: "MB", limit: 5 }
      ]
    }
  })
}
