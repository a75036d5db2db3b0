// Empty projects into which the packages are installed as a user does, and what is done there.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { expect, root, run } from "./steps.mjs"

const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const compilerOf = (require, name) => join(dirname(require.resolve(`${name}/package.json`)), "bin", "tsc")

/** The compiler that users have, and the next one. */
export const compilers = {
  "TypeScript 5.9": compilerOf(createRequire(join(root, "test", "package.json")), "typescript5"),
  "TypeScript 7": compilerOf(createRequire(join(root, "package.json")), "typescript")
}

export const resolutions = {
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" }
}

/** What each program of `test/pack` prints. */
const printed = {
  memory: "20 messages in 3 requests",
  server: "150 events, the newest: Hello",
  archive: "synced and found"
}

/** A folder with a manifest, the named programs, and one more that takes in all that `packages` export. */
export const project = (folder, { overrides, packages, programs }) => {
  mkdirSync(folder, { recursive: true })
  const manifest = { private: true, type: "module", ...overrides === undefined ? {} : { overrides } }
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest))
  for (const name of programs) copyFileSync(join(root, "test", "pack", `${name}.ts`), join(folder, `${name}.ts`))
  const paths = packages.flatMap(({ manifest: { exports, name } }) =>
    Object.keys(exports).map((path) => `${name}${path.slice(1)}`)
  )
  const lines = paths.map((path, i) => `import * as _${i} from "${path}"`)
  const all = `${lines.join("\n")}\nconsole.log([${paths.map((_, i) => `_${i}`)}].length)\n`
  writeFileSync(join(folder, "all.ts"), all)
  for (const [name, options] of Object.entries(resolutions)) {
    const compilerOptions = {
      ...options,
      target: "es2022",
      lib: ["es2023", "dom", "dom.iterable"],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      outDir: `out-${name}`
    }
    writeFileSync(join(folder, `tsconfig.${name}.json`), JSON.stringify({ compilerOptions, include: ["*.ts"] }))
  }
  return { folder, wanted: { ...printed, all: String(paths.length) } }
}

export const npm = ({ folder }, packages, ...flags) =>
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...flags, ...packages], { cwd: folder })

export const pnpm = ({ folder }, packages) =>
  run("npx", ["-y", packageManager, "add", "--prefer-offline", "--ignore-workspace", "--ignore-scripts", ...packages], {
    cwd: folder
  })

export const compile = async ({ folder }, compiler, resolution) => {
  await run(process.execPath, [compilers[compiler], "-p", `tsconfig.${resolution}.json`], { cwd: folder })
}

/** Runs programs that were compiled, and looks whether each prints what it should. */
export const runs = async ({ folder, wanted }, { args, command }, programs) => {
  for (const name of programs) {
    expect(name, await run(command, [...args, join("out-nodenext", `${name}.js`)], { cwd: folder }), wanted[name])
  }
  return programs.join(", ")
}

/** The installed program `xdm`, by its link, or by a Node of its own. */
export const xdm = async ({ folder }, node, version) => {
  const file = join(folder, "node_modules", ...(node ? ["@effect-xdm", "node", "bin", "xdm.js"] : [".bin", "xdm"]))
  // Nothing of whoever runs this: no settings, no log-in.
  const options = { cwd: folder, env: { HOME: folder } }
  const call = (...args) => node ? run(node.command, [...node.args, file, ...args], options) : run(file, args, options)
  expect("xdm --version", await call("--version"), version)
  const said = await call("--emulator", "whoami")
  if (!said.includes("@mina_builds")) throw new Error(`xdm --emulator whoami said: ${said}`)
}
