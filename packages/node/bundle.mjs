// Makes the program `xdm` of what was compiled: a few files without a dependency, for it must start at once.
import { build } from "esbuild"
import { rmSync } from "node:fs"
import { join } from "node:path"

const folder = join(import.meta.dirname, "dist", "bin")
rmSync(folder, { recursive: true, force: true })

/** Of undici only its pools are used; the rest of it would double what a start has to load. */
const onlyPools = {
  name: "only-pools",
  setup: ({ onLoad, onResolve }) => {
    onResolve(
      { filter: /^undici$/ },
      ({ resolveDir }) => ({ path: "undici", namespace: "only-pools", pluginData: resolveDir })
    )
    onLoad({ filter: /./, namespace: "only-pools" }, ({ pluginData }) => ({
      contents: "export { default as Pool } from \"undici/lib/dispatcher/pool.js\"; export default {}",
      resolveDir: pluginData
    }))
  }
}

await build({
  entryPoints: [join(import.meta.dirname, "dist", "cli", "xdm.js")],
  outdir: folder,
  bundle: true,
  splitting: true,
  minify: true,
  platform: "node",
  format: "esm",
  target: "node20",
  // Compiled for each machine, and optional: nobody needs it who keeps no archive.
  external: ["better-sqlite3"],
  banner: {
    // Some dependencies are CommonJS, and require Node's own modules.
    js:
      "import { createRequire as __createRequire } from \"node:module\"; const require = __createRequire(import.meta.url);"
  },
  plugins: [onlyPools],
  logLevel: "warning"
})
