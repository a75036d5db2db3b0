/** What a library makes of a page's text, without a network. */
import type { Group } from "../measure.js"
import { alternating, type Rounds, withCrew } from "./crew.js"
import { figureOf, rows } from "./rows.js"

const times = 400

/** This library validates each event and gives it dates; `xdk` renames keys, and `twitter-api-v2` gives X's JSON as it is. */
export const decoding = (rounds: Rounds): Promise<Group> =>
  // Nothing is asked for: there is no server.
  withCrew(["fetch", "effect-xdm", "xdk", "twitter-api-v2"] as const, "http://127.0.0.1:9", async (crew) => {
    const found = await alternating(crew, rounds, { task: "decode", times })
    return {
      title: "A page's text to its events, an event",
      rows: rows(figureOf(found, "cpu", times * 100), { unit: "µs", baseline: "fetch", limit: 2 })
    }
  })
