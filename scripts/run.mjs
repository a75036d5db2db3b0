// Runs the project's commands: `npm run demo`, `npm test`, … It installs what is missing first, so that each of them
// is one command on a machine that has Node and npm and nothing else.
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const bin = (name) => join(root, "node_modules", ".bin", name)

const run = (command, args, { cwd = root, quiet = false } = {}) => {
  const result = spawnSync(command, args, {
    cwd,
    stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    shell: process.platform === "win32"
  })
  if (result.status === 0) return
  if (quiet) process.stderr.write(`${result.stdout}${result.stderr}`)
  if (result.error !== undefined) console.error(`${command}: ${result.error.message}`)
  process.exit(result.status ?? 1)
}

const installed = (mark) =>
  existsSync(join(root, mark)) && statSync(join(root, mark)).mtimeMs >= statSync(join(root, "pnpm-lock.yaml")).mtimeMs

const install = (...options) => {
  console.error("Installing the dependencies (once, about half a minute) …")
  run("npx", ["-y", packageManager, "install", "--frozen-lockfile", ...options], { quiet: true })
}

const packages = ["packages/core", "packages/node", "examples"]
const tests = ["packages/core/test", "packages/node/test", "test"]
const compile = (...projects) => run(bin("tsc"), ["-b", ...projects])
/** The command line in one file, so that it starts at once. */
const bundle = () => run(process.execPath, ["packages/node/bundle.mjs"])

let built = false

const tasks = {
  // Most of the others begin with it; once is enough for all of them.
  build: () => {
    if (built) return
    compile(...packages)
    bundle()
    built = true
  },
  demo: (args) => {
    console.error("Building …")
    tasks.build()
    run(process.execPath, ["examples/dist/demo.js", ...args])
  },
  xdm: (args) => {
    // Without the examples, where a program may be half written.
    compile("packages/node")
    bundle()
    run(process.execPath, ["packages/node/bin/xdm.js", ...args])
  },
  test: (args) => {
    // Some tests run the examples as a user does.
    tasks.build()
    run(bin("vitest"), ["run", ...args])
  },
  check: () => {
    compile(...packages, ...tests)
    run(process.execPath, ["scripts/snippets.mjs"])
    run(bin("tsc"), ["-p", "test/snippets"])
    run(bin("oxlint"), [
      "--config",
      ".oxlint.architecture.json",
      "--deny-warnings",
      "packages/core/src",
      "packages/node/src"
    ])
  },
  lint: () => {
    run(bin("oxlint"), ["--deny-warnings", "packages", "examples", "test", "scripts", "site"])
    run(bin("dprint"), ["check"])
  },
  format: () => run(bin("dprint"), ["fmt"]),
  bench: (args) => {
    tasks.build()
    compile("test/bench")
    run(process.execPath, ["--expose-gc", "test/bench/dist/main.js", ...args])
  },
  api: () => {
    tasks.build()
    run(process.execPath, ["scripts/api.mjs", "--write"])
  },
  pack: (args) => {
    tasks.build()
    run(process.execPath, ["scripts/pack.mjs", ...args])
  },
  site: ([option]) => {
    // What the site is made with is half of all there is to install, and nothing else needs it.
    if (!installed("site/node_modules")) install()
    tasks.build()
    const site = { cwd: join(root, "site") }
    run(process.execPath, ["site/api.mjs"])
    run(process.execPath, ["site/reference.mjs"])
    run(join(root, "site", "node_modules", ".bin", "vitepress"), ["build"], site)
    run(process.execPath, ["site/links.mjs"])
    if (option === "--show") run(join(root, "site", "node_modules", ".bin", "vitepress"), ["preview"], site)
  },
  verify: () => {
    // What is found out soonest comes first. Of the benches, those that count as well as measure: that they run, and
    // that what they count is right; how long it took is for looking.
    const steps = {
      build: [],
      check: [],
      lint: [],
      site: [],
      test: [],
      bench: ["peers", "faults", "--quick"],
      pack: []
    }
    for (const [name, args] of Object.entries(steps)) {
      const started = performance.now()
      console.error(`\n${name} …`)
      tasks[name](args)
      console.error(`${name}: all well, in ${Math.round((performance.now() - started) / 1000)} s`)
    }
  }
}

const [name = "", ...args] = process.argv.slice(2)
const task = tasks[name]
if (task === undefined) {
  console.error(`There is no command "${name}". There are: ${Object.keys(tasks).join(", ")}.`)
  process.exit(1)
}
if (!installed("node_modules/.modules.yaml")) install("--filter", "!@effect-xdm/site")
task(args)
