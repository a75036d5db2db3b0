/** X as the peers meet it: a long listing, conversations and sends, in a process of its own so that its work is not measured. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { page, pageOfToken } from "../pages.js"

const pages = Number(process.argv[2])
const pagesOfConversation = 5
const bodies = Array.from({ length: pages }, (_, i) => JSON.stringify(page(i, { last: i === pages - 1 })))

/** X's headers, with limits that nobody meets. */
const headers = {
  "content-type": "application/json",
  ...Object.fromEntries(
    ["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"].flatMap((window) => [
      [`${window}-limit`, "1000000"],
      [`${window}-remaining`, "999999"],
      [`${window}-reset`, String(Math.floor(Date.now() / 1000) + 86_400)]
    ])
  )
}
let requests = 0
let sent = 0n

const listed = (url: string): string => {
  const { pathname, searchParams } = new URL(url, "http://localhost")
  const n = pageOfToken(searchParams.get("pagination_token"))
  // Their ids are numbered from 100000; see the program that asks for them.
  const conversation = /^\/2\/dm_conversations\/(\d+)-\d+\/dm_events$/.exec(pathname)?.[1]
  return conversation === undefined
    ? bodies[n]!
    : JSON.stringify(page(n, { conversation: Number(conversation) - 100_000, last: n === pagesOfConversation - 1 }))
}

const server = createServer((request, response) => {
  requests++
  if (request.method === "GET") {
    response.writeHead(200, headers).end(listed(request.url ?? "/"))
    return
  }
  request.resume().on("end", () => {
    const data = { dm_conversation_id: "100000-999999", dm_event_id: String(1_980_000_000_000_000_000n + sent++) }
    response.writeHead(201, headers).end(JSON.stringify({ data }))
  })
})

server.listen(0, "127.0.0.1", () => {
  // A server that listens on a port has an address with a port.
  process.send?.((server.address() as AddressInfo).port)
})
// Whatever comes asks how many requests there were since it was asked last.
process.on("message", () => {
  process.send?.(requests)
  requests = 0
})
process.on("disconnect", () => process.exit())
