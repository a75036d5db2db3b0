// `npm run pack`: the packages as they are published. They are packed, looked into, installed into empty projects,
// read by the compilers that users have, and run in each runtime that can be had here. All of it in a temporary folder,
// with the npm registry and nothing else; the runtimes stay in node_modules/.cache.
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { browser } from "./pack/browser.mjs"
import { compile, compilers, npm, pnpm, project, resolutions, runs, xdm } from "./pack/projects.mjs"
import { runtimes } from "./pack/runtimes.mjs"
import { failures, root, step } from "./pack/steps.mjs"
import { attw, lookInto, pack, publint } from "./pack/tarballs.mjs"

const folder = mkdtempSync(join(tmpdir(), "effect-xdm-pack-"))
const started = performance.now()
const thisNode = { command: process.execPath, args: [] }
const programs = ["memory", "server"]

/** What the README of a package says to install: the packages, and then those of the archive. */
const installs = (name) =>
  [...readFileSync(join(root, "packages", name, "README.md"), "utf8").matchAll(/^npm install (.+)$/gm)]
    .map(([, words]) => words.trim().split(" "))

// The same interface as better-sqlite3, prebuilt: it needs no compiler.
const sqlite = "npm:libsql@0.5.29"
const overrides = { "better-sqlite3": sqlite }

/** What to install, with the tarballs in place of our names. */
const named = (packages, words) =>
  words.map((word) =>
    packages.find(({ manifest }) => manifest.name === word)?.tarball ??
      word.replace(/^(better-sqlite3)@.*/, `$1@${sqlite}`)
  )

/** As most do: npm, any compiler, any runtime. */
const user = async (packages) => {
  const [{ manifest: { version } }] = packages
  const made = project(join(folder, "user"), { packages, programs })
  await step("installs by npm, as the README says", async () => {
    await npm(made, named(packages, installs("node")[0]))
  })
  for (const compiler of Object.keys(compilers)) {
    for (const resolution of Object.keys(resolutions)) {
      await step(`types: ${compiler}, ${resolution}`, () => compile(made, compiler, resolution))
    }
  }
  for (const runtime of await runtimes()) {
    // Among all that can be imported is the archive, which needs its packages only when it is opened.
    await step(`runs in ${runtime.title}`, () => runs(made, runtime, ["all", ...programs]))
    if (runtime.isNode) await step(`xdm in ${runtime.title}`, () => xdm(made, runtime, version))
  }
  await step("xdm by its link", () => xdm(made, undefined, version))
  await browser(made)
}

const core = (packages) =>
  step("core alone, as its README says", async () => {
    const [first] = packages
    const made = project(join(folder, "core"), { packages: [first], programs: ["memory"] })
    await npm(made, named(packages, installs("core")[0]))
    await compile(made, "TypeScript 7", "nodenext")
    return runs(made, thisNode, ["all", "memory"])
  })

const archive = (packages) =>
  step("the archive, as the README says", async () => {
    const made = project(join(folder, "archive"), { packages, programs: ["archive"], overrides })
    await npm(made, named(packages, installs("node").flat()))
    await compile(made, "TypeScript 7", "nodenext")
    return runs(made, thisNode, ["all", "archive"])
  })

const strict = (packages) =>
  step("installs by pnpm, where each package has only what it names", async () => {
    const made = project(join(folder, "strict"), { packages, programs })
    await pnpm(made, named(packages, installs("node")[0]))
    await compile(made, "TypeScript 7", "nodenext")
    await xdm(made, undefined, packages[0].manifest.version)
    return runs(made, thisNode, ["all", ...programs])
  })

/** With the lowest version of each peer that its range allows. */
const oldest = (packages, names) =>
  step(`${packages.at(-1).manifest.name} with the oldest peers that it allows`, async () => {
    const made = project(join(folder, `oldest-${packages.at(-1).name}`), { packages, programs: names, overrides })
    const ours = packages.map(({ manifest: { name } }) => name)
    const peers = Object.entries(packages.at(-1).manifest.peerDependencies)
      .filter(([name]) => !ours.includes(name))
      .map(([name, range]) => `${name}@${/\d+\.\d+\.\d+/.exec(range)[0]}`)
    await npm(made, named(packages, [...ours, ...peers]))
    await compile(made, "TypeScript 7", "nodenext")
    await runs(made, thisNode, ["all", ...names])
    return peers.join(", ")
  })

try {
  let packages = []
  await step("packs", async () => {
    packages = await pack(folder)
  })
  for (const each of packages) {
    await step(`${each.manifest.name}: what is in it`, () => lookInto(each))
    await step(`${each.manifest.name}: publint`, () => publint(each))
    await step(`${each.manifest.name}: are the types wrong`, () => attw(each))
  }
  if (packages.length > 0) {
    await user(packages)
    // Each waits for the registry for a part of its time, which is another's.
    await Promise.all([core(packages), archive(packages)])
    await Promise.all([strict(packages), oldest(packages.slice(0, 1), ["memory"])])
    await oldest(packages, [...programs, "archive"])
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const seconds = Math.round((performance.now() - started) / 1000)
console.log(`${failures() === 0 ? "All well" : `${failures()} failed`}, in ${seconds} s`)
if (failures() > 0) process.exitCode = 1
