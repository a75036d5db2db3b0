/** Rows of a table, one for each of those compared. */
import type { Row } from "../measure.js"
import { labels, type Name } from "./peer.js"

export interface Column {
  readonly unit: string
  /** What the values are compared with. */
  readonly baseline?: Name
  /** What this library must not exceed: the ratio to the baseline if there is one, or else the value. */
  readonly limit: number
}

export const rows = (
  values: ReadonlyMap<Name, number>,
  { baseline, limit, unit }: Column
): ReadonlyArray<Row> => {
  const one = baseline === undefined ? undefined : values.get(baseline)
  return [...values].map(([name, value]) => ({
    name: labels[name],
    value,
    unit,
    ...(one === undefined ? undefined : { ratio: value / one }),
    ...(name === "effect-xdm" ? { limit } : undefined)
  }))
}

/** One figure of each, divided by how often it was done. */
export const figureOf = <N extends Name, F extends string>(
  found: ReadonlyMap<N, { readonly [figure in F]: number }>,
  figure: F,
  times: number
): ReadonlyMap<N, number> => new Map([...found].map(([name, figures]) => [name, figures[figure] / times]))
