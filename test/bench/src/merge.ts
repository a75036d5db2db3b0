import { ConversationId, Decoder, DirectMessages, EventsPage, Merge } from "@effect-xdm/core"
import { HttpClient, HttpClientResponse } from "@effect/platform"
import { Chunk, Effect, Either, Layer, ManagedRuntime, Redacted, Stream } from "effect"
import { alternating, type Group } from "./measure.js"
import { page, pageOfToken } from "./pages.js"

const conversations = 200
const pages = 5

const idOf = (conversation: number): ConversationId => ConversationId.make(`${100_000 + conversation}-999999`)

const bodies = Array.from(
  { length: conversations },
  (_, conversation) =>
    Array.from({ length: pages }, (_, i) => JSON.stringify(page(i, { conversation, last: i === pages - 1 })))
)

/** A client that answers from memory, so that what is measured is the merge. */
const makeClient = (count: { requests: number }) =>
  HttpClient.make((request, { pathname, searchParams }) =>
    Effect.sync(() => {
      count.requests++
      const conversation = Number(/\/(\d+)-/.exec(pathname)![1]) - 100_000
      const body = bodies[conversation]![pageOfToken(searchParams.get("pagination_token"))]!
      return HttpClientResponse.fromWeb(request, new Response(body))
    })
  )

const ids = Array.from({ length: conversations }, (_, i) => idOf(i))

/** 200 conversations of 5 pages as one timeline. */
export const merging = async (): Promise<Group> => {
  const count = { requests: 0 }
  const live = ManagedRuntime.make(
    DirectMessages.layer({ accessToken: Redacted.make("token-of-the-bench"), maxConnections: 1_000 }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, makeClient(count)))
    )
  )
  const decode = Decoder.compile(EventsPage.EventsPage)
  const timed = async (work: () => Promise<number> | number): Promise<number> => {
    const started = performance.now()
    const events = await work()
    if (events !== conversations * pages * 100) throw new Error(`${events} events came`)
    return performance.now() - started
  }
  const first = await live.runPromise(
    Effect.flatMap(DirectMessages, (dm) => Stream.runCollect(Stream.take(Merge.conversations(dm, ids), 50)))
  )
  const requests = Chunk.size(first) === 50 ? count.requests : Number.NaN
  const found = await alternating(5, {
    decode: () =>
      timed(() => {
        let events = 0
        for (const body of bodies.flat()) events += Either.getOrThrow(decode(JSON.parse(body))).events.length
        return events
      }),
    list: () =>
      timed(() =>
        live.runPromise(
          Effect.flatMap(
            DirectMessages,
            (dm) => Stream.runCount(Stream.flatMap(Stream.fromIterable(ids), (id) => dm.events.conversation(id)))
          )
        )
      ),
    merge: () =>
      timed(() =>
        live.runPromise(Effect.flatMap(DirectMessages, (dm) => Stream.runCount(Merge.conversations(dm, ids))))
      )
  })
  await live.dispose()
  return {
    title: `${conversations} conversations of ${pages} pages`,
    rows: [
      { name: "requests for the newest 50 events of all", value: requests, unit: "requests", limit: conversations },
      { name: "decode of all pages alone", value: found.decode, unit: "ms", ratio: 1 },
      { name: "all listings, one after the other", value: found.list, unit: "ms", ratio: found.list / found.decode },
      { name: "all as one timeline", value: found.merge, unit: "ms", ratio: found.merge / found.decode, limit: 1.5 }
    ]
  }
}
