/**
 * What X pushes, as sources of `dm.events.live`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { DmEvent } from "../model/DmEvent.js"
import type { UserId } from "../model/Ids.js"
import type { Line, LiveSource } from "../streams/LiveOptions.js"
import type { Health } from "./ActivityHealth.js"
import { ActivityStream, type ActivityStreamOptions } from "./ActivityStream.js"
import type { PushEvent } from "./PushEvent.js"

/**
 * Whose messages of those that are pushed.
 *
 * @since 0.1.0
 */
export interface AccountOptions {
  /** The account that the live stream reads for. Needed where an app has subscriptions for several. Default: all. */
  readonly account?: UserId | undefined
}

/**
 * The messages of a stream of what X pushes, of one account or of all.
 *
 * @example
 * ```ts
 * import { PushEvent, PushSource, UserId } from "@effect-xdm/core"
 * import { Stream } from "effect"
 *
 * declare const pushed: Stream.Stream<PushEvent.PushEvent>
 * const messages = PushSource.messages(pushed, { account: UserId.make("2244994945") })
 * ```
 *
 * @since 0.1.0
 */
export const messages = <E, R>(
  events: Stream.Stream<PushEvent, E, R>,
  { account }: AccountOptions = {}
): Stream.Stream<DmEvent, E, R> =>
  Stream.flatMap(
    events,
    (pushed): Stream.Stream<DmEvent> =>
      pushed._tag === "Message" && (account === undefined || pushed.account === undefined || pushed.account === account)
        ? Stream.succeed(pushed.event)
        : Stream.empty
  )

/**
 * A stream of what X pushes, such as that of a `WebhookServer`, as a source.
 * Nothing tells of a webhook whether X reaches it, so it counts as connected
 * for as long as the stream lasts; what X could not deliver is read with the
 * next look.
 *
 * @example
 * ```ts
 * import { DirectMessages, PushEvent, PushSource } from "@effect-xdm/core"
 * import { Console, Effect, Stream } from "effect"
 *
 * declare const pushed: Stream.Stream<PushEvent.PushEvent>
 * const watch = Effect.flatMap(DirectMessages, (dm) =>
 *   dm.events.live({ sources: [PushSource.of("webhook", pushed)] }).pipe(
 *     Stream.runForEach((event) => Console.log(event.id))
 *   ))
 * ```
 *
 * @since 0.1.0
 */
export const of = <E, R>(
  name: string,
  events: Stream.Stream<PushEvent, E, R>,
  options?: AccountOptions
): LiveSource<R> => ({ name, events: () => messages(events, options) })

/** What the health of an activity stream means for who reads behind it. */
const tell = (line: Line, health: Health): Effect.Effect<void> => {
  switch (health._tag) {
    case "Connected":
      return line.connected
    case "Unreadable":
      return line.doubtful
    case "Disconnected":
      return line.disconnected
    case "KeptAlive":
      return Effect.void
  }
}

/**
 * X's activity stream as a source: what it may have lost, behind each
 * connection and each line that could not be read, is read back.
 *
 * @example
 * ```ts
 * import { DirectMessages, PushSource } from "@effect-xdm/core"
 * import { Console, Effect, Stream } from "effect"
 *
 * const watch = Effect.gen(function*() {
 *   const dm = yield* DirectMessages
 *   const activity = yield* PushSource.activity()
 *   yield* Stream.runForEach(dm.events.live({ sources: [activity] }), (event) => Console.log(event.id))
 * })
 * ```
 *
 * @since 0.1.0
 */
export const activity = (
  { account, onHealth, ...options }: ActivityStreamOptions & AccountOptions = {}
): Effect.Effect<LiveSource, never, ActivityStream> =>
  Effect.map(ActivityStream, ({ events }) => ({
    name: "activity stream",
    events: (line) =>
      Stream.unwrap(
        // Until it says that it is connected, it is not.
        Effect.as(
          line.disconnected,
          messages(
            events({
              ...options,
              onHealth: (health) =>
                onHealth === undefined ? tell(line, health) : Effect.zipRight(onHealth(health), tell(line, health))
            }),
            { account }
          )
        )
      )
  }))
