/** What a program without a library does. */
import { forEach, newest, type Page, parse, query, walk } from "./byHand.js"
import type { Peer, Settings } from "./peer.js"

export const make = ({ accessToken, url }: Settings): Peer => {
  const headers = { authorization: `Bearer ${accessToken}` }

  const pageOf = async (path: string, token: string | undefined): Promise<Page> => {
    const place = token === undefined ? "" : `&pagination_token=${token}`
    const response = await fetch(`${url}${path}?${query}${place}`, { headers })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return parse(await response.text())
  }

  const send = async (to: string, text: string): Promise<string> => {
    const response = await fetch(`${url}/2/dm_conversations/with/${to}/messages`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ text })
    })
    const body = await response.text()
    if (!response.ok) throw new Error(`status ${response.status}`)
    const { data } = JSON.parse(body) as { data: { dm_event_id: string } } // which is not looked at any closer
    return data.dm_event_id
  }

  return {
    list: async (onEvent) => {
      let token: string | undefined
      do {
        const { data = [], meta } = await pageOf("/2/dm_events", token)
        for (const { id } of data) onEvent(id)
        token = meta.next_token
      } while (token !== undefined)
    },
    newest: (conversations, count, how) =>
      newest(conversations, count, how, (id) => walk((token) => pageOf(`/2/dm_conversations/${id}/dm_events`, token))),
    send,
    sendAll: (to, texts, atOnce) => forEach(texts, atOnce, (text) => send(to, text)),
    decode: (body) => parse(body).data ?? [],
    close: async () => {}
  }
}
