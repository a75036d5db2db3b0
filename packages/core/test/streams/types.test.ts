import { expectTypeOf, it } from "@effect/vitest"
import type * as Effect from "effect/Effect"
import type * as HashSet from "effect/HashSet"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { DirectMessages } from "../../src/DirectMessages.js"
import type { DmEvent, MessageCreate } from "../../src/model/DmEvent.js"
import type { EventsPage } from "../../src/model/EventsPage.js"
import type { PageToken, UserId } from "../../src/model/Ids.js"
import type { ReadError } from "../../src/protocol/Errors.js"
import type { CheckpointFailed, CheckpointStore } from "../../src/streams/Checkpoint.js"
import type { HydratedEvent } from "../../src/streams/Hydrated.js"
import type { Inbox } from "../../src/streams/Inbox.js"
import type * as Inboxes from "../../src/streams/Inbox.js"
import type { ListingStopped, PartialPage, RepeatedToken } from "../../src/streams/Listing.js"
import * as Merge from "../../src/streams/Merge.js"
import type * as Timeline from "../../src/streams/Timeline.js"

// Never called: what counts is that it compiles.
type Dm = DirectMessages["Type"]
const check = (test: (dm: Dm) => void) => () => expectTypeOf(test).toBeFunction()

type Ends = ReadError | RepeatedToken | PartialPage
type Events = Stream.Stream<DmEvent, ListingStopped>

declare const events: Stream.Stream<DmEvent, "broken", "needed">
declare const state: Inbox

it(
  "listings fail with ListingStopped alone, whose reason is exact, and need nothing",
  check((dm) => {
    expectTypeOf(dm.events.all()).toEqualTypeOf<Events>()
    expectTypeOf(dm.events.conversation).returns.toEqualTypeOf<Events>()
    expectTypeOf(dm.events.participant).returns.toEqualTypeOf<Events>()
    expectTypeOf(dm.events.resume).returns.toEqualTypeOf<Events>()
    expectTypeOf(dm.events.pages.all()).toEqualTypeOf<Stream.Stream<EventsPage, ListingStopped>>()
    expectTypeOf(dm.events.hydrated.all()).toEqualTypeOf<Stream.Stream<HydratedEvent, ListingStopped>>()
    expectTypeOf<ListingStopped["reason"]>().toEqualTypeOf<Ends>()
    expectTypeOf<ListingStopped["resumeFrom"]>().toEqualTypeOf<PageToken | undefined>()
  })
)

it(
  "a follower without a checkpoint needs nothing and cannot fail by one",
  check((dm) => {
    expectTypeOf(dm.events.follow()).toEqualTypeOf<Stream.Stream<DmEvent, Ends>>()
    expectTypeOf(dm.events.follow({ every: "5 minutes", since: "now" })).toEqualTypeOf<Stream.Stream<DmEvent, Ends>>()
    expectTypeOf(dm.events.followConversation("1-2" as never)).toEqualTypeOf<Stream.Stream<DmEvent, Ends>>()
    expectTypeOf(dm.events.followParticipant("2" as never)).toEqualTypeOf<Stream.Stream<DmEvent, Ends>>()
    // @ts-expect-error: it reads on for ever, so it has no bounds of a listing
    dm.events.follow({ limit: 10 })
    // @ts-expect-error: how often to commit means nothing without a checkpoint
    dm.events.follow({ commitEvery: 10 })
  })
)

it(
  "a follower with a checkpoint needs the store and may fail by it",
  check((dm) => {
    type Kept = Stream.Stream<DmEvent, Ends | CheckpointFailed, CheckpointStore>
    expectTypeOf(dm.events.follow({ checkpoint: "inbox", commitEvery: 10 })).toEqualTypeOf<Kept>()
    expectTypeOf(dm.events.followConversation("1-2" as never, { checkpoint: "inbox" })).toEqualTypeOf<Kept>()
    expectTypeOf(dm.events.followParticipant("2" as never, { checkpoint: "inbox" })).toEqualTypeOf<Kept>()
  })
)

it(
  "a merge fails with which source failed, and not at all where sources may drop out",
  check((dm) => {
    type Failed = Merge.SourceFailed<ListingStopped>
    const listings = [dm.events.all(), dm.events.conversation("1-2" as never)]
    expectTypeOf(Merge.newestFirst(listings)).toEqualTypeOf<Stream.Stream<DmEvent, Failed>>()
    expectTypeOf(Merge.oldestFirst([events])).toEqualTypeOf<
      Stream.Stream<DmEvent, Merge.SourceFailed<"broken">, "needed">
    >()
    expectTypeOf(Merge.conversations(dm, [])).toEqualTypeOf<Stream.Stream<DmEvent, Failed>>()
    expectTypeOf(Merge.conversations(dm, [], { limit: 2 })).toEqualTypeOf<Stream.Stream<DmEvent, Failed>>()
    expectTypeOf<Failed["reason"]>().toEqualTypeOf<ListingStopped>()
    const report = undefined as unknown as (failure: Failed) => Effect.Effect<void, never, "reporter">
    expectTypeOf(Merge.newestFirst(listings, { onSourceFailure: report })).toEqualTypeOf<
      Stream.Stream<DmEvent, never, "reporter">
    >()
    expectTypeOf(Merge.conversations(dm, [], { onSourceFailure: report })).toEqualTypeOf<
      Stream.Stream<DmEvent, never, "reporter">
    >()
    // @ts-expect-error: what has no id cannot be put in order
    Merge.newestFirst([undefined as unknown as Stream.Stream<{ readonly name: string }>])
  })
)

it(
  "tools and the inbox keep the errors and needs of the stream they are given",
  check((dm) => {
    type Grouped = Effect.Effect.Error<ReturnType<typeof Timeline.groupByConversation<"broken", "needed">>>
    expectTypeOf<Grouped>().toEqualTypeOf<"broken">()
    const search = undefined as unknown as ReturnType<typeof Timeline.search>
    expectTypeOf(search(events)).toEqualTypeOf<Stream.Stream<MessageCreate, "broken", "needed">>()
    const window = undefined as unknown as ReturnType<typeof Timeline.withinWindow>
    expectTypeOf(events.pipe(window)).toEqualTypeOf<typeof events>()
    const participants = undefined as unknown as ReturnType<typeof Timeline.participantsOf>
    expectTypeOf(participants(events)).toEqualTypeOf<
      Stream.Stream<
        { readonly event: DmEvent; readonly participants: HashSet.HashSet<UserId> },
        "broken",
        "needed"
      >
    >()
    const fold = undefined as unknown as typeof Inboxes.fold
    expectTypeOf(fold(events, state)).toEqualTypeOf<Effect.Effect<Inbox, "broken", "needed">>()
    const collect = undefined as unknown as typeof Timeline.collectConversation
    expectTypeOf(collect(dm, "1-2" as never)).toEqualTypeOf<
      Effect.Effect<Timeline.CollectedConversation, ListingStopped>
    >()
    expectTypeOf<HydratedEvent["sender"]>().toExtend<Option.Option<{ readonly id: UserId }>>()
  })
)
