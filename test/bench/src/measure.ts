import { Struct } from "effect"

/** What a bench has found, one line of the table. */
export interface Row {
  readonly name: string
  /** Absent if there is nothing to measure, and `note` says why. */
  readonly value?: number
  readonly unit?: string
  /** How many times the baseline of the same run this is. */
  readonly ratio?: number
  /** What the ratio, or else the value, must not exceed. */
  readonly limit?: number
  /** The value is no measurement: it is the same on any machine at any time. */
  readonly counted?: boolean
  /** What a number does not tell. */
  readonly note?: string
}

export interface Group {
  readonly title: string
  readonly rows: ReadonlyArray<Row>
}

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * Runs the candidates in turn, round after round, so that whatever slows the
 * machine slows all of them, and gives the median of each.
 */
export const alternating = async <Name extends string>(
  rounds: number,
  candidates: { readonly [N in Name]: () => number | Promise<number> }
): Promise<{ readonly [N in Name]: number }> => {
  const names = Struct.keys(candidates)
  const found = new Map<Name, Array<number>>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of names) found.get(name)!.push(await candidates[name]())
  }
  // fromEntries forgets the names that it is given.
  return Object.fromEntries(names.map((name) => [name, median(found.get(name)!)])) as { [N in Name]: number }
}

/** The heap in use after a full collection, in bytes. Needs `--expose-gc`. */
export const heapUsed = (): number => {
  globalThis.gc!()
  globalThis.gc!()
  return process.memoryUsage().heapUsed
}

export const overLimit = (row: Row): boolean => row.limit !== undefined && (row.ratio ?? row.value ?? 0) > row.limit

const number = (value: number): string =>
  Number.isInteger(value) || value >= 1000 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3)

/** The value with its unit. */
export const amount = ({ unit = "", value }: Row): string => value === undefined ? "" : `${number(value)} ${unit}`

export const print = (group: Group): void => {
  const lines = group.rows.map((row) => [
    row.name,
    amount(row),
    row.ratio === undefined ? "" : `${row.ratio.toFixed(2)} ×`,
    row.limit === undefined
      ? ""
      : `${overLimit(row) ? "OVER" : "ok, at most"} ${row.limit}${row.ratio === undefined ? "" : " ×"}`,
    row.note ?? ""
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]!.length)))
  console.log(`\n${group.title}`)
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column] ?? 0)
    )
    console.log(`  ${cells.join("   ").trimEnd()}`)
  }
}
