import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Either, FastCheck as fc, ParseResult } from "effect"
import { MediaId } from "../../src/model/Ids.js"
import * as Message from "../../src/model/Message.js"

const mediaId = MediaId.make("1146654567674912769")

describe("Message", () => {
  it("is a text, an attachment, or both", () => {
    expect(Message.toJson({ text: "hi" })).toEqual({ text: "hi" })
    expect(Message.toJson({ attachments: [{ mediaId }] })).toEqual({ attachments: [{ media_id: mediaId }] })
    expect(Message.toJson({ text: "hi", attachments: [{ mediaId }] }))
      .toEqual({ text: "hi", attachments: [{ media_id: mediaId }] })
    expect(Object.keys(Message.toJson({ text: "hi", attachments: undefined }))).toEqual(["text"])
  })

  it.each([
    [{}, "text", /or an attachment/],
    [{ text: undefined }, "text", /or an attachment/],
    [{ text: "" }, "text", /at least 1 character/],
    [{ text: null }, "text", /string/],
    [{ text: 5 }, "text", /string/],
    [{ attachments: [] }, "attachments", /one attachment/],
    [{ text: "hi", attachments: [{ mediaId }, { mediaId }] }, "attachments", /one attachment/],
    [{ attachments: [{ mediaId: "x" }] }, "attachments.0.mediaId", /media id/],
    [{ attachments: [{}] }, "attachments.0.mediaId", /missing/],
    [{ attachments: [mediaId] }, "attachments.0", /Expected/]
  ])("is not %j, because of %s", (value, path, rule) => {
    const result = ParseResult.validateEither(Message.Message)(value)
    const [issue] = ParseResult.ArrayFormatter.formatIssueSync(Either.getOrThrow(Either.flip(result)))
    expect(issue?.path.join(".")).toBe(path)
    expect(issue?.message).toMatch(rule)
  })

  it("of any kind has a body with a text or one attachment", () => {
    fc.assert(fc.property(Arbitrary.make(Message.Message), (message) => {
      const json: { text?: string; attachments?: ReadonlyArray<unknown> } = Message.toJson(message)
      expect((json.text ?? "").length > 0 || json.attachments?.length === 1).toBe(true)
    }))
  })
})
