import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc, Option, Schema } from "effect"
import { received } from "../../src/model/Ids.js"
import * as Includes from "../../src/model/Includes.js"
import * as wire from "../support/wire.js"

const read = Schema.decodeUnknownSync(Includes.Includes)

describe("Includes", () => {
  it("finds everything that the page brought", () => {
    fc.assert(fc.property(wire.dialect.chain(wire.includes), (json) => {
      const includes = read(json)
      for (const user of includes.users) expect(Option.getOrThrow(Includes.user(includes, user.id)).id).toBe(user.id)
      for (const media of includes.media) {
        expect(Option.getOrThrow(Includes.media(includes, media.mediaKey)).mediaKey).toBe(media.mediaKey)
      }
      for (const post of includes.posts) expect(Option.getOrThrow(Includes.post(includes, post.id)).id).toBe(post.id)
    }))
  })

  it("finds nothing that it did not bring", () => {
    const includes = read({ users: [{ id: "1", name: "A", username: "a" }], media: null })
    expect(Includes.user(includes, received.UserId.make("1"))).toEqual(Option.some(includes.users[0]))
    for (const id of ["2", "", "constructor", "__proto__"]) {
      expect(Includes.user(includes, received.UserId.make(id))).toEqual(Option.none())
      expect(Includes.media(includes, received.MediaKey.make(id))).toEqual(Option.none())
      expect(Includes.post(Includes.empty, received.PostId.make(id))).toEqual(Option.none())
    }
  })

  it("of nothing are empty lists", () => {
    for (const json of [{}, { users: null, media: null, posts: null }, { tweets: null }, { topics: [{}], polls: [] }]) {
      expect(read(json)).toStrictEqual(Includes.empty)
    }
  })
})
