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

// As the README says it, with the tarballs in place of our names, and SQLite prebuilt in place of compiled.
const readme = readFileSync(join(root, "packages", "node", "README.md"), "utf8")
const lines = [...readme.matchAll(/^npm install (.+)$/gm)].map(([, words]) => words.trim().split(" "))
const sqlite = "npm:libsql@0.5.29"

/** The lowest version that a range of ours allows. */
const lowest = ([name, range]) => `${name}@${/\d+\.\d+\.\d+/.exec(range)[0]}`

const tried = async (packages) => {
  const [core, node] = packages
  const { version } = node.manifest
  const named = (words) =>
    words.map((word) =>
      packages.find(({ manifest }) => manifest.name === word)?.tarball ??
        word.replace(/^(better-sqlite3)@.*/, `$1@${sqlite}`)
    )
  const [main = [], archive = []] = lines
  const programs = ["all", "memory", "server"]
  // The archive's module loads without its packages; only opening one needs them.
  const user = project(join(folder, "user"), {
    packages,
    programs: ["memory", "server"],
    overrides: { "better-sqlite3": sqlite }
  })

  await step("installs by npm, as the README says", async () => {
    await npm(user, named(main))
  })
  for (const compiler of Object.keys(compilers)) {
    for (const resolution of Object.keys(resolutions)) {
      await step(`types: ${compiler}, ${resolution}`, () => compile(user, compiler, resolution))
    }
  }
  for (const runtime of await runtimes()) {
    await step(`runs in ${runtime.title}`, () => runs(user, runtime, programs))
    if (runtime.isNode) await step(`xdm in ${runtime.title}`, () => xdm(user, runtime, version))
  }
  await step("xdm by its link", () => xdm(user, undefined, version))
  await browser(user)

  const node0 = { command: process.execPath, args: [] }
  const kept = project(join(folder, "archive"), {
    packages,
    programs: ["archive"],
    overrides: { "better-sqlite3": sqlite }
  })
  await step("the archive, with its packages as the README says", async () => {
    await npm(kept, named([...main, ...archive]))
    await compile(kept, "TypeScript 5.9", "nodenext")
    return runs(kept, node0, ["all", "archive"])
  })

  const strict = project(join(folder, "strict"), { packages, programs: ["memory", "server"] })
  await step("installs by pnpm, where each package has only what it names", async () => {
    await pnpm(strict, named(main))
    await compile(strict, "TypeScript 5.9", "nodenext")
    await xdm(strict, undefined, version)
    return runs(strict, node0, programs)
  })

  const old = project(join(folder, "old-core"), { packages: [core], programs: ["memory"] })
  const peers = (each) => Object.entries(each.manifest.peerDependencies).filter(([name]) => !/xdm/.test(name))
  await step("core with the oldest peers that it allows", async () => {
    const wanted = peers(core).map(lowest)
    await npm(old, [core.tarball, ...wanted])
    await compile(old, "TypeScript 5.9", "nodenext")
    await runs(old, node0, ["all", "memory"])
    return wanted.join(", ")
  })

  const oldNode = project(join(folder, "old-node"), {
    packages,
    programs: ["memory", "server", "archive"],
    overrides: { "better-sqlite3": sqlite }
  })
  await step("node with the oldest peers that it allows", async () => {
    const wanted = peers(node).map(lowest)
    await npm(oldNode, named([core.manifest.name, node.manifest.name, ...wanted]))
    await compile(oldNode, "TypeScript 5.9", "nodenext")
    await runs(oldNode, node0, [...programs, "archive"])
    return wanted.join(", ")
  })
}

try {
  let packages
  await step("packs", async () => {
    packages = await pack(folder)
  })
  for (const each of packages ?? []) {
    await step(`${each.manifest.name}: what is in it`, () => lookInto(each))
    await step(`${each.manifest.name}: publint`, () => publint(each))
    await step(`${each.manifest.name}: are the types wrong`, () => attw(each))
  }
  if (packages !== undefined) await tried(packages)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(
  `${failures() === 0 ? "All well" : `${failures()} failed`}, in ${Math.round((performance.now() - started) / 1000)} s`
)
if (failures() > 0) process.exitCode = 1
