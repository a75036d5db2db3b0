/** One of the peers in a process of its own while X fails: the same program for each, and what became of it. */
import { load, type Name, type Settings } from "./peer.js"

export interface Task {
  readonly program: "list" | "job"
  /** How long to wait for its end, in milliseconds. */
  readonly patience: number
  /** How many events are too many: the program goes in a circle. */
  readonly tooMany: number
  readonly to: string
  readonly text: string
}

export interface Fate {
  readonly end: "done" | "failed" | "hung" | "circle"
  /** The failures that the program met, in short. */
  readonly failures: ReadonlyArray<string>
  /** The ids of all events that it was given. */
  readonly ids: ReadonlyArray<string>
  readonly seconds: number
}

/** What it is, and its status or code, or else its message; of a listing that stopped, why. */
const short = (error: unknown): string => {
  const { _tag, code, message, reason, status } = Object(error) as { [key: string]: unknown } // any error may have them
  if (reason instanceof Error) return short(reason)
  if (typeof _tag === "string") return _tag
  const number = [status, code].find((each) => each !== undefined && each !== 0)
  const kind = error instanceof Error ? error.constructor.name : typeof error
  return number === undefined ? `${kind}: ${String(message).split(/[.\n]/)[0]}` : `${kind} ${String(number)}`
}

const [name, settings = "", order = ""] = process.argv.slice(2)
// All three are what starts this process has given it.
const task = JSON.parse(order) as Task
const peer = await load(name as Name, JSON.parse(settings) as Settings)
const ids: Array<string> = []
const failures: Array<string> = []
const circle = new Error("in a circle")

const list = async (): Promise<Fate["end"]> => {
  try {
    await peer.list((id) => {
      ids.push(id)
      if (ids.length > task.tooMany) throw circle
    })
    return "done"
  } catch (error) {
    if (error === circle) return "circle"
    failures.push(short(error))
    return "failed"
  }
}

/** Something that must be done, and is tried once more when it fails: what a queue does. */
const job = async (): Promise<Fate["end"]> => {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await peer.send(task.to, task.text)
      return "done"
    } catch (error) {
      failures.push(short(error))
    }
  }
  return "failed"
}

const started = performance.now()
const hung = new Promise<Fate["end"]>((resolve) => setTimeout(() => resolve("hung"), task.patience))
const end = await Promise.race([hung, task.program === "list" ? list() : job()])
const fate: Fate = { end, failures, ids, seconds: (performance.now() - started) / 1000 }
process.send?.(fate)
