import { expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { encode } from "../../src/protocol/Multipart.js"

it("a form is read by others as it was written, whatever the bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(999), async (bytes, index) => {
      const { body, contentType } = encode({ fields: { segment_index: index }, file: "media", bytes })
      // The bytes are of no shared memory, which the type of a body asks to know.
      const form = await new Response(body as BodyInit, { headers: { "content-type": contentType } }).formData()
      expect([...form.keys()]).toEqual(["segment_index", "media"])
      expect(form.get("segment_index")).toBe(String(index))
      const file = form.get("media")
      if (!(file instanceof Blob)) return expect.unreachable("it is no file")
      expect([...new Uint8Array(await file.arrayBuffer())]).toEqual([...bytes])
    })
  )
})
