/** Listing, holding, merging and sending over loopback HTTP. */
import type { Group } from "../measure.js"
import { alternating, type Rounds, withCrew, withServer } from "./crew.js"
import { type Name, names } from "./peer.js"
import { figureOf, rows } from "./rows.js"

const pages = 300

/** 300 pages, each event looked at. */
export const listing = (rounds: Rounds): Promise<ReadonlyArray<Group>> =>
  withServer(pages, ({ url }) =>
    withCrew(names, url, async (crew) => {
      const events = pages * 100
      const found = await alternating(crew, rounds, { task: "list", events })
      return [
        {
          title: `${pages} pages listed, CPU an event`,
          rows: rows(figureOf(found, "cpu", events), { unit: "µs", baseline: "fetch", limit: 1 })
        },
        {
          title: `${pages} pages listed, time an event`,
          rows: rows(figureOf(found, "time", events), { unit: "µs", baseline: "fetch", limit: 1 })
        }
      ]
    }))

/** The heap at the last of many events. */
export const holding = (pages: number): Promise<Group> =>
  withServer(pages, ({ url }) =>
    withCrew(names, url, async (crew) => {
      const events = pages * 100
      const found = await alternating(crew, { warm: 0, measured: 1 }, { task: "hold", events })
      return {
        title: `Heap held after ${pages.toLocaleString("en-US")} pages`,
        rows: rows(figureOf(found, "held", 1024 * 1024), { unit: "MB", limit: 6 })
      }
    }))

const conversations = Array.from({ length: 200 }, (_, i) => `${100_000 + i}-999999`)

/** The requests behind the newest events of many conversations. */
export const newest = (): Promise<ReadonlyArray<Group>> =>
  withServer(1, ({ requests, url }) =>
    withCrew(names, url, async (crew) => {
      const groups: Array<Group> = []
      for (const how of ["whole", "stopped"] as const) {
        const values = new Map<Name, ReadonlyArray<number>>()
        for (const [name, ask] of crew) {
          await requests()
          await ask({ task: "newest", conversations, count: 50, how })
          values.set(name, [await requests()])
        }
        groups.push({
          title: `Newest 50 of 200 conversations, ${
            how === "whole" ? "each listed by the library" : "each listing stopped by hand after 50"
          }`,
          rows: rows(values, { unit: "requests", limit: conversations.length, counted: true })
        })
      }
      return groups
    }))

const sends = 2_000

/** Many sends, and what each costs. */
export const sending = (rounds: Rounds): Promise<Group> =>
  withServer(1, ({ url }) =>
    withCrew(names, url, async (crew) => {
      const found = await alternating(crew, rounds, { task: "sends", count: sends, atOnce: 50 })
      return {
        title: `${sends.toLocaleString("en-US")} sends, 50 at once, CPU a request`,
        rows: rows(figureOf(found, "cpu", sends), { unit: "µs", baseline: "fetch", limit: 0.3 })
      }
    }))
