import type { ActivitySubscription } from "@effect-xdm/core"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { json, runningEmulator } from "../../Common.js"
import { show } from "../../Printer.js"

/** What is told of, and whose: `dm.received and dm.sent of 123`. */
const told = (subscriptions: ReadonlyArray<ActivitySubscription>): string => {
  const users = [...new Set(subscriptions.map(({ filter }) => filter?.userId ?? "all"))]
  return users.map((user) => {
    const kinds = subscriptions.filter(({ filter }) => (filter?.userId ?? "all") === user)
    return `${kinds.map(({ eventType = "something" }) => eventType).join(" and ")} of ${user}`
  }).join(", ")
}

export const list = Command.make("list", { ...json, ...runningEmulator }, (options) =>
  Effect.gen(function*() {
    const { layer, subscriptionJson, there, webhookJson } = yield* Effect.promise(() => import("../../Registering.js"))
    const { subscriptions, webhooks } = yield* Effect.provide(there, layer(options.emulator))
    const isKnown = (id: string | undefined) => webhooks.some((webhook) => webhook.id === id)
    const others = subscriptions.filter(({ webhookId }) => !isKnown(webhookId))
    yield* show(options, {
      webhooks: webhooks.map(webhookJson),
      subscriptions: subscriptions.map(subscriptionJson)
    }, () =>
      [
        ...webhooks.flatMap(({ id, url = "", valid }) => {
          const mine = subscriptions.filter(({ webhookId }) => webhookId === id)
          return [
            `${id}  ${url}`,
            mine.length === 0 ? "  nothing is delivered: `xdm webhook register URL` changes that" : `  ${told(mine)}`,
            ...(valid === false
              ? [`  X has stopped, for it answered wrongly: \`xdm webhook register ${url}\` lets X try again`]
              : [])
          ]
        }),
        ...(webhooks.length === 0 ? ["The app has no webhook. `xdm webhook register` makes one."] : []),
        ...(others.length === 0 ? [] : [`Without a webhook, for \`xdm follow --live\`: ${told(others)}`])
      ].join("\n"))
  })).pipe(
    Command.withDescription("List the webhooks of the app, and what X delivers to each. Needs X_BEARER_TOKEN.")
  )
