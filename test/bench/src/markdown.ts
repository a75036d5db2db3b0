/** The tables of a bench for the README, between marks of their own: `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`. */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { amount, type Group, overLimit, type Row } from "./measure.js"

const readme = fileURLToPath(new URL("../../../README.md", import.meta.url))

const row = (cells: ReadonlyArray<string>): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`

const cell = (row: Row | undefined): string => {
  if (row === undefined) return ""
  const ratio = row.ratio === undefined ? "" : `${row.ratio.toFixed(2)} ×`
  return [amount(row), ratio, row.note ?? ""].filter((part) => part !== "").join(", ")
}

const limit = ({ rows }: Group): string =>
  rows.filter((row) => row.limit !== undefined).map((row) =>
    `${row.limit}${row.ratio === undefined ? ` ${row.unit ?? ""}` : " ×"}${overLimit(row) ? ", missed" : ""}`
  ).join("; ")

/** One line for each group, one column for each that was compared. */
export const table = (groups: ReadonlyArray<Group>): string => {
  const names = [...new Set(groups.flatMap(({ rows }) => rows.map(({ name }) => name)))]
  const lines = groups.map((group) => [
    group.title,
    ...names.map((name) => cell(group.rows.find((each) => each.name === name))),
    limit(group)
  ])
  const head = ["", ...names, "our limit"]
  return [head, head.map(() => "---"), ...lines].map(row).join("\n")
}

/** Puts the tables where the README has their marks; says whether it has. */
export const writeReadme = (name: string, groups: ReadonlyArray<Group>, origin: string): boolean => {
  const text = readFileSync(readme, "utf8")
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) return false
  const section = `${begin}\n\n${table(groups)}\n\n${origin}\n\n`
  writeFileSync(readme, text.slice(0, from) + section + text.slice(to))
  return true
}
