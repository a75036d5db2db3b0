import { sizeOf } from "./browser.js"
import type { Group, Row } from "./measure.js"

// The files and not the barrel, which brings fast-check along.
const imports = `
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
const accessToken = Redacted.make("token-of-the-bench")
`

const whole = (work: string) =>
  `${imports}
import * as Stream from "effect/Stream"
import { DirectMessages, Merge } from "@effect-xdm/core"
const Live = DirectMessages.layer({ accessToken }).pipe(Layer.provide(FetchHttpClient.layer))
Effect.runPromise(Effect.flatMap(DirectMessages, (dm) => ${work}).pipe(Effect.provide(Live))).then(console.log)
`

/** What is bundled, and the most that it may be: kilobytes, minified and gzipped, with Effect. */
const programs: ReadonlyArray<readonly [name: string, most: number, program: string]> = [
  [
    "one endpoint alone",
    125,
    `${imports}
import { Credentials, GetEvents, XApi } from "@effect-xdm/core"
const Live = GetEvents.layer.pipe(
  Layer.provide(XApi.layer()),
  Layer.provide(Credentials.layerAccessToken(accessToken)),
  Layer.provide(FetchHttpClient.layer)
)
Effect.runPromise(Effect.flatMap(GetEvents, (getEvents) => getEvents()).pipe(Effect.provide(Live))).then(console.log)
`
  ],
  ["DirectMessages", 145, whole("dm.getEvents()")],
  [
    "with streams",
    145,
    whole("Merge.newestFirst([dm.events.all(), dm.events.follow()]).pipe(Stream.take(50), Stream.runCollect)")
  ],
  ["all of core", 180, `${whole("dm.getEvents()")}import * as All from "@effect-xdm/core"\nconsole.log(All)`]
]

/** What a web page has to load, with Effect and without: what is left then is ours. */
export const size = async (): Promise<Group> => {
  const rows: Array<Row> = []
  for (const [name, limit, program] of programs) {
    const all = await sizeOf(program)
    const ours = await sizeOf(program, ["effect", "effect/*", "@effect/platform", "@effect/platform/*"])
    rows.push(
      { name: `${name}, minified`, value: all.minified, unit: "kB" },
      { name: `${name}, gzipped`, value: all.gzipped, unit: "kB", limit },
      { name: "  of which ours", value: ours.gzipped, unit: "kB" }
    )
  }
  return { title: "Size of a program in a browser bundle", rows }
}
