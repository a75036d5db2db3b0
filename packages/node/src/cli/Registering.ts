/** The webhooks and subscriptions of the app. */
import {
  type ActivitySubscription,
  PageToken,
  type RegisterInput,
  Registration,
  type WebhookConfig
} from "@effect-xdm/core"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as App from "./App.js"
import { NoEmulator } from "./Exit.js"
import { userAgent } from "./Session.js"

/** What an emulator for the command alone were told would be gone with it. */
const running = Effect.flatMap(
  Effect.promise(() => import("./Emulated.js")),
  ({ isRunning }) => Effect.filterOrFail(isRunning, (runs) => runs, () => new NoEmulator())
)

/** As the app, with its own token. */
export const layer = (emulator: boolean) =>
  Layer.unwrapEffect(Effect.gen(function*() {
    if (emulator) yield* running
    const { client, ...place } = yield* App.place(emulator)
    return Registration.layer({ ...place, userAgent }).pipe(Layer.provide(client))
  }))

const subscriptions = Effect.map(
  Registration,
  ({ getActivitySubscriptions }) =>
    Stream.paginateChunkEffect(undefined as string | undefined, (token) =>
      // the first page has none
      Effect.map(
        // X's own token, of whatever form.
        getActivitySubscriptions(token === undefined ? {} : { paginationToken: PageToken.make(token, true) }),
        ({ data, meta }) => [
          Chunk.fromIterable(data),
          // One that leads back to its page ends the list.
          Option.filter(Option.fromNullable(meta?.nextToken), (next) => next !== token)
        ]
      ))
).pipe(Stream.unwrap, Stream.runCollect, Effect.map(Chunk.toReadonlyArray))

/** All that is there. */
export const there = Effect.gen(function*() {
  const { getWebhooks } = yield* Registration
  return { webhooks: yield* getWebhooks(), subscriptions: yield* subscriptions }
})

/** What came of a part of what was asked for. */
export type Done = "created" | "moved" | "found"

/** Has X deliver, and says of each part whether it was there before. */
export const register = (input: RegisterInput & { readonly url: string }) =>
  Effect.gen(function*() {
    const { register } = yield* Registration
    const before = yield* there
    const { subscriptions, webhook } = yield* register(input)
    // With a URL, there is a webhook.
    if (webhook === undefined) return yield* Effect.dieMessage("X has no webhook for the URL")
    const isNew = !before.webhooks.some(({ id }) => id === webhook.id)
    const known = new Map(before.subscriptions.map((each) => [each.subscriptionId, each]))
    const doneOf = (subscription: ActivitySubscription): Done => {
      const was = known.get(subscription.subscriptionId)
      return was === undefined ? "created" : was.webhookId === webhook.id ? "found" : "moved"
    }
    return {
      webhook,
      done: isNew ? "created" as const : "found" as const,
      subscriptions: subscriptions.map((subscription) => ({ subscription, done: doneOf(subscription) }))
    }
  })

export const remove = (webhookId: string) =>
  Effect.flatMap(Registration, ({ deleteWebhooks }) => deleteWebhooks({ webhookId }))

const iso = (at: DateTime.Utc | undefined) => at === undefined ? undefined : DateTime.formatIso(at)

export const webhookJson = ({ createdAt, id, url, valid }: WebhookConfig) => ({
  id,
  url,
  valid,
  created_at: iso(createdAt)
})

export const subscriptionJson = (
  { createdAt, eventType, filter, subscriptionId, tag, webhookId }: ActivitySubscription
) => ({
  subscription_id: subscriptionId,
  event_type: eventType,
  filter: { user_id: filter?.userId, direction: filter?.direction, keyword: filter?.keyword },
  tag,
  webhook_id: webhookId,
  created_at: iso(createdAt)
})
