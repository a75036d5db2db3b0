/**
 * The benches: `npm run bench`, all of them; `npm run bench -- decode`, those
 * whose name holds the word; `--json` prints JSON in place of the tables,
 * `--json FILE` writes it there as well as printing the tables.
 */
import { writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { archive } from "./archive.js"
import { decoding, holding } from "./decode.js"
import { limiting } from "./limits.js"
import { listing, longListing } from "./listing.js"
import { live } from "./live.js"
import { type Group, overLimit, print } from "./measure.js"
import { media } from "./media.js"
import { merging } from "./merge.js"
import { size } from "./size.js"
import { startup } from "./startup.js"
import { webhook } from "./webhook.js"

const benches: { readonly [name: string]: () => Group | Promise<Group> } = {
  archive,
  decode: decoding,
  heap: holding,
  limits: limiting,
  listing,
  live,
  "long-listing": longListing,
  media,
  merge: merging,
  size,
  startup,
  webhook
}

const args = process.argv.slice(2)
const json = args.indexOf("--json")
const file = json === -1 ? undefined : args[json + 1]
const wanted = json === -1 ? args : args.slice(0, json)

const groups: Array<Group> = []
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue
  const group = await bench()
  groups.push(group)
  if (json === -1 || file !== undefined) print(group)
}

const report = {
  date: new Date().toISOString(),
  node: process.version,
  machine: `${process.platform} ${process.arch}, ${cpus().length} cores`,
  groups
}
if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
else if (json !== -1) console.log(JSON.stringify(report, null, 2))

const missed = groups.flatMap((group) => group.rows.filter(overLimit))
if (missed.length > 0) console.error(`\nOver its limit: ${missed.map((row) => row.name).join("; ")}`)
