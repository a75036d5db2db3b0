// The packages as `pnpm pack` makes them, and what is in them.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { bin, root, run } from "./steps.mjs"

const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

/** Packs both into a folder, and unpacks them beside: `[{ name, tarball, folder, manifest }]`. */
export const pack = (target) =>
  Promise.all(["core", "node"].map(async (name) => {
    const source = join(root, "packages", name)
    const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"))
    await run("npx", ["-y", packageManager, "pack", "--pack-destination", target], { cwd: source })
    const tarball = join(target, `effect-xdm-${name}-${version}.tgz`)
    const unpacked = join(target, name)
    mkdirSync(unpacked)
    await run("tar", ["xzf", tarball, "-C", unpacked])
    const folder = join(unpacked, "package")
    return { name, tarball, folder, manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) }
  }))

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))

/** What a tarball must have, and must not have. */
export const lookInto = ({ folder, manifest }) => {
  const problems = []
  const files = filesOf(folder)
  for (const name of ["README.md", "LICENSE", "CHANGELOG.md"]) {
    if (!existsSync(join(folder, name))) problems.push(`${name} is missing`)
  }
  for (const file of files) {
    const name = relative(folder, file)
    if (/\.tsbuildinfo$|\.test\.|(^|\/)node_modules\//.test(name)) problems.push(`${name} is not for users`)
    // What was compiled of a file that is gone would be published for ever.
    const compiled = /^dist\/(?!bin\/)(.+)\.(js|d\.ts)(\.map)?$/.exec(name)
    if (compiled && !existsSync(join(folder, "src", `${compiled[1]}.ts`))) {
      problems.push(`${name} has no source: an old build?`)
    }
    if (compiled && !name.endsWith(".map") && !existsSync(`${file}.map`)) problems.push(`${name} has no map`)
    if (!name.endsWith(".map")) continue
    const { sourceRoot = "", sources } = JSON.parse(readFileSync(file, "utf8"))
    for (const source of sources) {
      if (!existsSync(join(dirname(file), sourceRoot, source))) problems.push(`${name} leads to ${source}, not there`)
    }
  }
  for (const [, link] of readFileSync(join(folder, "README.md"), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    // A package's neighbour is its neighbour in node_modules too.
    if (!existsSync(join(folder, link)) && !/^\.\.\/(core|node)\/README\.md$/.test(link)) {
      problems.push(`README.md leads to ${link}, which is not there`)
    }
  }
  const ranges = { ...manifest.dependencies, ...manifest.peerDependencies }
  for (const [name, range] of Object.entries(ranges)) {
    if (/workspace:|catalog:|npm:|file:|\*/.test(range)) problems.push(`the range of ${name} is ${range}`)
  }
  // While the version is 0.x, another minor of core may be one that does not fit.
  const [major, minor] = manifest.version.split(".")
  const core = manifest.peerDependencies["@effect-xdm/core"]
  if (core !== undefined && !core.startsWith(`>=${major}.${minor}.`)) {
    problems.push(`the range of core is ${core}, which does not begin at ${major}.${minor}`)
  }
  for (const field of ["description", "keywords", "license", "engines", "exports", "sideEffects", "files"]) {
    if (manifest[field] === undefined) problems.push(`package.json has no ${field}`)
  }
  if (problems.length > 0) throw new Error(`\n  ${problems.join("\n  ")}`)
  return `${files.length} files, ${files.filter((file) => file.endsWith(".map")).length} maps`
}

export const publint = async ({ tarball }) => {
  await run(bin("publint"), [tarball, "--strict"])
}

/** Whether all entry points have types for programs that are ES modules, in Node and in a bundler. */
export const attw = async ({ manifest, tarball }) => {
  await run(bin("attw"), [tarball, "--profile", "esm-only", "--format", "ascii"])
  return `${Object.keys(manifest.exports).length} entry points`
}
