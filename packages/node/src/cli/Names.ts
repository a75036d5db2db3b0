/** The names of those who write, asked for once each. */
import { DirectMessages, type DmEvent, RateLimitPolicy, type User } from "@effect-xdm/core"
import * as Effect from "effect/Effect"
import { type Names, namesOf } from "./Text.js"

export interface Known {
  /** The names of those whom an event speaks of, as far as X tells them. */
  readonly of: (event: DmEvent.DmEvent) => Effect.Effect<Names>
}

/**
 * Followers give events without their people. X gives the people along with the
 * event, which it does not bill twice in a day; whoever is known is not asked
 * for again, and no message waits for a name.
 */
export const make: Effect.Effect<Known, never, DirectMessages> = Effect.gen(function*() {
  const dm = yield* DirectMessages
  const people = new Map<string, User.User>()
  const asked = new Set<string>()
  const names = namesOf(people)

  const ask = (event: DmEvent.DmEvent) =>
    dm.getEventsById({ eventId: event.id, expansions: ["sender_id", "participant_ids"] }).pipe(
      Effect.provideService(RateLimitPolicy, RateLimitPolicy.fail),
      Effect.map(({ includes }) => {
        for (const user of includes.users) people.set(user.id, user)
      }),
      Effect.timeout("5 seconds"),
      Effect.ignore
    )

  return {
    of: (event) =>
      Effect.suspend(() => {
        const strangers = [event.senderId, ...("participantIds" in event ? event.participantIds ?? [] : [])]
          .filter((id) => id !== undefined && !people.has(id) && !asked.has(id))
        if (strangers.length === 0) return Effect.succeed(names)
        for (const id of strangers) asked.add(String(id))
        return Effect.as(ask(event), names)
      })
  }
})
