/** What a browser loads to run a program. */
import { build, type BuildOptions, type Metafile } from "esbuild"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

export const options = {
  bundle: true,
  write: false,
  minify: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  logLevel: "silent",
  // As web bundlers do: what a program imports later is a file of its own, which is loaded then.
  splitting: true,
  outdir: "out",
  metafile: true
} as const satisfies BuildOptions

/** Where the libraries are found from. */
export const resolveDir = fileURLToPath(new URL("..", import.meta.url))

/** A file with all that it imports at once. */
const startOf = (outputs: Metafile["outputs"], entry: string): ReadonlySet<string> => {
  const files = new Set<string>()
  const add = (path: string) => {
    if (files.has(path) || outputs[path] === undefined) return
    files.add(path)
    for (const { kind, path: other } of outputs[path].imports) if (kind === "import-statement") add(other)
  }
  add(entry)
  return files
}

export interface Size {
  /** Of 1,000 bytes, as browsers count. */
  readonly minified: number
  readonly gzipped: number
}

/** The size of what a program loads before it runs. */
export const sizeOf = async (contents: string, external: ReadonlyArray<string> = []): Promise<Size> => {
  const { metafile, outputFiles } = await build({
    ...options,
    stdin: { contents, resolveDir },
    external: [...external]
  })
  const start = startOf(metafile.outputs, "out/stdin.js")
  const files = outputFiles.filter(({ path }) => [...start].some((name) => path.endsWith(`/${name}`)))
  if (files.length === 0) throw new Error("the bundle has no entry")
  const sum = (length: (contents: Uint8Array) => number) =>
    files.reduce((bytes, { contents }) => bytes + length(contents), 0) / 1000
  return {
    minified: sum((contents) => contents.length),
    gzipped: sum((contents) => gzipSync(contents, { level: 9 }).length)
  }
}
