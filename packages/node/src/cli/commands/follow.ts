import {
  CheckpointStore,
  DirectMessages,
  type DmEvent,
  type FollowError,
  type FollowOptions,
  type Health
} from "@effect-xdm/core"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Path from "node:path"
import * as Places from "../../Places.js"
import { json, whose } from "../Common.js"
import * as Names from "../Names.js"
import { line, note } from "../Printer.js"
import { provided } from "../Session.js"
import { eventJson, eventLine, time } from "../Text.js"
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
  every: Options.text("every").pipe(
    Options.withPseudoName("time"),
    Options.withDescription("How long from one look to the next, like 30s. Default: as often as X's limit allows."),
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
  return (health: Health): Effect.Effect<void> => {
    switch (health._tag) {
      case "Failed": {
        failing = true
        return note(`${time(health.at)}  trying again: ${health.reason.message}`)
      }
      case "Missed":
        return note(
          `${time(health.at)}  there is a gap: events after ${health.gap.after}` +
            `${health.gap.before === undefined ? "" : ` and before ${health.gap.before}`} cannot be had any more.`
        )
      case "Looked": {
        if (!failing) return Effect.void
        failing = false
        return note(`${time(health.at)}  X answers again.`)
      }
    }
  }
}

/** What is new of someone, or of all; what is printed is committed at once. */
const followed = (
  whom: Who.Who | undefined,
  { checkpoint, ...options }: FollowOptions & { readonly checkpoint: string | undefined }
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

export const follow = Command.make("follow", options, (options) =>
  Effect.gen(function*() {
    const asked = yield* optional(options.who, Who.parse)
    const settings: FollowOptions = {
      since: yield* optional(options.since, sinceOf),
      every: yield* optional(options.every, lasting),
      onHealth: reporter()
    }
    const from = Option.match(options.who, { onNone: () => "", onSome: (who) => ` from ${who}` })
    yield* note(`Waiting for what is new${from}. Ctrl-C ends it.`)

    yield* Effect.gen(function*() {
      const events = yield* followed(asked === undefined ? undefined : yield* Who.resolve(asked), {
        ...settings,
        checkpoint: Option.getOrUndefined(options.checkpoint)
      })
      const names = yield* Names.make
      yield* Stream.runForEach(events, (event) =>
        options.json
          ? line(JSON.stringify(eventJson(event)))
          : Effect.flatMap(names.of(event), (known) => line(eventLine(event, known))))
    }).pipe(Effect.provide(checkpoints), provided(options))
  })).pipe(
    Command.withDescription("Print what is new as it comes, until Ctrl-C. Nothing is missed or printed twice.")
  )
