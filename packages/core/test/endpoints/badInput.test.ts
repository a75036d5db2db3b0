import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { DirectMessages } from "../../src/DirectMessages.js"
import { InvalidInput } from "../../src/protocol/Errors.js"
import { cases } from "../support/endpoints.js"
import { json, scripted } from "../support/script.js"

const tooMany = Array.from({ length: 50 }, (_, i) => String(i + 1))
const circular: Record<string, unknown> = {}
circular["self"] = circular

type Bad = readonly [endpoint: string, input: unknown, parameter: string, rule: RegExp, value: string]

const messageTo = (to: object): ReadonlyArray<readonly [unknown, string, RegExp, string]> => [
  [{ ...to, text: "" }, "text", /at least 1 character/, "\"\""],
  [{ ...to }, "text", /or an attachment/, "absent"],
  [{ ...to, text: 5 }, "text", /string/, "5"],
  [{ ...to, text: null }, "text", /string/, "null"],
  [{ ...to, attachments: [] }, "attachments", /one attachment/, "[]"],
  [
    { ...to, text: "a", attachments: [{ mediaId: "1" }, { mediaId: "2" }] },
    "attachments",
    /one attachment/,
    "[{\"mediaId\":\"1\"},{\"mediaId\":\"2\"}]"
  ],
  [{ ...to, attachments: [{ mediaId: "a" }] }, "attachments.0.mediaId", /media id/, "\"a\""],
  [{ ...to, attachments: [{ media_id: "1" }] }, "attachments.0.media_id", /no parameter/, "\"1\""],
  [{ ...to, text: "a", mediaId: "1" }, "mediaId", /no parameter of this call; they are: .*text/, "\"1\""]
]

const list = (more: object): ReadonlyArray<readonly [unknown, string, RegExp, string]> => [
  [{ ...more, maxResults: 0 }, "maxResults", /1 to 100/, "0"],
  [{ ...more, maxResults: 101 }, "maxResults", /1 to 100/, "101"],
  [{ ...more, maxResults: 1.5 }, "maxResults", /1 to 100/, "1.5"],
  [{ ...more, maxResults: "10" }, "maxResults", /1 to 100/, "\"10\""],
  [{ ...more, maxResults: null }, "maxResults", /1 to 100/, "null"],
  [{ ...more, maxResults: NaN }, "maxResults", /1 to 100/, "N"],
  [{ ...more, paginationToken: "short" }, "paginationToken", /at least 16 characters/, "\"short\""],
  [{ ...more, eventTypes: ["Message"] }, "eventTypes.0", /one of: MessageCreate/, "\"Message\""],
  [{ ...more, eventTypes: [] }, "eventTypes", /at least one/, "[]"],
  [{ ...more, eventTypes: "MessageCreate" }, "eventTypes", /array/, "\"MessageCreate\""],
  ...select(more)
]

const select = (more: object): ReadonlyArray<readonly [unknown, string, RegExp, string]> => [
  [{ ...more, dmEventFields: ["nonsense"] }, "dmEventFields.0", /one of: id, event_type/, "\"nonsense\""],
  [{ ...more, expansions: ["sender_id", "sender"] }, "expansions.1", /one of: attachments.media_keys/, "\"sender\""],
  [{ ...more, mediaFields: ["size"] }, "mediaFields.0", /one of: media_key/, "\"size\""],
  [{ ...more, userFields: ["email"] }, "userFields.0", /one of: id, name/, "\"email\""],
  [{ ...more, postFields: ["body"] }, "postFields.0", /one of: id, text/, "\"body\""],
  [{ ...more, tweetFields: [""] }, "tweetFields.0", /one of: id, text/, "\"\""],
  [{ ...more, userFields: [] }, "userFields", /at least one/, "[]"],
  [{ ...more, postFields: ["author_id"] }, "postFields", /"post" dialect/, "\"author_id\""],
  [{ ...more, max_results: 5 }, "max_results", /no parameter/, "5"]
]

const ids = (name: string, wrong: ReadonlyArray<unknown>, rule: RegExp, more: object = {}) =>
  wrong.map((value) =>
    [{ ...more, [name]: value }, name, rule, typeof value === "string" ? JSON.stringify(value) : ""] as const
  )

