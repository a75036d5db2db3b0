/** The least program that lists with each library, as text: to be bundled, and to be started. */
import { expansions, fields, query } from "./byHand.js"
import type { Name } from "./peer.js"

/** Reads events from `url`, newest first, and stops after `count` of them. */
export const lister = (name: Name, url: string, count: number): string => {
  switch (name) {
    case "fetch":
      return `
let token, given = 0
do {
  const place = token === undefined ? "" : "&pagination_token=" + token
  const response = await fetch("${url}/2/dm_events?${query}" + place, {
    headers: { authorization: "Bearer token-of-the-bench" }
  })
  const { data, meta } = await response.json()
  for (const event of data) if (given++ < ${count}) console.log(event.id)
  token = meta.next_token
} while (token !== undefined && given < ${count})
`
    case "undici":
      return `
import { Pool } from "undici"
const pool = new Pool("${url}")
let token, given = 0
do {
  const place = token === undefined ? "" : "&pagination_token=" + token
  const { body } = await pool.request({
    method: "GET",
    path: "/2/dm_events?${query}" + place,
    headers: { authorization: "Bearer token-of-the-bench" }
  })
  const { data, meta } = await body.json()
  for (const event of data) if (given++ < ${count}) console.log(event.id)
  token = meta.next_token
} while (token !== undefined && given < ${count})
await pool.close()
`
    case "effect-xdm":
      return `
import { Credentials } from "@effect-xdm/core/Credentials"
import { GetEvents } from "@effect-xdm/core/GetEvents"
import { XApi } from "@effect-xdm/core/XApi"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const Live = GetEvents.layer.pipe(
  Layer.provide(XApi.layer({ baseUrl: "${url}" })),
  Layer.provide(Credentials.layerAccessToken(Redacted.make("token-of-the-bench"))),
  Layer.provide(FetchHttpClient.layer)
)
const events = Stream.unwrap(Effect.map(GetEvents, (getEvents) =>
  Stream.paginateChunkEffect(undefined, (paginationToken) =>
    Effect.map(getEvents({ paginationToken }), ({ events, meta }) =>
      [Chunk.unsafeFromArray(events), Option.fromNullable(meta.nextToken)]))))
const print = (event) => Effect.sync(() => console.log(event.id))
await Effect.runPromise(Effect.provide(Stream.runForEach(Stream.take(events, ${count}), print), Live))
`
    case "xdk":
      return `
import { Client, EventPaginator } from "@xdevplatform/xdk"
const client = new Client({ accessToken: "token-of-the-bench", baseUrl: "${url}" })
const parameters = {
  maxResults: 100,
  dmEventFields: ${JSON.stringify(fields)},
  expansions: ${JSON.stringify(expansions)}
}
const events = new EventPaginator((paginationToken) =>
  client.directMessages.getEvents(paginationToken === undefined ? parameters : { ...parameters, paginationToken }))
let given = 0
for await (const event of events) {
  console.log(event.id)
  if (++given === ${count}) break
}
`
    case "twitter-api-v2":
      // See its adapter for why there are a subclass and an agent.
      return `
import { TwitterApi, TwitterApiv2 } from "twitter-api-v2"
${url.startsWith("https") ? "" : "import { Agent } from \"node:http\""}
class Local extends TwitterApiv2 {
  constructor() {
    super(new TwitterApi("token-of-the-bench"${url.startsWith("https") ? "" : ", { httpAgent: new Agent() }"}))
    this.setPrefix("${url}/2/")
  }
}
const events = await new Local().listDmEvents({
  max_results: 100,
  "dm_event.fields": ${JSON.stringify(fields)},
  expansions: ${JSON.stringify(expansions)}
})
let given = 0
for await (const event of events) {
  console.log(event.id)
  if (++given === ${count}) break
}
`
  }
}
