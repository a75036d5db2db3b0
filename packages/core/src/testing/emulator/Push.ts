/** What the server tells of by itself: webhooks, subscriptions, and the connections of the activity stream. */
import type { JsonObject } from "../../model/Json.js"
import type { EventJson } from "../World.js"
import * as Activities from "./Activities.js"
import type { Store } from "./Store.js"

export interface Webhook {
  readonly id: string
  readonly url: string
  readonly valid: boolean
  readonly created_at: string
}

export interface Subscription {
  readonly subscription_id: string
  readonly event_type: string
  readonly filter: { readonly user_id: string; readonly direction?: string }
  readonly tag?: string
  readonly webhook_id?: string
  readonly created_at: string
}

/** Something to tell of. */
export interface Activity {
  readonly eventType: string
  readonly user: string
  readonly payload: JsonObject
}

/** The line of an activity, and where it goes. */
export interface Delivery {
  readonly line: string
  readonly at: number
  /** The webhooks that it goes to, too. */
  readonly webhooks: ReadonlyArray<string>
}

const minute = 60_000

export class Push {
  readonly webhooks = new Map<string, Webhook>()
  readonly subscriptions = new Map<string, Subscription>()
  private ids = 1_700_000_000_000_000_000n
  private uuids = 0n
  private recent: Array<Delivery> = []

  constructor(private readonly store: Store) {}

  newId(): string {
    return String(++this.ids)
  }

  /** What is told of an event: to each of the two, to whom one sent and one received it. Groups are not told of. */
  activitiesOf(event: EventJson): ReadonlyArray<Activity> {
    const users = event.dm_conversation_id.split("-")
    if (event.event_type !== "MessageCreate" || users.length !== 2) return []
    const recipient = users.find((user) => user !== event.sender_id) ?? users[0]!
    const payload = Activities.message(event, recipient, users.map((user) => this.store.users.get(user)))
    return users.map((user) => ({ eventType: user === event.sender_id ? "dm.sent" : "dm.received", user, payload }))
  }

  /** The deliveries of an activity: one for each subscription to it. */
  deliveriesOf({ eventType, payload, user }: Activity, now: number): ReadonlyArray<Delivery> {
    const wanted = [...this.subscriptions.values()].filter(({ event_type, filter }) =>
      event_type === eventType && filter.user_id === user
    )
    return wanted.map(({ filter, tag, webhook_id }) => {
      // X's ids of deliveries can be negative.
      const event_uuid = String(++this.uuids % 2n === 0n ? this.uuids : -this.uuids)
      const data = { event_uuid, filter, event_type: eventType, ...(tag === undefined ? undefined : { tag }), payload }
      return { line: JSON.stringify({ data }), at: now, webhooks: webhook_id === undefined ? [] : [webhook_id] }
    })
  }

  /** Keeps a delivery for those who ask for the last minutes. */
  remember(delivery: Delivery): void {
    const oldest = delivery.at - 5 * minute
    const first = this.recent.findIndex(({ at }) => at >= oldest)
    if (first !== 0) this.recent = first === -1 ? [] : this.recent.slice(first)
    this.recent.push(delivery)
  }

  backfill(minutes: number, now: number): ReadonlyArray<string> {
    return this.recent.filter(({ at }) => at >= now - minutes * minute).map(({ line }) => line)
  }
}
