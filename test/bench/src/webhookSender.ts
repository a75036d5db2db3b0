/** Delivers signed messages to a webhook, in a process of its own so that its work is not measured. */
import { createHmac } from "node:crypto"
import { connect } from "node:net"

/** How many deliveries are under way at once, each on a connection of its own. */
const connections = 16

export interface Order {
  readonly port: number
  readonly path: string
  readonly secret: string
  readonly count: number
  /** The id of the first message; the others count on. */
  readonly first: number
}

const payload = (id: number) =>
  JSON.stringify({
    data: {
      event_uuid: String(id),
      filter: { user_id: "1111111111111111111" },
      event_type: "dm.received",
      tag: "dm-inbound",
      payload: {
        direct_message_events: [{
          type: "message_create",
          id: String(id),
          created_timestamp: "1784928224372",
          message_create: {
            target: { recipient_id: "1111111111111111111" },
            sender_id: "2222222222222222222",
            message_data: {
              text: "Is the parcel on its way? 📦",
              entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] }
            }
          }
        }],
        users: Object.fromEntries(["1111111111111111111", "2222222222222222222"].map((id) => [id, {
          data: { id, name: `User ${id}`, username: `user_${id.slice(0, 3)}`, created_at: "2023-10-23T13:44:53.000Z" }
        }]))
      }
    }
  })

const requestOf = ({ path, secret }: Order, id: number): string => {
  const body = payload(id)
  const signature = createHmac("sha256", secret).update(body).digest("base64")
  return `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
    `x-twitter-webhooks-signature: sha256=${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** Delivers all; gives the milliseconds that it took. */
const deliver = (order: Order): Promise<number> => {
  const requests = Array.from({ length: order.count }, (_, i) => requestOf(order, order.first + i))
  const started = performance.now()
  const worker = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(order.port, "127.0.0.1")
      const next = () => {
        const request = requests.pop()
        if (request === undefined) socket.end(resolve)
        else socket.write(request)
      }
      socket.on("connect", next)
      // Answers are short and have no body: each comes as one piece.
      socket.on("data", (data) => {
        if (data.includes(" 200 ")) next()
        else reject(new Error(`not taken: ${data.toString("latin1")}`))
      })
      socket.on("error", reject)
    })
  return Promise.all(Array.from({ length: connections }, worker)).then(() => performance.now() - started)
}

process.on("message", (order: Order) => {
  void deliver(order).then((millis) => process.send?.(millis))
})
process.on("disconnect", () => process.exit())
