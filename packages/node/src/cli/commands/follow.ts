import {
  CheckpointStore,
  DirectMessages,
  type DmEvent,
  type FollowError,
  type LiveHealth,
  type LiveSource,
  type Since
} from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Path from "node:path"
import * as Places from "../../Places.js"
import { json, whose } from "../Common.js"
import { Usage } from "../Exit.js"
import * as Names from "../Names.js"
import { line, note } from "../Printer.js"
import { provided } from "../Session.js"
import { eventJson, eventLine, placedLine, time } from "../Text.js"
import { lasting, optional, sinceOf } from "../When.js"
import * as Who from "../Who.js"

const options = {
  ...json,
  ...whose,
  who: Args.text({ name: "who" }).pipe(
    Args.withDescription(`Whose conversation: ${Who.explained}. Default: all conversations.`),
    Args.optional
  ),
  since: Options.text("since").pipe(
    Options.withPseudoName("when"),
    Options.withDescription("Where to begin: an event's id, or a date. Default: now."),
    Options.optional
  ),
  incoming: Options.boolean("incoming").pipe(Options.withDescription("Only what others do, and not what you do.")),
  live: Options.boolean("live").pipe(
    Options.withDescription(
      "Have X tell of messages the moment they arrive, in all conversations, and look seldom for what it did not " +
        "tell. Needs the app's bearer token in X_BEARER_TOKEN, and subscribes the app to the account's messages."
    )
  ),
  every: Options.text("every").pipe(
    Options.withPseudoName("time"),
    Options.withDescription(
      "How long from one look to the next, like 30s. Default: as often as X's limit allows; with --live, 5 minutes."
    ),
    Options.optional
  ),
  checkpoint: Options.text("checkpoint").pipe(
    Options.withPseudoName("name"),
    Options.withDescription("Remember under this name how far it got, and go on there the next time."),
    Options.optional
  )
}

const checkpoints = Layer.unwrapEffect(Effect.sync(() =>
  CheckpointStore.layerKeyValueStore.pipe(
    Layer.provide(KeyValueStore.layerFileSystem(Path.join(Places.here().state, "checkpoints"))),
    Layer.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))
  )
))

/** What is worth saying of a follower: that it fails, that it works again, and what it cannot give. */
const reporter = () => {
  let failing = false
  let delivering = false
  return (health: LiveHealth): Effect.Effect<void> => {
    const say = (text: string) => note(`${time(health.at)}  ${text}`)
    switch (health._tag) {
      case "Failed": {
        failing = true
        return say(`trying again: ${health.reason.message}`)
      }
      case "Missed":
        return say(
          `there is a gap: events after ${health.gap.after}` +
            `${health.gap.before === undefined ? "" : ` and before ${health.gap.before}`} cannot be had any more.`
        )
      case "Looked": {
        if (!failing) return Effect.void
        failing = false
        return say("X answers again.")
      }
      case "Connected": {
        delivering = true
        return say("X tells of what is new.")
      }
      case "Disconnected": {
        // It begins so.
        if (!delivering) return Effect.void
        delivering = false
        return say("X tells of nothing just now. Looking for what is new meanwhile.")
      }
      case "Ended":
        return say(`X tells of nothing any more: ${health.problem ?? "it closed the stream"} Looking for what is new.`)
    }
  }
}

/** How to follow, as it was asked. */
interface Asked {
  readonly since: Since | undefined
  readonly every: Duration.Duration | undefined
  readonly onHealth: (health: LiveHealth) => Effect.Effect<void>
  readonly checkpoint: string | undefined
}

/** What is new of someone, or of all; what is printed is committed at once. */
const followed = (
  whom: Who.Who | undefined,
  { checkpoint, ...options }: Asked
) =>
  Effect.map(DirectMessages, ({ events }): Stream.Stream<DmEvent.DmEvent, FollowError, CheckpointStore> => {
    if (checkpoint === undefined) {
      if (whom === undefined) return events.follow(options)
      return "user" in whom
        ? events.followParticipant(whom.user, options)
        : events.followConversation(whom.conversation, options)
    }
    const kept = { ...options, checkpoint, commitEvery: 1 }
    if (whom === undefined) return events.follow(kept)
    return "user" in whom
      ? events.followParticipant(whom.user, kept)
      : events.followConversation(whom.conversation, kept)
  })

/** Loaded by those who ask for it, for a command must start at once. */
const delivering = (emulator: boolean) =>
  Effect.flatMap(Effect.promise(() => import("../Live.js")), ({ source }) => source(emulator))

/** What is new of all, the moment it arrives; what is printed is committed at once. */
const live = (
  source: LiveSource,
  { checkpoint, ...others }: Asked
) =>
  Effect.map(DirectMessages, ({ events }): Stream.Stream<DmEvent.DmEvent, FollowError, CheckpointStore> => {
    const options = { ...others, sources: [source] }
    return checkpoint === undefined ? events.live(options) : events.live({ ...options, checkpoint, commitEvery: 1 })
  })

export const follow = Command.make("follow", options, (options) =>
  Effect.gen(function*() {
    if (options.live && Option.isSome(options.who)) {
      return yield* Effect.fail(new Usage({ problem: "--live is for all conversations, and takes no <who>." }))
    }
    const asked = yield* optional(options.who, Who.parse)
    const settings: Asked = {
      since: yield* optional(options.since, sinceOf),
      every: yield* optional(options.every, lasting),
      onHealth: reporter(),
      checkpoint: Option.getOrUndefined(options.checkpoint)
    }
    const from = Option.match(options.who, { onNone: () => "", onSome: (who) => ` from ${who}` })
    yield* note(`Waiting for what is new${from}. Ctrl-C ends it.`)

    yield* Effect.gen(function*() {
      const events = options.live
        ? yield* live(yield* delivering(options.emulator), settings)
        : yield* followed(asked === undefined ? undefined : yield* Who.resolve(asked), settings)
      const names = yield* Names.make
      const me = options.incoming ? (yield* Effect.flatMap(DirectMessages, (dm) => dm.getMe())).id : undefined
      const wanted = Stream.filter(events, ({ senderId }) => me === undefined || senderId !== me)
      yield* Stream.runForEach(wanted, (event) =>
        options.json
          ? line(JSON.stringify(eventJson(event)))
          : Effect.flatMap(names.of(event), (known) =>
            line((asked === undefined ? placedLine : eventLine)(event, known))))
    }).pipe(Effect.scoped, Effect.provide(checkpoints), provided(options))
  })).pipe(
    Command.withDescription("Print what is new as it comes, until Ctrl-C. Nothing is missed or printed twice.")
  )
