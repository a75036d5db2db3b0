import { describe, expect, it } from "@effect/vitest"
import { Either } from "effect"
import { AppendMediaUpload } from "../../src/endpoints/AppendMediaUpload.js"
import { MediaId } from "../../src/model/Ids.js"
import * as Endpoint from "../../src/protocol/Endpoint.js"
import { answer } from "../support/endpoints.js"

const mediaId = MediaId.make("1583157113245011970")
const media = new Uint8Array([1, 2, 3])
const request = Endpoint.request(AppendMediaUpload.endpoint, "post")
const response = Endpoint.response(AppendMediaUpload.endpoint)

describe("AppendMediaUpload", () => {
  it("sends a form", () => {
    const made = Either.getOrThrow(request({ mediaId, segmentIndex: 7, media }))
    expect([made.method, made.url]).toEqual(["POST", `/2/media/upload/${mediaId}/append`])
    expect(made.headers["accept"]).toBe("application/json")
    expect(made.body.contentType).toMatch(/^multipart\/form-data; boundary=/)
  })

  it("takes what X answers, and nothing as well", () => {
    expect(response(answer(200, { data: { expires_at: 5 } }))).toEqual(Either.right({ expiresAt: 5 }))
    expect(response(answer(204, ""))).toEqual(Either.right({}))
    expect(response(answer(404, ""))).toMatchObject({ left: { _tag: "NotFound" } })
  })

  it.each([
    [{ segmentIndex: 1_000, media }, "segmentIndex", "1000"],
    [{ segmentIndex: -1, media }, "segmentIndex", "-1"],
    [{ segmentIndex: 0, media: new Uint8Array() }, "media", "0 bytes"],
    [{ segmentIndex: 0, media: "abc" as never }, "media", "\"abc\""]
  ])(
    "refuses %j",
    (input, parameter, value) =>
      expect(request({ mediaId, ...input })).toMatchObject({ left: { _tag: "InvalidInput", parameter, value } })
  )
})
