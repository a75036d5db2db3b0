// Makes the program `xdm` of what was compiled: a few files without a dependency, for it must start at once.
import { build } from "esbuild"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, sep } from "node:path"

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

const { metafile } = await build({
  entryPoints: [join(import.meta.dirname, "dist", "cli", "xdm.js")],
  outdir: folder,
  bundle: true,
  metafile: true,
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

// The licences of what is in those files ask to go with it.
const folders = new Set(
  Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs)).flatMap((input) =>
    /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input.split(sep).join("/").replace(/^[\w-]+:/, "")) ?? []
  )
)
const licences = [...folders].map((home) => {
  const { license, name, version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"))
  const file = readdirSync(home).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${name} has no licence to go with xdm`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(home, file), "utf8").trim()}\n`
})
writeFileSync(join(folder, "LICENSES.txt"), licences.sort().join(`\n${"-".repeat(80)}\n\n`))
