/** The same over a pool of undici, which is the least that Node can do. */
import { Pool } from "undici"
import { forEach, newest, type Page, parse, query, walk } from "./byHand.js"
import type { Peer, Settings } from "./peer.js"

export const make = ({ accessToken, url }: Settings): Peer => {
  const pool = new Pool(url, { connections: 16 })
  const authorization = `Bearer ${accessToken}`

  const bodyOf = async (method: "GET" | "POST", path: string, json?: string): Promise<string> => {
    const { body, statusCode } = await pool.request({
      method,
      path,
      headers: json === undefined ? { authorization } : { authorization, "content-type": "application/json" },
      ...(json === undefined ? undefined : { body: json })
    })
    const text = await body.text()
    if (statusCode >= 300) throw new Error(`status ${statusCode}`)
    return text
  }

  const pageOf = async (path: string, token: string | undefined): Promise<Page> => {
    const place = token === undefined ? "" : `&pagination_token=${token}`
    return parse(await bodyOf("GET", `${path}?${query}${place}`))
  }

  const send = async (to: string, text: string): Promise<string> => {
    const body = await bodyOf("POST", `/2/dm_conversations/with/${to}/messages`, JSON.stringify({ text }))
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
    close: () => pool.close()
  }
}
