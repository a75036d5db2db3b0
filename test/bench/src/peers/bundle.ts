/** How much a browser loads to list messages. */
import { build, type Message } from "esbuild"
import { gzipSync } from "node:zlib"
import { options, resolveDir, sizeOf } from "../browser.js"
import type { Group, Row } from "../measure.js"
import { labels, type Name } from "./peer.js"
import { lister } from "./programs.js"

const program = (name: Name) => lister(name, "https://api.x.com", 100)

/** The size, or which modules of Node's it asks a browser for. */
const kilobytes = async (name: Name, external: Array<string> = []): Promise<number | ReadonlyArray<string>> => {
  try {
    return (await sizeOf(program(name), external)).gzipped
  } catch (error) {
    // What esbuild throws.
    const { errors } = error as { errors: ReadonlyArray<Message> }
    return [...new Set(errors.map(({ text }) => /"(.+?)"/.exec(text)?.[1] ?? text))]
  }
}

/**
 * What of the bundle is this library's own code, with the names that it has in there: all that it takes of effect is
 * put into a chunk beside it.
 */
const ownSize = async (): Promise<number> => {
  const stdin = { contents: program("effect-xdm"), resolveDir }
  const { metafile } = await build({ ...options, stdin, external: ["effect", "@effect/platform"] })
  const taken = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external === true)
  )
    .map(({ path }) => path)
  const { outputFiles } = await build({
    ...options,
    entryPoints: { own: "own", taken: "taken" },
    plugins: [{
      name: "programs",
      setup: ({ onLoad, onResolve }) => {
        onResolve({ filter: /^(own|taken)$/ }, ({ path }) => ({ path, namespace: "programs" }))
        onLoad({ filter: /^own$/, namespace: "programs" }, () => stdin)
        onLoad({ filter: /^taken$/, namespace: "programs" }, () => ({
          contents: [...new Set(taken)].map((path, i) => `export * as m${i} from "${path}"`).join("\n"),
          resolveDir
        }))
      }
    }]
  })
  const { contents } = outputFiles.find(({ path }) => path.endsWith("own.js"))!
  return gzipSync(contents, { level: 9 }).length / 1000
}

const row = async (name: Name): Promise<Row> => {
  const size = await kilobytes(name)
  if (typeof size === "number") {
    return { name: labels[name], value: size, unit: "kB", ...(name === "effect-xdm" ? { limit: 85 } : undefined) }
  }
  const without = await kilobytes(name, [...size])
  return {
    name: labels[name],
    ...(typeof without === "number" ? { value: without, unit: "kB" } : undefined),
    note: `only with Node's ${size.join(", ")} left out`
  }
}

/** Minified and by gzip, in the 1,000 bytes that browsers count in. */
export const bundle = async (): Promise<ReadonlyArray<Group>> => {
  const rows = await Promise.all((["fetch", "effect-xdm", "xdk", "twitter-api-v2"] as const).map(row))
  return [
    { title: "A lister bundled for the browser, minified, gzip", rows },
    {
      title: "The same, the library's own code alone",
      rows: [{ name: labels["effect-xdm"], value: await ownSize(), unit: "kB", limit: 12 }]
    }
  ]
}
