/** The library that most programs in Node use, as its documentation has it. */
import { Agent } from "node:http"
import { type ITwitterApiClientPlugin, TwitterApi, TwitterApiv2 } from "twitter-api-v2"
import { expansions, fields, forEach, newest } from "./byHand.js"
import type { Peer, Settings } from "./peer.js"

/** Its host is fixed but for subclasses, and an agent of plain HTTP lets it talk to this machine: nothing is rewritten. */
class Local extends TwitterApiv2 {
  constructor({ accessToken, url }: Settings, plugins: Array<ITwitterApiClientPlugin>) {
    super(new TwitterApi(accessToken, { httpAgent: new Agent({ keepAlive: true }), plugins }))
    this.setPrefix(`${url}/2/`)
  }
}

export const make = (settings: Settings): Peer => {
  const client = new Local(settings, [])
  let body = ""
  const offline = new Local(settings, [{
    onBeforeRequestConfig: () => ({ data: JSON.parse(body), headers: {} })
  }])
  const parameters = { max_results: 100, "dm_event.fields": [...fields], expansions: [...expansions] }
  const send = async (to: string, text: string): Promise<string> =>
    (await client.sendDmToParticipant(to, { text })).dm_event_id
  async function* conversation(id: string) {
    yield* await client.listDmEventsOfConversation(id, parameters)
  }
  return {
    list: async (onEvent) => {
      for await (const { id } of await client.listDmEvents(parameters)) onEvent(id)
    },
    newest: (conversations, count, how) => newest(conversations, count, how, conversation),
    send,
    sendAll: (to, texts, atOnce) => forEach(texts, atOnce, (text) => send(to, text)),
    decode: async (text) => {
      body = text
      return (await offline.listDmEvents({ max_results: 100 })).events
    },
    close: async () => {}
  }
}
