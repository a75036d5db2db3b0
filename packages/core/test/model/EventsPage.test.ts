import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import * as EventsPage from "../../src/model/EventsPage.js"
import { empty } from "../../src/model/Includes.js"

const read = Schema.decodeUnknownSync(EventsPage.EventsPage)
const message = { id: "1146654567674912769", event_type: "MessageCreate", text: "hi" }

describe("EventsPage", () => {
  it.each([
    {},
    { data: null, includes: null, meta: null, errors: null },
    { data: [], includes: {}, meta: {}, errors: [] },
    { something: "new" }
  ])("of %j is empty", (json) => {
    expect(read(json)).toStrictEqual({ events: [], includes: empty, meta: {}, errors: [] })
  })

  it("can be empty and have a next page", () => {
    expect(read({ meta: { result_count: 0, next_token: "7140dibdnow9c7btw421dyz6" } })).toMatchObject({
      events: [],
      meta: { resultCount: 0, nextToken: "7140dibdnow9c7btw421dyz6" }
    })
  })

  it("goes on through events of unknown types and through unknown fields", () => {
    const page = read({
      data: [{ ...message, effect: "confetti" }, { id: "1146654567674912770", event_type: "ReactionCreate" }, message],
      meta: { newest_id: "1" },
      edge: true
    })
    expect(page.events.map((event) => event._tag)).toEqual(["MessageCreate", "UnknownEvent", "MessageCreate"])
    expect(Object.keys(page.events[0]!)).not.toContain("effect")
  })

  it("keeps the errors that came beside its events", () => {
    const page = read({
      data: [message],
      errors: [
        { title: "Not Found Error", resource_type: "user", value: 5, status: "?", parameter: null, extra: 1 },
        {}
      ]
    })
    expect(page.errors).toStrictEqual([{ title: "Not Found Error", resourceType: "user", value: "5" }, {}])
  })
})

describe("SingleEvent", () => {
  const single = Schema.decodeUnknownSync(EventsPage.SingleEvent)

  it("is an event with its includes", () => {
    expect(single({ data: message, includes: { users: [{ id: "1", name: "A", username: "a" }] } })).toMatchObject({
      event: { _tag: "MessageCreate", text: "hi" },
      includes: { users: [{ id: "1" }], media: [], posts: [] },
      errors: []
    })
  })

  it.each([{}, { data: null }, { data: [] }, { data: [message] }])("is not %j", (json) => {
    expect(() => single(json)).toThrow()
  })
})
