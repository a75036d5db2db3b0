import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, FastCheck as fc, Schema } from "effect"
import * as assert from "node:assert/strict"
import { Created } from "../../src/endpoints/Created.js"
import { DeleteEvents } from "../../src/endpoints/DeleteEvents.js"
import type { Dialect } from "../../src/model/Dialect.js"
import * as DmEvent from "../../src/model/DmEvent.js"
import * as Entities from "../../src/model/Entities.js"
import * as EventsPage from "../../src/model/EventsPage.js"
import * as Includes from "../../src/model/Includes.js"
import * as Media from "../../src/model/Media.js"
import * as Message from "../../src/model/Message.js"
import * as Post from "../../src/model/Post.js"
import * as Problem from "../../src/model/Problem.js"
import * as User from "../../src/model/User.js"
import { untyped } from "../support/schemas.js"
import * as wire from "../support/wire.js"

const dialects: ReadonlyArray<Dialect> = ["post", "tweet"]

const single = (dialect: Dialect) =>
  fc.tuple(wire.event(dialect), wire.page(dialect)).map(([data, { errors, includes }]) => ({ data, includes, errors }))

/** Each schema by the dialect that it writes, with what X sends in that dialect. */
const received: ReadonlyArray<
  readonly [string, (dialect: Dialect) => Schema.Schema.Any, (dialect: Dialect) => fc.Arbitrary<unknown>]
> = [
  ["an event", DmEvent.inDialect, wire.event],
  ["a user", User.inDialect, wire.user],
  ["a post", Post.inDialect, wire.post],
  ["a medium", () => Media.Media, () => wire.media],
  ["includes", Includes.inDialect, wire.includes],
  ["a problem", () => Problem.Problem, () => wire.problem],
  ["a page", EventsPage.inDialect, wire.page],
  ["one event with its includes", EventsPage.singleInDialect, single]
]

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe.each(dialects)("in the %s dialect", (dialect) => {
  describe.each(received)("%s", (_, schemaOf, arbitraryOf) => {
    const schema = untyped(schemaOf(dialect))
    const decode = Schema.decodeUnknownSync(schema)
    const encode = Schema.encodeSync(schema)

    it("is the same after it was written and read again", () => {
      fc.assert(
        fc.property(arbitraryOf(dialect), (sent) => {
          const model = decode(json(sent))
          const written = encode(model)
          assert.deepStrictEqual(decode(written), model)
          assert.deepStrictEqual(decode(json(written)), model)
        }),
        { numRuns: 500 }
      )
    })

    it("is written in that dialect, and read by the schema of either", () => {
      fc.assert(
        fc.property(wire.dialect.chain(arbitraryOf), (sent) => {
          const model = decode(json(sent))
          const names = JSON.stringify(encode(model)).match(/"\w*(tweet|retweet|post|repost)\w*":/g) ?? []
          const foreign = dialect === "post" ? /"\w*tweet/ : /"(pinned|most_recent|referenced|edit|note|re)?_?posts?\b/
          // What is kept as X sent it, and one name that is the same in both, say nothing of the dialect.
          const own = names.filter((name) => !name.includes("media_source_tweet_id"))
          if (!JSON.stringify(model).includes("\"raw\"")) expect(own.filter((name) => foreign.test(name))).toEqual([])
          for (const other of dialects) {
            assert.deepStrictEqual(Schema.decodeUnknownSync(untyped(schemaOf(other)))(encode(model)), model)
          }
        }),
        { numRuns: 300 }
      )
    })
  })

  it.each([
    ["users", User.inDialect(dialect)],
    ["media", Media.Media],
    ["problems", Problem.Problem],
    ["entities", Entities.Entities],
    ["messages created", Created],
    ["messages deleted", DeleteEvents.endpoint.success],
    ["messages to send", Message.Message]
  ] as ReadonlyArray<readonly [string, Schema.Schema.Any]>)("%s of any kind that the schema allows", (_, typed) => {
    const schema = untyped(typed)
    fc.assert(fc.property(Arbitrary.make(schema), (model) => {
      assert.deepStrictEqual(Schema.decodeUnknownSync(schema)(Schema.encodeSync(schema)(model)), model)
    }))
  })
})
