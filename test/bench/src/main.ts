/**
 * The benches: `npm run bench`, all of them; `npm run bench -- decode`, those
 * whose name holds the word; `--json` prints JSON in place of the tables,
 * `--json FILE` writes it there as well as printing the tables; `--readme`
 * writes the tables into the README, where it has a place for them; `--quick`
 * is for trying, and for `npm run verify`: `peers` takes fewer rounds.
 * A time over its limit is told; a count over its limit is a failure.
 */
import { writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { archive } from "./archive.js"
import { decoding, holding } from "./decode.js"
import { limiting } from "./limits.js"
import { listing, longListing } from "./listing.js"
import { live } from "./live.js"
import { writeReadme } from "./markdown.js"
import { type Group, overLimit, print } from "./measure.js"
import { media } from "./media.js"
import { merging } from "./merge.js"
import { faults } from "./peers/faults.js"
import { peers } from "./peers/index.js"
import { size } from "./size.js"
import { startup } from "./startup.js"
import { webhook } from "./webhook.js"

const args = process.argv.slice(2)
const readme = args.includes("--readme")
const quick = args.includes("--quick")
const json = args.indexOf("--json")
const next = json === -1 ? undefined : args[json + 1]
const file = next?.startsWith("--") === true ? undefined : next
const wanted = args.filter((arg, i) => !arg.startsWith("--") && (json === -1 || i < json))

const benches: { readonly [name: string]: () => Group | Promise<Group | ReadonlyArray<Group>> } = {
  archive,
  decode: decoding,
  faults,
  heap: holding,
  limits: limiting,
  listing,
  live,
  "long-listing": longListing,
  media,
  merge: merging,
  peers: () => peers(quick),
  size,
  startup,
  webhook
}

const machine = `${process.platform} ${process.arch}, ${cpus().length} cores`

const groups: Array<Group> = []
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue
  const found = [await bench()].flat()
  groups.push(...found)
  if (json === -1 || file !== undefined) found.forEach(print)
  const today = new Date().toISOString().slice(0, 10)
  const origin = `By \`npm run bench -- ${name} --readme\` on ${today}, Node ${process.version}, ${machine}.`
  if (readme && !writeReadme(name, found, origin)) console.error(`The README has no place for ${name}`)
}

const report = { date: new Date().toISOString(), node: process.version, machine, groups }
if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
else if (json !== -1) console.log(JSON.stringify(report, null, 2))

const missed = groups.flatMap(({ rows, title }) => rows.filter(overLimit).map((row) => ({ ...row, title })))
if (missed.length > 0) {
  console.error(`\nOver its limit: ${missed.map(({ name, title }) => `${name} (${title})`).join("; ")}`)
}
if (missed.some(({ counted }) => counted)) process.exitCode = 1
