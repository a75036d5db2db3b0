// Makes the program `xdm` of what was compiled: a few files without a dependency, for it must start at once.
import { build } from "esbuild"
import { rmSync } from "node:fs"
import { join } from "node:path"

const folder = join(import.meta.dirname, "dist", "bin")
rmSync(folder, { recursive: true, force: true })

/** Of undici only its dispatchers are used; the rest of it would be most of what a start has to load. */
const onlyDispatchers = {
  name: "only-dispatchers",
  setup: ({ onLoad, onResolve }) => {
    onResolve(
      { filter: /^undici$/ },
      ({ resolveDir }) => ({ path: "undici", namespace: "only-dispatchers", pluginData: resolveDir })
    )
    onLoad({ filter: /./, namespace: "only-dispatchers" }, ({ pluginData }) => ({
      contents: `
        import api from "undici/lib/api/index.js"
        import Dispatcher from "undici/lib/dispatcher/dispatcher.js"
        Object.assign(Dispatcher.prototype, api)
        export { default as Agent } from "undici/lib/dispatcher/agent.js"
        export { default as Pool } from "undici/lib/dispatcher/pool.js"
        export default {}
      `,
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
  plugins: [onlyDispatchers],
  logLevel: "warning"
})
