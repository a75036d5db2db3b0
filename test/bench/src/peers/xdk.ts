/** X's own SDK, as its README uses it. */
import { Client, EventPaginator, httpClient } from "@xdevplatform/xdk"
import { expansions, fields, forEach, newest } from "./byHand.js"
import type { Peer, Settings } from "./peer.js"

type Answer = Awaited<ReturnType<Client["directMessages"]["getEvents"]>>

/** Its pages have no data when they are empty, which its paginator's type does not foresee. */
const paginated = (answer: Answer) => ({ ...answer, data: answer.data ?? [] })

export const make = ({ accessToken, timeout = 30_000, url }: Settings): Peer => {
  const client = new Client({ accessToken, baseUrl: url, timeout })
  const dms = client.directMessages
  const parameters = (paginationToken: string | undefined) => ({
    maxResults: 100,
    dmEventFields: [...fields],
    expansions: [...expansions],
    ...(paginationToken === undefined ? undefined : { paginationToken })
  })
  const send = async (to: string, text: string): Promise<string> => {
    const { data } = await dms.createByParticipantId(to, { text })
    return data?.dmEventId ?? ""
  }
  return {
    list: async (onEvent) => {
      const events = new EventPaginator(async (token) => paginated(await dms.getEvents(parameters(token))))
      for await (const { id } of events) onEvent(id)
    },
    newest: (conversations, count, how) =>
      newest(
        conversations,
        count,
        how,
        (id) =>
          new EventPaginator(async (token) => paginated(await dms.getEventsByConversationId(id, parameters(token))))
      ),
    send,
    sendAll: (to, texts, atOnce) => forEach(texts, atOnce, (text) => send(to, text)),
    decode: async (body) => {
      const headers = new Headers()
      // Its way out, which it shares among its clients: what it answers here has come already.
      httpClient.request = async (url) => ({
        ok: true,
        status: 200,
        statusText: "",
        url,
        headers,
        json: async () => JSON.parse(body),
        text: async () => body,
        arrayBuffer: async () => new ArrayBuffer(0)
      })
      return (await dms.getEvents({ maxResults: 100 })).data ?? []
    },
    close: async () => {}
  }
}
