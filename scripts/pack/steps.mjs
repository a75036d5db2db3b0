// What the steps of `npm run pack` share: to run a program and say how it went.
import { execFile } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const ofThisProject = /^(npm_(package|lifecycle|config_local_prefix)|NODE_(ENV|OPTIONS|PATH)$)|^X_/
export const bin = (name) => join(root, "node_modules", ".bin", name)

/** Runs a program to its end, for three minutes at most, and gives what it printed; one that fails says why. */
export const run = (command, args, { cwd = root, env = {} } = {}) =>
  new Promise((resolve, reject) => {
    const options = {
      cwd,
      // As for a user: without what is set for this project, with what the machine needs to reach the registry.
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofThisProject.test(name))),
        NO_COLOR: "1",
        ...env
      },
      timeout: 180_000,
      maxBuffer: 2 ** 26,
      shell: process.platform === "win32"
    }
    execFile(command, args, options, (error, stdout, stderr) =>
      error === null
        ? resolve(stdout.trim())
        : reject(new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}${error.killed ? "Too slow." : ""}`)))
  })

let failed = 0

/** A step by its name: prints whether it went well, with what it says of itself, and how long it took. */
export const step = async (name, work) => {
  const started = performance.now()
  const said = (mark, words) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(`${mark} ${name}${words ? `: ${words}` : ""} (${seconds} s)`)
  }
  try {
    said("ok  ", await work())
  } catch (error) {
    failed++
    said("FAIL", error.message)
  }
}

export const skipped = (name, why) => console.log(`skip ${name}: ${why}`)

export const expect = (what, found, wanted) => {
  if (found !== wanted) throw new Error(`${what} is ${JSON.stringify(found)}, and should be ${JSON.stringify(wanted)}`)
}

export const failures = () => failed
