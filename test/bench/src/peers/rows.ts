/** Rows of a table, one for each of those compared. */
import { median, type Row } from "../measure.js"
import { labels, type Name } from "./peer.js"

/** What each round found, by the names of those compared. */
export type Found<N extends Name = Name> = ReadonlyMap<N, ReadonlyArray<number>>

export interface Column {
  readonly unit: string
  /** What the values are compared with. */
  readonly baseline?: Name
  /** What this library must not exceed: the ratio to the baseline if there is one, or else the value. */
  readonly limit: number
  readonly counted?: boolean
}

/** Medians. A ratio is that of two values of the same round, so that what slows the machine for a while slows both. */
export const rows = (found: Found, { baseline, counted = false, limit, unit }: Column): ReadonlyArray<Row> => {
  const ones = baseline === undefined ? undefined : found.get(baseline)
  return [...found].map(([name, values]) => ({
    name: labels[name],
    value: median(values),
    unit,
    ...(counted ? { counted } : undefined),
    ...(ones === undefined ? undefined : { ratio: median(values.map((value, round) => value / ones[round]!)) }),
    ...(name === "effect-xdm" ? { limit } : undefined)
  }))
}

/** One figure of each round, divided by how often it was done. */
export const figureOf = <N extends Name, F extends string>(
  found: ReadonlyMap<N, ReadonlyArray<{ readonly [figure in F]: number }>>,
  figure: F,
  times: number
): Found<N> => new Map([...found].map(([name, rounds]) => [name, rounds.map((figures) => figures[figure] / times)]))
