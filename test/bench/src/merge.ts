import { ConversationId, Decoder, DirectMessages, Endpoint, EventsPage, Merge, XApi } from "@effect-xdm/core"
import { Chunk, Effect, Either, Layer, ManagedRuntime, Stream } from "effect"
import { alternating, type Group } from "./measure.js"
import { page, pageOfToken } from "./pages.js"

const conversations = 200
const pages = 5

const ids = Array.from({ length: conversations }, (_, i) => ConversationId.make(`${100_000 + i}-999999`))

const makeBodies = () =>
  Array.from(
    { length: conversations },
    (_, conversation) =>
      Array.from({ length: pages }, (_, i) => JSON.stringify(page(i, { conversation, last: i === pages - 1 })))
  )

interface Asked {
  readonly conversationId?: string
  readonly paginationToken?: string
}

/** X without the network: every answer is read from its text, as always, so that what is measured is the merge. */
const offline = (bodies: ReadonlyArray<ReadonlyArray<string>>, onRequest: () => void) =>
  Layer.succeed(XApi, {
    baseUrl: "",
    dialect: "post",
    account: "default",
    serverTime: Effect.succeed(0),
    pace: () => Effect.succeed(60_000),
    download: () => () => Effect.die("nothing is downloaded"),
    usage: {
      totals: Effect.die("nothing is counted"),
      changes: Stream.empty,
      requested: Effect.void,
      read: () => Effect.void,
      sent: Effect.void
    },
    call: (endpoint) => {
      const read = Endpoint.response(endpoint)
      return (input) =>
        Effect.suspend(() => {
          onRequest()
          // The bench lists conversations, and nothing else.
          const { conversationId, paginationToken } = input as Asked
          const body = bodies[Number(conversationId?.split("-")[0]) - 100_000]![pageOfToken(paginationToken)]!
          return Effect.orDie(read({ status: 200, headers: {}, body }))
        })
    }
  })

const countOf = (stream: (dm: DirectMessages["Type"]) => Stream.Stream<unknown, unknown>) =>
  Effect.flatMap(DirectMessages, (dm) => Stream.runCount(stream(dm)))

/** 200 conversations of 5 pages as one timeline. */
export const merging = async (): Promise<Group> => {
  const bodies = makeBodies()
  let requests = 0
  const live = ManagedRuntime.make(DirectMessages.layerXApi.pipe(Layer.provide(offline(bodies, () => requests++))))
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
  if (Chunk.size(first) !== 50) throw new Error("the newest 50 did not come")
  const requestsOfFirst = requests

  const eventsOf = (body: string) => Either.getOrThrow(decode(JSON.parse(body))).events

  /** As any merge must: a page of each conversation waits until it is used up. Nothing is put in order. */
  const decodeAndHold = () => {
    const held: Array<ReadonlyArray<unknown>> = ids.map(() => [])
    let count = 0
    for (let i = 0; i < pages; i++) {
      bodies.forEach((ofConversation, conversation) => {
        held[conversation] = eventsOf(ofConversation[i]!)
        count += held[conversation].length
      })
    }
    return count
  }

  const candidates = {
    decode: () => timed(() => bodies.flat().reduce((sum, body) => sum + eventsOf(body).length, 0)),
    hold: () => timed(decodeAndHold),
    list: () =>
      timed(() =>
        live.runPromise(countOf((dm) => Stream.flatMap(Stream.fromIterable(ids), (id) => dm.events.conversation(id))))
      ),
    merge: () => timed(() => live.runPromise(countOf((dm) => Merge.conversations(dm, ids))))
  }
  // All of them warm, as a program is that runs for long: the engine has its say only after some rounds.
  await alternating(6, candidates)
  const found = await alternating(9, candidates)
  await live.dispose()
  return {
    title: `${conversations} conversations of ${pages} pages`,
    rows: [
      {
        name: "requests for the newest 50 events of all",
        value: requestsOfFirst,
        unit: "requests",
        limit: conversations
      },
      { name: "decode of all pages alone, each dropped at once", value: found.decode, unit: "ms", ratio: 1 },
      {
        name: "decode of all, a page of each conversation kept",
        value: found.hold,
        unit: "ms",
        ratio: found.hold / found.decode
      },
      { name: "all listings, one after the other", value: found.list, unit: "ms", ratio: found.list / found.decode },
      { name: "all as one timeline", value: found.merge, unit: "ms", ratio: found.merge / found.decode, limit: 1.5 },
      {
        name: "all as one timeline, beside decode with pages kept",
        value: found.merge,
        unit: "ms",
        ratio: found.merge / found.hold
      }
    ]
  }
}