const inputs: { readonly [endpoint: string]: ReadonlyArray<readonly [unknown, string, RegExp, string]> } = {
  BlockDms: ids("userId", ["", "@x", "1".repeat(20)], /user id/),
  UnblockDms: ids("userId", ["", "a"], /user id/),
  FinalizeMediaUpload: ids("mediaId", ["", "3_1"], /media id/),
  GetMediaUploadStatus: ids("mediaId", ["", "x"], /media id/),
  InitializeMediaUpload: [
    [
      { mediaType: "text/plain", mediaCategory: "dm_image", totalBytes: 1 },
      "mediaType",
      /one of: image/,
      "\"text/plain\""
    ],
    [
      { mediaType: "image/png", mediaCategory: "tweet_image", totalBytes: 1 },
      "mediaCategory",
      /dm_image/,
      "tweet_image"
    ],
    [{ mediaType: "image/png", mediaCategory: "dm_image", totalBytes: 0 }, "totalBytes", /1 to/, "0"]
  ],
  CreateByConversationId: [
    ...ids("conversationId", ["", "1", "a-b", "1-2-3", "../1-2"], /conversation id/, { text: "a" }),
    ...ids("conversationId", [5, null, 10n, undefined], /string/, { text: "a" }),
    ...messageTo({ conversationId: "1-2" })
  ],
  CreateByParticipantId: [
    ...ids("participantId", ["", "@x", "1".repeat(20), "1/2"], /user id/, { text: "a" }),
    ...messageTo({ participantId: "1" })
  ],
  CreateConversation: [
    [{ participantIds: ["1"], message: { text: "a" } }, "participantIds", /2 to 49/, "[\"1\"]"],
    [{ participantIds: tooMany, message: { text: "a" } }, "participantIds", /2 to 49/, "[\"1\",\"2\""],
    [{ participantIds: [], message: { text: "a" } }, "participantIds", /2 to 49/, "[]"],
    [{ participantIds: ["1", "x"], message: { text: "a" } }, "participantIds.1", /user id/, "\"x\""],
    [{ participantIds: ["1", "2"], message: {} }, "message.text", /or an attachment/, "absent"],
    [{ participantIds: ["1", "2"], message: { text: "" } }, "message.text", /at least 1/, "\"\""],
    [{ participantIds: ["1", "2"] }, "message", /missing/, "absent"],
    [{ participantIds: ["1", "2"], message: "hi" }, "message", /object/, "\"hi\""]
  ],
  DeleteEvents: [
    ...ids("eventId", ["", "x", "1".repeat(20)], /event id/),
    ...ids("eventId", [Number("1146654567674912769"), 10n, {}], /string/)
  ],
  GetEvents: list({}),
  GetEventsByConversationId: [
    ...ids("conversationId", ["", "12"], /conversation id/),
    ...list({ conversationId: "1-2" })
  ],
  GetEventsById: [...ids("eventId", ["", "x"], /event id/), ...select({ eventId: "1" })],
  GetEventsByParticipantId: [...ids("participantId", ["", "x"], /user id/), ...list({ participantId: "1" })],
  GetMe: [
    [{ userFields: ["email"] }, "userFields.0", /one of: id, name/, "\"email\""],
    [{ expansions: ["sender_id"] }, "expansions.0", /one of: affiliation/, "\"sender_id\""],
    [{ id: "1" }, "id", /no parameter/, "\"1\""]
  ],
  GetUserByUsername: ids("username", ["", "@x", "a".repeat(16), "a/b", "a b"], /user name/)
}

const table: ReadonlyArray<Bad> = cases.flatMap(({ name }) =>
  [
    ...inputs[name] ?? [],
    [null, "the input", /object/, "null"],
    ["text", "the input", /object/, "\"text\""],
    [[], "the input", /object/, "[]"]
  ].map((bad) => [name, ...bad] as unknown as Bad) // the name before the four columns of `inputs`
)

const refused = (name: string, input: unknown) => {
  const { layer, requests } = scripted(json(200, {}))
  const one = cases.find((each) => each.name === name)!
  return Effect.gen(function*() {
    const dm = yield* DirectMessages
    const error = yield* Effect.flip(one.call(dm, input))
    expect(requests).toEqual([])
    expect(error).toBeInstanceOf(InvalidInput)
    expect(error).toMatchObject({ method: one.method, route: one.route })
    return error as InvalidInput // checked two lines above
  }).pipe(Effect.provide(layer()))
}

describe("a bad input makes no request, and is named", () => {
  for (const [i, [name, input, parameter, rule, value]] of table.entries()) {
    it.effect(`${i}: ${name}, ${parameter}`, () =>
      Effect.gen(function*() {
        const error = yield* refused(name, input)
        expect(error.parameter).toBe(parameter)
        expect(error.rule).toMatch(rule)
        expect(error.value).toContain(value)
        expect(error.value.length).toBeLessThanOrEqual(101)
        expect(error.message).toMatch(/No request was made/)
        expect(error.message).not.toMatch(/undefined|readonly |ReadonlyArray|Struct|\[object/)
      }))
  }

  it.effect.each([[10n], [circular], [Symbol("s")], [() => 1], [new Date(NaN)], [{ toJSON: () => circular }]])(
    "even if it cannot be shown as JSON: %s",
    ([value]) =>
      Effect.gen(function*() {
        expect(yield* refused("DeleteEvents", { eventId: value })).toMatchObject({ parameter: "eventId" })
        expect(yield* refused("DeleteEvents", value)).toMatchObject({ _tag: "InvalidInput" })
      })
  )
})
